"""A disk that is full, a disk that turns read only, few descriptors, little memory: each comes and passes under load."""

import contextlib
import os
import time

import disks
import people
from place import NotReady
from stage import Stage

FILLER = "filler"
LOAD_SECONDS = (0.1, 0.3)
PATIENCE_SECONDS = 8.0
DISK = "24m"
DESCRIPTORS = 64
MEMORY = 64 * 1024 * 1024
CGROUPS = "/sys/fs/cgroup"


class Scarcity:
    """What the four have in common: load, the want, load, its end, and a daemon that works again."""

    cycles = {"ci": 2, "demand": 50}
    cycles_a_round = 2
    is_naive = False

    def __init__(self, machine):
        self.machine = machine

    def missing(self):
        return disks.lack()

    def prepare(self, options, folder, aside, random):
        stage = Stage(options, folder, aside)
        stage.counts = {}
        disks.sync(folder)
        stage.start(self.wrapper())
        return stage

    def wrapper(self):
        return ()

    def strike(self, stage, random):
        stage.load_for(random.uniform(*LOAD_SECONDS), lambda: self.begin(stage))
        self.meanwhile(stage, random)
        self.end(stage)
        return 1

    def meanwhile(self, stage, random):
        """Sends on although it is refused; the daemon may end with a word."""
        for _ in range(5):
            if self.has_ended(stage):
                break
            stage.load_for(0.05, lambda: None)

    @staticmethod
    def has_ended(stage):
        if not stage.daemon.has_ended:
            return False
        status = stage.daemon.wait()
        stage.counts[f"exit {status}"] = 1
        stage.judge.expect(status in (74, 75, -9), f"it ended with {status}: {stage.daemon.log[-300:]}")
        return True

    def recover(self, stage, kills):
        """It takes events again by itself, or ended and does so when it is started again."""
        if self.has_ended(stage):
            stage.start(self.wrapper())
        else:
            stage.counts["lived through"] = 1
        self.take_events(stage)
        stage.judge.wait_drained(stage.daemon, limit=PATIENCE_SECONDS)
        stage.judge.settled(kills)

    def take_events(self, stage):
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                line = stage.daemon.line()
                stage.crowd.senders[0].send_one(line)
                return line.close()
            except (people.Refused, OSError) as error:
                if time.monotonic() > end:
                    raise NotReady(f"no events are taken {PATIENCE_SECONDS:g} s after the want: {error}") from None
                time.sleep(0.1)

    def finish(self, stage):
        stage.wait_for_time()
        stage.judge.settled(kills=0)
        stage.finish()


