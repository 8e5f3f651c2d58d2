#!/usr/bin/env python3
"""Runs a program and does something to it at one of its system calls.

usage: tracer.py --folder FOLDER --log FILE [--strike KIND --point NAME --number N] -- PROGRAM [ARGUMENT…]

A *point* is a kind of system call and what it is about: `pwrite64 nudged.db-wal`, `openat outbox/email.jsonl`, `sendmsg
socket`. Calls that are about no file of FOLDER and no socket are no points. The numbers of a point count its calls over all
threads together, beginning with 1; strace's `when=` counts by thread, so that with it most calls cannot be named.

--strike says what happens at call N of the point:
  kill         the program ends by SIGKILL before the call
  torn         it ends by SIGKILL after half of what the call was to write is written
  short        half is written, and the program is told so
  ENAME        the call is not made and answers this error (EIO, ENOSPC, EROFS, EMFILE…)
  ENAME+       so does every later call of the point
  half-then-ENAME  half is written, and the next call of the point answers this error

The log gets a line `N POINT` for each call of a point, `pid P` at the start and `struck POINT N` at the strike. The exit status is
that of the program, 128 + N after signal N. Linux on x86-64; the program may be killed or told to stop through this one.
"""

import argparse
import ctypes
import errno
import os
import signal
import struct
import sys

