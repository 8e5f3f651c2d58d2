"""A short life of a daemon, always the same: events, a reload of rules, deliveries to a file and a webhook, a stop."""

import time

import judge
import people
import place
from stage import Stage

BATCHES = 6
PATIENCE_SECONDS = 6.0
PAUSE_SECONDS = 0.05


class Interrupted(Exception):
    """The daemon is gone; how it ended is told by its status."""


class Scenario:
    """The steps, each of which can be done again after a crash."""

    def __init__(self, options, folder, aside):
        self.stage = Stage(options, folder, aside, rules=people.MODEL, rotate="2KB", senders=("eve",))
        self.sender = self.stage.crowd.senders[0]
        self.steps = [self.send_some, self.reload, self.send_more, self.drain, self.stop]
        self.patience = PATIENCE_SECONDS
        # How often the daemon was started again.
        self.restarts = 0

    def perform(self, wrapper=()):
        """From where it stands to the end, or until the daemon is gone."""
        self.begin(wrapper)
        self.steps = self.steps or [self.drain, self.stop]
        while self.steps:
            self.patiently(self.steps[0])
            self.steps.pop(0)

    def begin(self, wrapper):
        if self.stage.daemon is None or self.stage.daemon.has_ended:
            self.stage.daemon = self.stage.place.spawn(wrapper)
        try:
            self.stage.daemon.wait_ready(seconds=self.patience if wrapper else place.READY_WITHIN_SECONDS)
        except place.NotReady as error:
            raise Interrupted(str(error)) from None

    def patiently(self, step):
        """A step, tried again while the daemon lives and refuses."""
        end = time.monotonic() + self.patience
        while True:
            try:
                return step()
            except (people.Refused, OSError, TimeoutError) as error:
                if self.is_gone() or time.monotonic() > end:
                    raise Interrupted(str(error)) from None
                time.sleep(PAUSE_SECONDS)

    def is_gone(self):
        """Whether the daemon has ended, or is about to."""
        for _ in range(20):
            if self.stage.daemon.has_ended:
                return True
            time.sleep(0.002)
        return False

    # Steps

    def send_some(self):
        self.send_until(BATCHES)

    def send_more(self):
        self.send_until(2 * BATCHES)

    def send_until(self, count):
        if self.sender.next >= count:
            return
        line = self.stage.daemon.line(timeout=self.patience)
        try:
            while self.sender.next < count:
                self.sender.send_one(line)
        finally:
            line.close()

    def reload(self):
        self.stage.place.write("rules/people.yaml", people.MODEL + people.NEWS)
        line = self.stage.daemon.line(key=place.ADMIN, timeout=self.patience)
        try:
            status, body = line.ask("POST", "/v1/reload")
        finally:
            line.close()
        if status != 200:
            raise people.Refused(status, body)

    def drain(self):
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            with self.stage.judge.live() as database:
                waiting = database.execute(
                    "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'in-flight')").fetchone()[0]
            if not waiting:
                return
            if self.stage.daemon.has_ended:
                raise Interrupted("while draining")
            time.sleep(0.005)
        raise Interrupted(f"{waiting} deliveries wait")

    def stop(self):
        if self.stage.daemon.stop() != 0:
            raise Interrupted("while stopping")


def reference(options, folder, aside, calls):
    """An undisturbed run: its decisions, and every call that is a point, as [(point, number)]."""
    scenario = Scenario(options, folder, aside)
    wrapper, log = scenario.stage.place.traced()
    scenario.perform(wrapper[:-1] + ["--calls", ",".join(calls), "--"])
    with open(log) as file:
        points = [line.split(" ", 1) for line in file.read().splitlines()]
    scenario.stage.close()
    return (judge.decisions(scenario.stage.place.path("nudged.db")),
            [(point, int(number)) for number, point in points if number.isdigit()])
