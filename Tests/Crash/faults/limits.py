"""Few descriptors and little memory."""

import os
import time

import people
from faults.scarcity import PATIENCE_SECONDS, Scarcity

DESCRIPTORS = 64
MEMORY_BYTES = 64 * 1024 * 1024
CGROUPS = "/sys/fs/cgroup"


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
            file.write(str(MEMORY_BYTES))
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
