"""The clock goes back and forth by days while the daemon runs, and between its runs."""

import os
import time

import people
from faults.fault import Fault
from stage import Stage

LIBRARY = "libfaketimeMT.so.1"
FOLDERS = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime")
# libfaketime loses the arguments of the first program that it is loaded into.
WRAPPER = ("sh", "-c", 'exec "$@"', "sh")
DAY_SECONDS = 86_400
JUMPS = 4
# Rules are deployed a month before, so that nobody starts before them however the clock goes.
DEPLOYED_SECONDS, FARTHEST_SECONDS = -30 * DAY_SECONDS, 10 * DAY_SECONDS
RULES = people.MODEL.replace("after: 48h", "after: 1400h")
PATIENCE_SECONDS = 8.0
HOLDS = 2


class Clock(Fault):
    name = "clock"
    title = "the clock goes back and forth by days"
    cycles = {"ci": 10, "demand": 500}
    cycles_a_round = 5

    def __init__(self, machine):
        super().__init__(machine)
        self.library = next((f"{folder}/{LIBRARY}" for folder in FOLDERS if os.path.exists(f"{folder}/{LIBRARY}")), None)

    def missing(self):
        return None if self.library else "libfaketime is missing (Debian package faketime)"

    def prepare(self, options, folder, aside, random):
        stage = Stage(options, folder, aside, rules=RULES)
        self.file, self.farthest = os.path.join(aside, "clock"), DEPLOYED_SECONDS
        self.set(DEPLOYED_SECONDS)
        for sender in stage.crowd.senders:
            sender.tells_time = True
        stage.start(WRAPPER, self.environment)
        stage.judge.expect("libfaketime" in self.maps(stage), "the preloaded clock has not taken hold")
        return stage

    @property
    def environment(self):
        return {"LD_PRELOAD": self.library, "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}

    @staticmethod
    def maps(stage):
        with open(f"/proc/{stage.daemon.process.pid}/maps") as file:
            return file.read()

    def set(self, seconds):
        """Lets the clock be so many seconds off; in one step, since it is read all the time."""
        with open(self.file + ".new", "w") as file:
            file.write(f"{seconds:+d}\n")
        os.replace(self.file + ".new", self.file)
        self.offset, self.farthest = seconds, max(self.farthest, seconds)

    def jump(self, random):
        step = random.choice([-1, 1]) * random.choice([1, 60, 3600, DAY_SECONDS, 3 * DAY_SECONDS])
        self.set(max(-FARTHEST_SECONDS, min(FARTHEST_SECONDS, self.offset + step)))

    def strike(self, stage, random):
        stage.load(lambda: self.shake(stage, random))
        stage.judge.after_fault()
        self.jump(random)
        return 1

    def shake(self, stage, random):
        for _ in range(JUMPS):
            time.sleep(random.uniform(0.01, 0.08))
            self.jump(random)
        stage.daemon.kill()

    def recover(self, stage, kills):
        """A clock that is back is reason enough to hold what was under way, if it says so; what waits goes once it is right."""
        stage.start(WRAPPER, self.environment)
        if "the clock is not believed" not in stage.daemon.log:
            stage.judge.wait_drained(stage.daemon, patience=PATIENCE_SECONDS)
        self.set(max(self.farthest, 0) + 1)
        self.confirm(stage)
        line = stage.daemon.line()
        stage.crowd.senders[0].send_one(line)
        line.close()
        stage.judge.wait_drained(stage.daemon, patience=PATIENCE_SECONDS)
        # A clock that is not believed breaks calls off; they come again.
        stage.judge.settled(kills + HOLDS)
        self.look_at_times(stage)

    @staticmethod
    def look_at_times(stage):
        """What was decided later was decided at no earlier time."""
        with stage.judge.live() as database:
            for table, column in (("decisions", "at"), ("events", "arrived_at")):
                back = database.execute(
                    f"SELECT count(*) FROM (SELECT {column} < lag({column}) OVER (ORDER BY sequence) AS back FROM {table}) WHERE back"
                ).fetchone()[0]
                stage.judge.expect(back == 0, f"time goes back {back} times in {table}")

    @staticmethod
    def confirm(stage):
        """Says that a jump is meant, where the daemon asks for that."""
        stage.place.run("clock", "confirm")

    def finish(self, stage):
        stage.judge.settled(kills=0)
        stage.stop()
        stage.compare_with_replay()
        stage.close()
