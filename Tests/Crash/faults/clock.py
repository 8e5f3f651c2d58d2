"""The clock goes back and forth by days while the daemon runs, and between its runs."""

import os
import time

import people
from stage import Stage

LIBRARY = "libfaketimeMT.so.1"
FOLDERS = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime")
DAY_SECONDS = 86_400
JUMPS = 4


class Clock:
    name = "clock"
    title = "the clock goes back and forth by days"
    cycles = {"ci": 10, "demand": 500}
    cycles_a_round = 5
    is_naive = False

    def __init__(self, machine):
        self.machine = machine
        self.library = next((f"{folder}/{LIBRARY}" for folder in FOLDERS if os.path.exists(f"{folder}/{LIBRARY}")), None)

    def missing(self):
        return None if self.library else "libfaketime is missing (Debian package faketime)"

    def prepare(self, options, folder, aside, random):
        stage = Stage(options, folder, aside, rules=people.MODEL)
        self.file = os.path.join(aside, "clock")
        self.offset = 0
        self.set(0)
        stage.start(environment=self.environment)
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
        self.offset = seconds

    def jump(self, random):
        self.set(self.offset + random.choice([-1, 1]) * random.choice([1, 60, 3600, DAY_SECONDS, 3 * DAY_SECONDS]))

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
        stage.start(environment=self.environment)
        self.confirm(stage)
        stage.judge.wait_drained(stage.daemon)
        stage.judge.settled(kills)
        with stage.judge.live() as database:
            for table in ("decisions", "acts", "events"):
                column = "arrived_at" if table == "events" else "at"
                back = database.execute(
                    f"SELECT count(*) FROM (SELECT {column} < lag({column}) OVER (ORDER BY sequence) AS back FROM {table}) WHERE back"
                ).fetchone()[0]
                stage.judge.expect(back == 0, f"time goes back {back} times in {table}")

    @staticmethod
    def confirm(stage):
        """Says that a jump is meant, where the daemon asks for that."""
        stage.place.run("clock", "confirm", "--yes")

    def finish(self, stage):
        stage.judge.settled(kills=0)
        stage.finish()
