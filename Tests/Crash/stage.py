"""A place with its people, receiver and judge: what a fault is let loose on."""

import os
import time

import judge
import people
import place as places
import receiver as receivers

BATCHES_AT_ONCE = 200


class Stage:
    """One daemon's world, made anew for each round."""

    def __init__(self, options, folder, aside, *, name="stage", rules=people.MODEL + people.SOON, webhook=True,
                 cuts_power=False, rotate="200KB", senders=("ann", "bob", "cem", "dot")):
        self.options, self.name = options, name
        self.receiver = receivers.Receiver() if webhook else None
        self.place = places.Place(options.nudged, folder, aside, self.receiver and self.receiver.port, rules, rotate)
        self.crowd = people.Crowd(places.INGEST, senders)
        self.judge = judge.Judge(self.place, self.crowd, self.receiver, options.slack, cuts_power)
        self.daemon = None

    def start(self, wrapper=(), environment=None):
        """A daemon that must be ready in time."""
        self.daemon = self.place.start(wrapper, environment)
        self.judge.started(self.daemon)
        return self.daemon

    def load(self, doing):
        """Lets everybody send, does something meanwhile, and returns when all were refused."""
        self.crowd.send_while(self.daemon.port, doing)

    def load_for(self, seconds, then):
        """Lets everybody send for a while; then something happens."""
        self.load(lambda: (time.sleep(seconds), then()))

    def restart_and_settle(self, kills=1, **how):
        """What must hold once a daemon has started again and done what was left."""
        self.start()
        self.judge.wait_drained(self.daemon)
        self.judge.settled(kills, **how)

    def wait_for_time(self):
        """Until everything that a second decides is decided."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with self.judge.live() as database:
                late = database.execute("""
                    SELECT count(*) FROM events e WHERE e.name = 'Signed Up' AND NOT EXISTS (
                      SELECT 1 FROM decisions d JOIN subjects s ON s.id = d.subject
                      WHERE s.subject = e.user_id AND d.step = 'a-second-later')""").fetchone()[0]
            if not late:
                break
            time.sleep(0.05)
        self.judge.expect(not late, f"{late} people were not looked at again after a second")
        self.judge.wait_drained(self.daemon)

    def finish(self):
        """The end of a round: stops the daemon, and compares with what the events say."""
        if self.daemon and not self.daemon.has_ended:
            self.stop()
        self.compare_with_replay()
        self.compare_with_undisturbed_run()
        self.close()

    def stop(self):
        """Stops the daemon, which ends well."""
        status = self.daemon.stop()
        self.judge.expect(status == 0, f"stopping ended with {status}: …{self.daemon.log[-300:]}")

    def close(self):
        if self.daemon and not self.daemon.has_ended:
            self.daemon.kill()
        if self.receiver:
            self.receiver.close()

    def compare_with_replay(self):
        """`nudged replay` decides everything again, starts and stops included."""
        rebuilt = os.path.join(self.place.aside, "replayed.db")
        answer = self.place.run("replay", "--into", rebuilt, "--db", "nudged.db")
        said = (answer.stdout + answer.stderr).strip()
        self.judge.expect(answer.returncode == 0, f"replay ended with {answer.returncode}: …{said[-300:]}")

    def compare_with_undisturbed_run(self):
        """The same events, sent to a daemon to which nothing happens."""
        aside = os.path.join(self.place.aside, "undisturbed")
        with open(self.place.path("rules/people.yaml")) as file:
            rules = file.read()
        other = Stage(self.options, os.path.join(aside, "folder"), aside, rules=rules, webhook=False)
        other.daemon = other.place.start()
        line, events = other.daemon.line(), judge.events(self.place.path("nudged.db"))
        for first in range(0, len(events), BATCHES_AT_ONCE):
            line.post(events[first:first + BATCHES_AT_ONCE])
        if people.SOON in rules:
            other.wait_for_time()
        difference = judge.differences(judge.decisions(self.place.path("nudged.db")), judge.decisions(other.place.path("nudged.db")))
        self.judge.expect(not difference, difference)
        self.judge.violations += [f"undisturbed: {violation}" for violation in other.judge.violations]
        other.daemon.stop()
        other.close()
