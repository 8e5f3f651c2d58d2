"""Bits that flip and files that are cut while nobody looks: database, log, outbox."""

import collections
import contextlib
import json
import os
import shutil
import sqlite3

import people
from faults.fault import Fault
from place import NotReady
from stage import Stage

LOAD_SECONDS = 0.25
PATIENCE_SECONDS = 5.0
BATCHES = 3
TARGETS = ["nudged.db", "nudged.db", "nudged.db-wal", "nudged.db-wal", "outbox/email.jsonl", "segment"]
START_SECONDS, GRACE_SECONDS = 10, 10
HANGS = "never"
# What may be said of a database or an outbox that is not what it was.
TOLD = {65, 70, 74, 78}
# A damaged page can hold a NULL where the schema allows none. Reading it traps; the trace tells where, and nothing leaves twice.
TRAPS = {-4, -5}


class Rot(Fault):
    name = "rot"
    title = "bit flips and cut files"
    cycles = {"ci": 100, "demand": 10_000}
    cycles_a_round = 50

    def prepare(self, options, folder, aside, random):
        """A daemon with a past, killed with deliveries under way; each cycle damages a copy of it."""
        stage = Stage(options, folder, aside, rules=people.MODEL, rotate="20KB")
        stage.counts = collections.Counter()
        stage.start()
        line = stage.daemon.line()
        for _ in range(40):
            stage.crowd.senders[0].send_one(line)
        line.close()
        stage.judge.wait_drained(stage.daemon)
        stage.daemon.stop()
        stage.start()
        stage.receiver.answers.clear()
        stage.load_for(LOAD_SECONDS, stage.daemon.kill)
        self.base = os.path.join(aside, "base")
        shutil.copytree(folder, self.base, ignore=shutil.ignore_patterns("*.sock"))
        self.settled = self.settled_in(self.base)
        self.taken = dict(stage.receiver.counts)
        stage.receiver.answers.set()
        return stage

    @staticmethod
    def settled_in(folder):
        """The ids of what is delivered as far as a database can be read, without its indexes."""
        found = set()
        with contextlib.suppress(sqlite3.DatabaseError, OSError):
            scratch = folder + "-read"
            shutil.rmtree(scratch, ignore_errors=True)
            os.makedirs(scratch)
            for name in ("nudged.db", "nudged.db-wal"):
                if os.path.exists(os.path.join(folder, name)):
                    shutil.copy(os.path.join(folder, name), scratch)
            database = sqlite3.connect(os.path.join(scratch, "nudged.db"))
            with contextlib.closing(database):
                for row in database.execute("SELECT id, state FROM deliveries NOT INDEXED"):
                    found |= {row[0]} if row[1] == "delivered" else set()
        return found

    # The cycle

    def strike(self, stage, random):
        if stage.daemon and not stage.daemon.has_ended:
            stage.daemon.kill()
        shutil.rmtree(stage.place.folder)
        shutil.copytree(self.base, stage.place.folder)
        with stage.receiver.lock:
            stage.receiver.counts, stage.receiver.faults = dict(self.taken), []
        self.target = self.damage(stage, random)
        # What the database has lost may be sent again; what it still knows to be delivered may not.
        now = self.settled_in(stage.place.folder)
        self.again = {"nudged.db": self.settled - now, "nudged.db-wal": self.settled - now}.get(self.target, set())
        self.before = {os.stat(stage.place.path(f"outbox/{name}")).st_ino: data for name, data in stage.place.segments().items()}
        stage.judge.seen = {}
        return 1

    def damage(self, stage, random):
        """Does something to one file; tells to which."""
        target = random.choice(TARGETS)
        if target == "segment":
            target = "outbox/" + random.choice(sorted(stage.place.segments()))
        path = stage.place.path(target)
        size = os.path.getsize(path)
        if size == 0:
            target, path = "nudged.db", stage.place.path("nudged.db")
            size = os.path.getsize(path)
        kind, at = random.choice(["flip", "flip", "flip", "noise", "zeros", "cut"]), random.randrange(size)
        with open(path, "r+b") as file:
            file.seek(at)
            if kind == "cut":
                file.truncate(at)
            elif kind == "flip":
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << random.randrange(8)]))
            else:
                length = min(random.choice([8, 512, 4096]), size - at)
                file.write(random.randbytes(length) if kind == "noise" else bytes(length))
        stage.what = f"{kind} {target} at {at} of {size}"
        return target

    def recover(self, stage, kills):
        """Two starts: what it says, it says each time."""
        for _ in range(2):
            self.live(stage)
        self.judge(stage)

    def live(self, stage):
        """One life of the daemon; it may be short, and must not be silent."""
        stage.daemon = stage.place.spawn()
        try:
            stage.daemon.wait_ready(seconds=START_SECONDS)
            self.work(stage)
            status = self.end(stage.daemon)
        except (NotReady, people.Refused, OSError):
            status = self.end(stage.daemon)
        log = stage.daemon.log.strip()
        stage.counts[f"exit {status}"] += 1
        stage.judge.expect(status != HANGS, f"it hangs: …{log[-300:]}")
        stage.judge.expect(status in (0, HANGS) or status in TOLD | TRAPS, f"it ended with {status}: …{log[-300:]}")
        stage.judge.expect(status == 0 or log, "it refused without a word")

    @staticmethod
    def end(daemon):
        """How it ends, by itself or told to."""
        try:
            return daemon.stop(GRACE_SECONDS)
        except NotReady:
            return HANGS

    def work(self, stage):
        """Some events of somebody new, and what waited."""
        sender = people.Sender(f"new{stage.place.starts}", stage.crowd.senders[0].key)
        line = stage.daemon.line(timeout=PATIENCE_SECONDS)
        for _ in range(BATCHES):
            sender.send_one(line)
        line.close()
        with contextlib.suppress(sqlite3.DatabaseError):
            found = stage.judge.violations
            stage.judge.violations = []
            stage.judge.wait_drained(stage.daemon, patience=PATIENCE_SECONDS)
            late, stage.judge.violations = stage.judge.violations, found
            # Damage may make it wait; then it says so.
            is_said = "error" in stage.daemon.log or "warning" in stage.daemon.log
            stage.judge.violations += [] if is_said or stage.daemon.has_ended else late

    # The check

    def judge(self, stage):
        self.look_at_outbox(stage)
        written = self.line_ids(stage.place.segments())
        before = self.line_ids(dict(enumerate(self.before.values())))
        for intervention in self.settled - self.again:
            more = written[intervention] - before[intervention]
            stage.judge.expect(more <= 0, f"{intervention} was delivered and is written again")
        with stage.receiver.lock:
            counts, faults = dict(stage.receiver.counts), list(stage.receiver.faults)
        twice = {each for each in self.settled - self.again if counts.get(each, 0) > self.taken.get(each, 0)}
        stage.judge.expect(not twice, f"{len(twice)} webhooks were delivered and are sent again: {sorted(twice)[:3]}")
        for fault in faults:
            if "two bodies" in fault and self.target.startswith("nudged.db"):
                stage.counts["payloads damaged in the database"] += 1
            else:
                stage.judge.violations.append(fault)

    def look_at_outbox(self, stage):
        """No byte that was there is written over; zeros that were never flushed are room."""
        after = {os.stat(stage.place.path(f"outbox/{name}")).st_ino: data for name, data in stage.place.segments().items()}
        for number, data in self.before.items():
            now = after.get(number, b"")
            is_kept = len(now) >= len(data.rstrip(b"\0")) and all(old in (new, 0) for old, new in zip(data, now))
            stage.judge.expect(is_kept, "bytes of the outbox were written over")

    @staticmethod
    def line_ids(segments):
        """How often each id stands in a whole line."""
        found = collections.Counter()
        for data in segments.values():
            for line in data.split(b"\n"):
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    found[json.loads(line)["data"]["id"]] += 1
        return found

    def finish(self, stage):
        stage.close()
