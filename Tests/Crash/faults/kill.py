"""kill -9 at a random moment under load; every fifth time up to three more while the daemon recovers."""

import time

from faults.fault import Fault
from stage import Stage

LOAD_SECONDS = (0.005, 0.12)
RECOVERY_SECONDS = (0.005, 0.08)
SOMETIMES = 0.2


class Kill(Fault):
    name = "kill"
    title = "kill -9 at random under load"
    cycles = {"ci": 100, "demand": 10_000}
    cycles_a_round = 25

    def prepare(self, options, folder, aside, random):
        stage = Stage(options, folder, aside)
        stage.start()
        return stage

    def strike(self, stage, random):
        """Kills it; returns how often."""
        stage.load_for(random.uniform(*LOAD_SECONDS), stage.daemon.kill)
        stage.judge.after_fault()
        more = random.randint(1, 3) if random.random() < SOMETIMES else 0
        for _ in range(more):
            daemon = stage.place.spawn()
            time.sleep(random.uniform(*RECOVERY_SECONDS))
            daemon.kill()
            stage.judge.after_fault()
        return 1 + more

    def recover(self, stage, kills):
        stage.restart_and_settle(kills)

    def finish(self, stage):
        stage.wait_for_time()
        stage.judge.settled(kills=0)
        stage.finish()