class FullDisk(Scarcity):
    name = "disk-full"
    title = "a full disk"

    def mount(self, scratch, folder):
        disks.mount_memory(folder, DISK)
        return folder

    def unmount(self, scratch):
        disks.unmount(os.path.join(scratch, "folder"))

    def begin(self, stage):
        """Takes all room but some kilobytes."""
        room = os.statvfs(stage.place.folder)
        with open(stage.place.path(FILLER), "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - 65_536))

    def end(self, stage):
        os.unlink(stage.place.path(FILLER))

    def meanwhile(self, stage, random):
        for sender in stage.crowd.senders:
            sender.refusals.clear()
        super().meanwhile(stage, random)
        statuses = {status for sender in stage.crowd.senders for status in sender.refusals}
        stage.judge.expect(stage.daemon.has_ended or 507 in statuses, f"a full disk was answered {statuses or 'nothing'}, and not 507")
        stage.judge.expect(statuses <= {503, 507}, f"a full disk was answered {statuses}")


class ReadOnly(Scarcity):
    name = "read-only"
    title = "a disk that turns read only"
    cycles_a_round = 1

    def missing(self):
        return disks.lack_of_images()

    def mount(self, scratch, folder):
        disks.make_image(os.path.join(scratch, "image"))
        disks.mount_image(os.path.join(scratch, "image"), folder)
        return folder

    def unmount(self, scratch):
        disks.unmount(os.path.join(scratch, "folder"))

    def begin(self, stage):
        """What ext4 does by itself at an error of its own (`errors=remount-ro`).

        A sync that is under way then may answer that all is well (faults/power.py), so answers from here on are doubtful.
        """
        sure = {sender: len(sender.acknowledged) for sender in stage.crowd.senders}
        disks.run("mount", "-o", "remount,abort", stage.place.folder)
        self.sure = sure

    def meanwhile(self, stage, random):
        """It ends, or it answers that it takes nothing; it does not hang."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not stage.daemon.has_ended and time.monotonic() < end:
            with contextlib.suppress(OSError, people.Refused):
                line = stage.daemon.line(timeout=PATIENCE_SECONDS)
                stage.crowd.senders[0].send_one(line)
                stage.judge.violations.append("an event was taken on a disk that is read only")
            time.sleep(0.1)

    def end(self, stage):
        """The disk is checked and mounted again, for which whoever uses it must go."""
        if not self.has_ended(stage):
            self.expect_answers(stage)
            stage.counts["endured until killed"] = 1
            stage.daemon.kill()
        for sender, count in self.sure.items():
            del sender.acknowledged[count:]
        folder = stage.place.folder
        disks.unmount(folder)
        disks.mount_image(os.path.join(os.path.dirname(folder), "image"), folder)
        stage.judge.cuts_power = True
        stage.judge.after_fault()
        stage.start()


    @staticmethod
    def expect_answers(stage):
        try:
            status, _ = stage.daemon.line(timeout=PATIENCE_SECONDS).ask("GET", "/healthz")
        except OSError as error:
            status = error
        stage.judge.expect(status == 503, f"it lives on with a dead disk, and /healthz says {status}: {stage.daemon.log[-300:]}")


class Descriptors(Scarcity):
    name = "few-files"
    title = "64 descriptors"
    connections = 100

    def missing(self):
        return None

    def wrapper(self):
        return ("prlimit", f"--nofile={DESCRIPTORS}")

    def begin(self, stage):
        """More connections than there are descriptors; each waits for its turn."""
        self.idle = [people.Line(stage.daemon.port, "") for _ in range(self.connections)]
        stage.daemon.process.send_signal(0)

    def strike(self, stage, random):
        self.begin(stage)
        time.sleep(random.uniform(0.1, 0.5))
        self.end(stage)
        return 0

    def end(self, stage):
        for line in self.idle:
            line.close()


class Memory(Scarcity):
    name = "little-memory"
    title = "64 MB of memory"

    def missing(self):
        if not os.path.isdir(os.path.join(CGROUPS, "memory")) and not os.path.exists(os.path.join(CGROUPS, "cgroup.controllers")):
            return "no control groups are mounted"
        try:
            os.rmdir(self.group())
        except OSError as error:
            return f"no control group can be made: {error}"
        return None

    @staticmethod
    def group():
        """A new control group of 64 MB: of version 1 where that is mounted, else of version 2."""
        first = os.path.join(CGROUPS, "memory")
        parent, key = (first, "memory.limit_in_bytes") if os.path.isdir(first) else (CGROUPS, "memory.max")
        folder = os.path.join(parent, f"crash-{os.getpid()}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, key), "w") as file:
            file.write(str(MEMORY))
        return folder

    def wrapper(self):
        return ("sh", "-c", f'echo $$ > {self.group()}/cgroup.procs && exec "$@"', "in-group")

    def begin(self, stage):
        """It had so little from the start; now it has to work with it."""

    def end(self, stage):
        """It keeps so little."""

    def strike(self, stage, random):
        stage.load_for(1.0, lambda: None if stage.daemon.has_ended else stage.daemon.kill())
        stage.judge.after_fault()
        return 1

    def recover(self, stage, kills):
        stage.start(self.wrapper())
        stage.judge.wait_drained(stage.daemon, limit=PATIENCE_SECONDS)
        stage.judge.settled(kills)

    def finish(self, stage):
        super().finish(stage)
        os.rmdir(self.group())
