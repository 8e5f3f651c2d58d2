"""kill -9 at each system call of a scenario that changes something, and three more kills while it recovers.

A call that reads changes nothing: a kill before it leaves what the kill before the next changing call leaves.
"""

import os
import platform

import judge
import scenario
from faults.fault import Fault
from place import was_killed

CHANGING = ["write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate", "fchown", "mmap",
            "sendto", "sendmsg", "sendmmsg", "accept4", "connect", "open", "openat", "unlink", "unlinkat",
            "rename", "renameat", "renameat2", "mkdir"]
MORE_KILLS = 3


class Calls(Fault):
    name = "calls"
    title = "kill -9 at each system call of a scenario"
    cycles = {"ci": None, "demand": None}
    cycles_a_round = 1
    torn = ("pwrite64", "write")

    def __init__(self, machine):
        super().__init__(machine)
        self.decisions, self.points = None, []

    def missing(self):
        if platform.machine() != "x86_64":
            return "the tracer knows the system calls of x86-64 alone"
        return None

    def learn(self, options, scratch):
        """Runs the scenario undisturbed; every call of it becomes a cycle."""
        self.decisions, points = scenario.reference(options, os.path.join(scratch, "folder"), os.path.join(scratch, "aside"), CHANGING)
        if options.ci:
            points = [(point, number) for point, number in points if "outbox" in point]
        torn = [("torn", *each) for each in points if each[0].split()[0] in self.torn and "socket" not in each[0]]
        self.points = [("kill", *each) for each in points] + torn
        return len(self.points)

    def prepare(self, options, folder, aside, random):
        self.more_kills = 0 if options.ci else MORE_KILLS
        self.scenario = scenario.Scenario(options, folder, aside)
        self.scenario.stage.counts = {}
        return self.scenario.stage

    def choose(self, stage, random):
        """The cycle's point; with fewer cycles than points, each of another seed."""
        return self.points[self.place % len(self.points)]

    def strike(self, stage, random):
        """Runs the scenario until the kill; the kills of recovery hit calls at random."""
        kind, point, number = self.choose(stage, random)
        stage.what = f"{kind} {point} {number}"
        kills = self.run_until_killed(stage, kind, point, number)
        for _ in range(self.more_kills if kills else 0):
            kills += self.run_until_killed(stage, *random.choice(self.points))
        if not kills:
            stage.counts["not reached"] = 1
        return kills

    def run_until_killed(self, stage, kind, point, number):
        wrapper, _ = stage.place.traced(kind, point, number)
        wrapper = wrapper[:-1] + ["--calls", ",".join(CHANGING), "--"]
        try:
            self.scenario.perform(wrapper)
        except scenario.Interrupted as error:
            status = stage.daemon.wait()
            stage.judge.expect(was_killed(status), f"it ended with {status} by itself: {error}")
            stage.judge.after_fault()
            return 1
        return 0

    def recover(self, stage, kills):
        """A daemon to which nothing happens brings the scenario to its end."""
        if not stage.daemon.has_ended:
            stage.daemon.kill()
        stage.start()
        stage.judge.wait_drained(stage.daemon)
        self.scenario.perform()
        stage.start()
        stage.judge.wait_drained(stage.daemon)
        stage.judge.settled(kills)
        stage.stop()
        self.compare(stage)

    def compare(self, stage):
        difference = judge.differences(judge.decisions(stage.place.path("nudged.db")), self.decisions)
        stage.judge.expect(not difference, difference)

    def finish(self, stage):
        stage.close()
