"""A Debian 12 of its own, booted by systemd-nspawn, with no network but its loopback."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TREE = ROOT / ".build/systemd-tree"
BOOT_SECONDS = 180
# What the package depends on, since the machine has no network; no more, so that a missing dependency shows.
PACKAGES = ["systemd", "systemd-sysv", "dbus", "libsqlite3-0", "libsimdjson14", "libstdc++6", "zlib1g", "tzdata"]


class NotRun(Exception):
    """This machine cannot boot another one; the text says why."""


def need_machine():
    if os.geteuid() != 0:
        raise NotRun("systemd-nspawn needs root")
    for command in ["systemd-nspawn", "debootstrap", "nsenter"]:
        if not shutil.which(command):
            raise NotRun(f"there is no {command}; install systemd-container, debootstrap and util-linux")


def make_tree():
    """A minimal Debian, fetched once."""
    if (TREE / "etc/debian_version").exists():
        return
    part = TREE.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", "--include=" + ",".join(PACKAGES), "bookworm", part]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise NotRun("debootstrap failed:\n" + "\n".join(done.stdout.splitlines()[-5:]))
    part.rename(TREE)


class Machine:
    """A copy of the tree, running until the block ends."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", TREE, self.folder], check=True)
        self.log = open(self.folder.with_suffix(".log"), "wb")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--private-network",
             "--console=pipe", f"--machine=nudged-{os.getpid()}", "--directory", self.folder],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.wait("the end of the boot", self.is_up, BOOT_SECONDS)
        except Exception as error:
            self.__exit__()
            last = self.folder.with_suffix(".log").read_text(errors="replace").splitlines()[-5:]
            raise NotRun("systemd-nspawn cannot boot here: " + "\n".join([str(error)] + last)) from error
        return self

    def __exit__(self, *_):
        if self.nspawn.poll() is None:
            self.nspawn.terminate()
            try:
                self.nspawn.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        self.log.close()

    def find_leader(self):
        if self.nspawn.poll() is not None:
            raise RuntimeError(f"it ended with {self.nspawn.returncode}")
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def is_up(self):
        # Asked each time: the first child of nspawn is a helper that ends once the machine's first process is there.
        self.leader = self.find_leader()
        return self.leader and self.run("systemctl is-system-running", check=False).stdout.strip() in ("running", "degraded")

    @staticmethod
    def wait(what, probe, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = probe()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s in vain for {what}")

    def enter(self, command):
        """A command line of the host that runs a command line inside."""
        environment = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root",
                       "DEBIAN_FRONTEND=noninteractive"]
        return ["nsenter", f"--target={self.leader}", "--all", *environment, "sh", "-c", command]

    def run(self, command, check=True):
        """What a command line inside says; with `check` its failure is ours."""
        done = subprocess.run(self.enter(command), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"`{command}` ended with {done.returncode}:\n{done.stdout}{done.stderr}"[:2000])
        return done

    def start_on_network(self, command):
        """Starts a program of the host that sees the machine's network."""
        inside = ["nsenter", f"--target={self.leader}", "--net"]
        return subprocess.Popen(inside + command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def show(self, *names, unit="nudged.service"):
        """Properties of a unit."""
        text = self.run(f"systemctl show {unit} --property={','.join(names)}").stdout
        values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        return values[names[0]] if len(names) == 1 else values

    def journal(self, filters=""):
        """The entries of the daemon's unit."""
        text = self.run(f"journalctl --unit nudged --output json --no-pager {filters}").stdout
        return [json.loads(line) for line in text.splitlines()]

    def file(self, path):
        return self.folder / str(path).lstrip("/")


def tell(text):
    print(text, flush=True)


def fail(text):
    print(text, file=sys.stderr, flush=True)
