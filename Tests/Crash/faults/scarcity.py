"""What is scarce for a while, under load: the ground that a full disk, few descriptors and little memory share."""

import time

import disks
import people
from faults.fault import Fault
from place import NotReady
from stage import Stage

LOAD_SECONDS = (0.1, 0.3)
PATIENCE_SECONDS = 8.0


class Scarcity(Fault):
    """What the four have in common: load, the want, load, its end, and a daemon that works again."""

    cycles = {"ci": 2, "demand": 50}
    cycles_a_round = 2
    # How often a transaction can be lost that was answered as durable, as another kill would lose it.
    doubtful_settles = 0

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
        stage.judge.settled(kills + self.doubtful_settles)

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
