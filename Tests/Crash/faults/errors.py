"""I/O errors at each call of a scenario that touches the disk: once, and from then on for good."""

import os

import scenario
from faults.calls import Calls
from place import was_killed

DISK = ["write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "mmap", "pread64", "read", "fchown",
        "open", "openat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "newfstatat", "fstat"]
# What a disk, a full one, one that turned read only, and a full table of descriptors answer.
ERRORS = {
    "write": ("EIO", "ENOSPC"), "pwrite64": ("EIO", "ENOSPC"), "fsync": ("EIO",), "fdatasync": ("EIO",),
    "ftruncate": ("EIO", "EROFS"), "fallocate": ("ENOSPC",), "mmap": ("ENOMEM",), "pread64": ("EIO",), "read": ("EIO",),
    "fchown": ("EROFS",), "open": ("EMFILE", "EROFS"), "openat": ("EMFILE", "EROFS"),
    "unlink": ("EROFS",), "unlinkat": ("EROFS",), "rename": ("EROFS", "ENOSPC"), "renameat": ("EROFS",),
    "renameat2": ("EROFS",), "mkdir": ("EROFS", "ENOSPC"), "newfstatat": ("EIO",), "fstat": ("EIO",),
}
PATIENCE_SECONDS = 4.0
# sysexits that the daemon may end with when its disk fails: no such file, input/output, try again, permission, invalid.
TOLD = {66, 70, 74, 75, 77, 78}


class Errors(Calls):
    name = "errors"
    title = "I/O errors, once and for good"
    cycles = {"ci": 25, "demand": None}

    def learn(self, options, scratch):
        self.decisions, points = scenario.reference(options, os.path.join(scratch, "folder"), os.path.join(scratch, "aside"), DISK)
        self.points = [each for point, number in points if "socket" not in point for each in self.errors(point, number)]
        self.runs_all = not options.ci and not options.cycles
        return len(self.points)

    @staticmethod
    def errors(point, number):
        call = point.split()[0]
        kinds = [kind + often for kind in ERRORS.get(call, ()) for often in ("", "+")]
        if call in ("write", "pwrite64"):
            kinds += ["short", "half-then-ENOSPC"]
        return [(kind, point, number) for kind in kinds]

    def choose(self, stage, random):
        """Every point in its turn when all are wanted; else some of them."""
        return self.points[self.place % len(self.points)] if self.runs_all else random.choice(self.points)

    def strike(self, stage, random):
        kind, point, number = self.choose(stage, random)
        stage.what = f"{kind} {point} {number}"
        wrapper, log = stage.place.traced(kind, point, number)
        self.scenario.patience = PATIENCE_SECONDS
        restarts = 0
        try:
            self.scenario.perform(wrapper[:-1] + ["--calls", ",".join(DISK), "--"])
        except scenario.Interrupted as error:
            restarts = 1
            self.look_at_end(stage, kind, error)
        with open(log) as file:
            if "struck" not in file.read():
                stage.counts["not reached"] = 1
        stage.judge.after_fault()
        return restarts

    def look_at_end(self, stage, kind, error):
        """A daemon that gives up says so; one that goes on is at work again once the fault is over."""
        if not stage.daemon.has_ended:
            stage.judge.expect(kind.endswith("+"), f"it lives and is not at work after the fault: {error}")
            stage.counts["endured until killed"] = 1
            stage.daemon.kill()
            return
        status = stage.daemon.wait()
        stage.counts[f"exit {status}"] = 1
        stage.judge.expect(status in TOLD or was_killed(status), f"it ended with {status}: {stage.daemon.log[-300:]}")
        stage.judge.expect(len(stage.daemon.log.strip()) > 0, "it ended without a word")

    def recover(self, stage, kills):
        super().recover(stage, max(kills, 1))