# x86-64 numbers; `path` says which argument names a file, `descriptor` which is one, `bytes` which counts what is written.
CALLS = {
    "write": (1, "descriptor", 0), "pwrite64": (18, "descriptor", 0), "writev": (20, "descriptor", 0),
    "pwritev": (296, "descriptor", 0), "read": (0, "descriptor", 0), "pread64": (17, "descriptor", 0),
    "fsync": (74, "descriptor", 0), "fdatasync": (75, "descriptor", 0), "ftruncate": (77, "descriptor", 0),
    "fallocate": (285, "descriptor", 0), "fchown": (93, "descriptor", 0), "fcntl": (72, "descriptor", 0),
    "mmap": (9, "descriptor", 4), "close": (3, "descriptor", 0),
    "sendto": (44, "descriptor", 0), "sendmsg": (46, "descriptor", 0), "sendmmsg": (307, "descriptor", 0),
    "recvfrom": (45, "descriptor", 0), "recvmsg": (47, "descriptor", 0),
    "accept4": (288, "descriptor", 0), "connect": (42, "descriptor", 0),
    "open": (2, "path", 0), "unlink": (87, "path", 0), "rename": (82, "path", 0), "mkdir": (83, "path", 0),
    "openat": (257, "path", 1), "unlinkat": (263, "path", 1), "renameat": (264, "path", 1), "renameat2": (316, "path", 1),
    "newfstatat": (262, "path", 1), "fstat": (5, "descriptor", 0),
}
NAMES = {number: name for name, (number, _, _) in CALLS.items()}
WRITING = {"write", "pwrite64", "sendto"}
SOCKET_CALLS = {"sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "accept4", "connect", "write", "writev", "read"}

TRACEME, CONT, GETREGS, SETREGS, SYSCALL, SETOPTIONS = 0, 7, 12, 13, 24, 0x4200
# Threads, forks and exec are followed; seccomp stops tell of calls; the program dies with its tracer.
OPTIONS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x80 | 0x100000
EVENT_EXEC, EVENT_SECCOMP = 4, 7
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class Registers(ctypes.Structure):
    """`user_regs_struct` of x86-64."""

    _fields_ = [(name, ctypes.c_ulonglong) for name in (
        "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs"
    ).split()]

    def argument(self, place):
        return getattr(self, ("rdi", "rsi", "rdx", "r10", "r8", "r9")[place])


def ptrace(request, process, data=0):
    if libc.ptrace(request, process, None, ctypes.c_void_p(data)) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def filter_calls(numbers):
    """Lets the tracer hear of these calls alone; the others go as fast as without it (seccomp(2))."""
    load, is_equal, answer = 0x20, 0x15, 0x06
    trace, allow = 0x7FF00000, 0x7FFF0000
    program = [(load, 0, 0, 0)]
    for place, number in enumerate(numbers):
        program.append((is_equal, len(numbers) - place, 0, number))
    program += [(answer, 0, 0, allow), (answer, 0, 0, trace)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(head), 0, 0) < 0:
        os._exit(71)


class Tracer:
    def __init__(self, options, program):
        self.options, self.folder = options, os.path.realpath(options.folder)
        self.log = open(options.log, "w", buffering=1)
        self.counts, self.is_ours = {}, False
        self.calls = options.calls.split(",") if options.calls else list(CALLS)
        self.main = os.fork()
        if self.main == 0:
            self.become(program)

    def become(self, program):
        ptrace(TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        filter_calls([CALLS[name][0] for name in self.calls])
        try:
            os.execvp(program[0], program)
        finally:
            os._exit(127)

    def run(self):
        os.waitpid(self.main, 0)
        ptrace(SETOPTIONS, self.main, OPTIONS)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.hand_on)
        self.log.write(f"pid {self.main}\n")
        ptrace(CONT, self.main)
        while True:
            process, status = os.waitpid(-1, 0x40000000)
            if os.WIFSTOPPED(status):
                self.stopped(process, status)
            elif process == self.main:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def hand_on(self, number, _):
        try:
            os.kill(self.main, number)
        except ProcessLookupError:
            # It ended at this moment.
            pass

    def stopped(self, process, status):
        event, number = status >> 16, os.WSTOPSIG(status)
        try:
            if event == EVENT_SECCOMP:
                self.called(process)
            elif event:
                self.is_ours = self.is_ours or event == EVENT_EXEC
                ptrace(CONT, process)
            elif number in (signal.SIGSTOP, signal.SIGTRAP):
                ptrace(CONT, process)
            else:
                ptrace(CONT, process, number)
        except OSError as error:
            if error.errno != errno.ESRCH:
                raise

    def called(self, process):
        registers = Registers()
        ptrace(GETREGS, process, ctypes.addressof(registers))
        point = self.point(process, registers) if self.is_ours else None
        if point:
            number = self.counts[point] = self.counts.get(point, 0) + 1
            self.log.write(f"{number} {point}\n")
            if self.options.strike and point == self.options.point:
                return self.strike(process, registers, point, number)
        ptrace(CONT, process)

    def point(self, process, registers):
        name = NAMES.get(registers.orig_rax)
        if name is None:
            return None
        _, kind, place = CALLS[name]
        if kind == "path":
            path = self.text(process, registers.argument(place))
            path = os.path.normpath(os.path.join(self.folder, path)) if path else ""
        else:
            try:
                path = os.readlink(f"/proc/{process}/fd/{registers.argument(place) & 0xFFFFFFFF}")
            except OSError:
                return None
        if path.startswith("socket:"):
            return f"{name} socket" if name in SOCKET_CALLS else None
        if path != self.folder and not path.startswith(self.folder + "/"):
            return None
        return f"{name} {os.path.relpath(path.removesuffix(' (deleted)'), self.folder)}"

    @staticmethod
    def text(process, address):
        try:
            with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
                memory.seek(address)
                return memory.read(4096).split(b"\0")[0].decode(errors="replace")
        except (OSError, OverflowError):
            return ""

    def strike(self, process, registers, point, number):
        kind, wanted = self.options.strike, self.options.number
        if number < wanted or (number > wanted and not self.goes_on(kind, number - wanted)):
            return ptrace(CONT, process)
        if number == wanted:
            self.log.write(f"struck {point} {number}\n")
        if kind == "kill":
            return os.kill(self.main, signal.SIGKILL)
        if kind in ("torn", "short") or (kind.startswith("half-then-") and number == wanted):
            registers.rdx = max(1, registers.rdx // 2)
            ptrace(SETREGS, process, ctypes.addressof(registers))
            return self.finish_and_kill(process) if kind == "torn" else ptrace(CONT, process)
        # A call of number -1 is not made; the answer is what stands in rax (seccomp(2), SECCOMP_RET_TRACE).
        registers.orig_rax = 2**64 - 1
        registers.rax = 2**64 - getattr(errno, kind.removeprefix("half-then-").rstrip("+"))
        ptrace(SETREGS, process, ctypes.addressof(registers))
        ptrace(CONT, process)

    @staticmethod
    def goes_on(kind, calls_since):
        return kind.endswith("+") or (kind.startswith("half-then-") and calls_since == 1)

    def finish_and_kill(self, process):
        ptrace(SYSCALL, process)
        while True:
            waited, status = os.waitpid(process, 0x40000000)
            if not os.WIFSTOPPED(status) or os.WSTOPSIG(status) == signal.SIGTRAP | 0x80:
                break
            ptrace(SYSCALL, process)
        os.kill(self.main, signal.SIGKILL)


def main():
    words = sys.argv[1:]
    split = words.index("--")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--strike")
    parser.add_argument("--point")
    parser.add_argument("--number", type=int, default=1)
    parser.add_argument("--calls", help="which calls are looked at, with commas; all of them without it")
    # Not sys.exit, which lets SIGTERM kill again while it tidies up.
    os._exit(Tracer(parser.parse_args(words[:split]), words[split + 1:]).run())


if __name__ == "__main__":
    main()
