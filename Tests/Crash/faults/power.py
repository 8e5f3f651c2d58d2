"""The power goes: an ext4 file system on a loop device is shut down without its journal, under load."""

import glob
import os
import signal
import time

import disks
from faults.fault import Fault, OnImage
from stage import Stage

LOAD_SECONDS = (0.005, 0.25)
HALT_SECONDS, PAUSE_SECONDS = 10.0, 0.001


class Power(OnImage, Fault):
    name = "power"
    title = "power cuts"
    cycles = {"ci": 10, "demand": 2000}
    cycles_a_round = 20

    def prepare(self, options, folder, aside, random):
        stage = Stage(options, folder, aside, cuts_power=True)
        disks.sync(folder)
        stage.start()
        return stage

    def strike(self, stage, random):
        """Cuts the power under load; then mounts the disk again."""
        stage.load_for(random.uniform(*LOAD_SECONDS), lambda: self.cut(stage, random))
        folder = stage.place.folder
        disks.unmount(folder)
        disks.mount_image(os.path.join(os.path.dirname(folder), "image"), folder)
        stage.judge.after_fault()
        return 1

    def cut(self, stage, random):
        """Nobody acts after the power has gone, so the daemon stops first; what the kernel does for it may go on.

        While ext4 is shut down, an fdatasync that is under way may answer that all is well and write nothing: a program of
        ten lines lost 9 of its 500 last syncs so. An answer to a client after that would tell of the tool, not of the disk.
        """
        halt(stage.daemon.process)
        disks.cut_power(stage.place.folder)
        stage.daemon.kill()

    def recover(self, stage, kills):
        stage.restart_and_settle(kills)

    def finish(self, stage):
        stage.wait_for_time()
        stage.judge.settled(kills=0)
        stage.finish()


def halt(process):
    """Stops a process, and returns once none of its threads can go on by itself.

    The signal reaches one thread, which must have its turn before the others hear of it. Whoever is in the middle of a
    write (D) stops on its way out.

    Raises when one of them goes on for ten seconds.
    """
    end = time.monotonic() + HALT_SECONDS
    process.send_signal(signal.SIGSTOP)
    while process.poll() is None:
        states = {state for thread in glob.glob(f"/proc/{process.pid}/task/*/stat") if (state := state_of(thread))}
        if "T" in states and states <= {"T", "D"}:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"not all threads have stopped after {HALT_SECONDS:g} s: {sorted(states)}")
        time.sleep(PAUSE_SECONDS)


def state_of(thread):
    """The letter of proc(5) for a thread; empty when it is gone."""
    try:
        with open(thread) as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""
