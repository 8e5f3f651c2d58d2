"""The one check after every fault: acknowledged ⊆ stored ⊆ decided ⊆ delivered, each once, and never a byte otherwise."""

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
import time

import people

CONCURRENCY = 4
RECOVERY_SECONDS = 1.0
PICK_UP_SECONDS = 2.0
# How what waited through a downtime leaves: so many at once, then so many a second.
BACKLOG_AT_ONCE, BACKLOG_A_SECOND = 100, 50


class Judge:
    """What was seen so far of one place, and what was wrong with it."""

    def __init__(self, place, crowd, receiver=None, slack=1.0, cuts_power=False):
        self.place, self.crowd, self.receiver, self.slack, self.cuts_power = place, crowd, receiver, slack, cuts_power
        # Bytes of outbox files by their number in the file system: a finished segment changes its name.
        self.seen, self.duplicates = {}, 0
        self.violations, self.slowest_start, self.slowest_pick_up = [], 0.0, 0.0

    def expect(self, holds, violation):
        if not holds:
            self.violations.append(violation)

    # Files

    def look_at_files(self, flushed=None):
        """Bytes that once stood in a file stand there for ever; a power cut may take those that were not flushed.

        It takes a page as zeros, which no line has, or all of a new file, whose number another may get then. That is seen
        right after it, by the look that knows what was flushed (by name); what it left stays, and lines fill the zeros.
        """
        is_after_fault, flushed, present = flushed is not None, flushed or {}, {}
        for name, data in self.place.segments().items():
            try:
                number = os.stat(self.place.path(f"outbox/{name}")).st_ino
            except FileNotFoundError:
                continue
            self.expect(len(data) >= flushed.get(name, 0), f"outbox/{name}: {len(data)} bytes, {flushed.get(name)} were flushed")
            before = self.seen.get(number, b"")
            place = self.changed(before, data, flushed.get(name, 0) if is_after_fault else len(before))
            self.expect(place is None, f"outbox/{name}: byte {place} of {len(before)} has changed")
            present[number] = data
        self.seen = present if self.cuts_power else self.seen | present

    def changed(self, before, data, kept):
        """The first byte that stood in a file and is another now; `None` when there is none.

        With power cuts zeros may become bytes of lines. Bytes beyond the first `kept` may be gone, or zeros again.
        """
        if data.startswith(before):
            return None
        if not self.cuts_power:
            return next((i for i, (a, b) in enumerate(zip(data, before)) if a != b), len(data))
        now = data.ljust(len(before), b"\0")
        return next((i for i, (a, b) in enumerate(zip(now, before)) if a != b and b and (a or i < kept)), None)

    def lines(self):
        """All whole lines of all segments."""
        lines = []
        for name, data in self.place.segments().items():
            self.expect(data.endswith(b"\n") or not data, f"outbox/{name}: the last line is torn")
            lines += data.split(b"\n")[:-1]
        return lines

    # Databases

    @contextlib.contextmanager
    def live(self):
        """The database of a daemon that runs, read only."""
        connection = sqlite3.connect(f"file:{self.place.path('nudged.db')}?mode=ro", uri=True, timeout=5)
        try:
            yield connection
        finally:
            connection.close()

    @contextlib.contextmanager
    def copied(self):
        """A copy of what a fault has left, so that looking at it changes nothing."""
        with tempfile.TemporaryDirectory(dir=self.place.aside) as folder:
            for name in ("nudged.db", "nudged.db-wal", "nudged.db-journal"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copy(self.place.path(name), folder)
            connection = sqlite3.connect(os.path.join(folder, "nudged.db"))
            connection.execute("PRAGMA synchronous = OFF")
            try:
                yield connection
            finally:
                connection.close()

    def after_fault(self):
        """What must hold of what lies on the disk, before anything mends it."""
        flushed = {}
        with self.copied() as database:
            if self.has_schema(database):
                self.check_stored(database)
                flushed = dict(database.execute("SELECT channel || '.jsonl', flushed FROM file_outboxes"))
                if database.execute("SELECT count(*) FROM file_outboxes WHERE displaced_segment IS NOT NULL").fetchone()[0]:
                    flushed = {}
            else:
                self.expect(not self.crowd.acknowledged, "events were acknowledged, and there is no database")
        self.look_at_files(flushed)

    @staticmethod
    def has_schema(database):
        return database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'file_outboxes'").fetchone()[0] == 1

    def check_stored(self, database):
        verdict = database.execute("PRAGMA integrity_check").fetchall()
        self.expect(verdict == [("ok",)], f"integrity_check: {verdict[:3]}")
        stored = {row[0] for row in database.execute("SELECT message_id FROM events")}
        lost = self.crowd.acknowledged - stored
        self.expect(not lost, f"{len(lost)} acknowledged events are not stored: {sorted(lost)[:3]}")
        return stored

    # A daemon that has started again

    def started(self, daemon):
        self.slowest_start = max(self.slowest_start, daemon.startup)
        limit = RECOVERY_SECONDS * self.slack
        self.expect(daemon.startup <= limit, f"recovery took {daemon.startup:.2f} s, more than {limit:g} s")

    def wait_drained(self, daemon, limit=PICK_UP_SECONDS, patience=30.0):
        """Waits until nothing is on its way; what was must be taken up in time.

        What was decided at a start leaves at a bounded rate (quality.md, "Time"), which a large backlog is given.
        """
        began, spread = time.monotonic(), 0.0
        with self.live() as database:
            while True:
                waiting = database.execute(
                    "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'in-flight')").fetchone()[0]
                took = time.monotonic() - began
                spread = max(spread, (waiting - BACKLOG_AT_ONCE) / BACKLOG_A_SECOND)
                if not waiting or took > patience + spread or daemon.has_ended:
                    break
                time.sleep(0.005)
        self.slowest_pick_up = max(self.slowest_pick_up, took)
        self.expect(not waiting, f"{waiting} deliveries wait after {took:.1f} s")
        self.expect(took <= limit * self.slack + spread, f"what was under way was delivered after {took:.2f} s")

    def settled(self, kills=1, exact=True):
        """What must hold of a daemon that has nothing left to do."""
        with self.live() as database:
            database.execute("BEGIN")
            stored = self.check_stored(database)
            self.check_decided(database, stored, exact)
            self.check_delivered(database)
        if self.receiver:
            self.check_webhooks(kills)
        self.look_at_files()

    def check_decided(self, database, stored, exact):
        rows = database.execute("""
            SELECT s.subject, d.step, d.outcome, d.id FROM decisions d JOIN subjects s ON s.id = d.subject
            WHERE d.step NOT IN ('a-second-later', 'fresh')""").fetchall()
        decided = {(user, step): outcome for user, step, outcome, _ in rows}
        wanted = people.expected(stored)
        self.expect(len(rows) == len(decided), "a step was decided twice for somebody")
        self.expect(len({row[3] for row in rows}) == len(rows), "two decisions have the same id")
        odd = set(decided.items()) ^ set(wanted.items()) if exact else set(wanted.items()) - set(decided.items())
        self.expect(not odd, f"{len(odd)} decisions are other than what follows from the events: {sorted(odd)[:3]}")
        sent = {row[0] for row in database.execute("SELECT id FROM decisions WHERE outcome = 'sent'")}
        kept = {row[0] for row in database.execute("SELECT id FROM deliveries")}
        self.expect(sent == kept, f"{len(sent ^ kept)} sent decisions without delivery, or the other way round")

    def check_delivered(self, database):
        # What was decided a moment ago, since time had come, may be on its way.
        lately = (time.time() - PICK_UP_SECONDS * self.slack) * 1000
        states = dict(database.execute("""
            SELECT state, count(*) FROM deliveries
            WHERE state != 'delivered' AND NOT (state IN ('pending', 'in-flight') AND created_at > ?) GROUP BY state""", [lately]))
        self.expect(not states, f"not all are delivered: {states}")
        in_files = [row[0].encode() for row in database.execute(
            "SELECT payload FROM deliveries WHERE segment IS NOT NULL AND state = 'delivered'")]
        lines = self.lines()
        self.expect(len(lines) == len(set(lines)), f"{len(lines) - len(set(lines))} lines of the outbox are doubled")
        missing, strange = set(in_files) - set(lines), set(lines) - set(in_files)
        self.expect(not missing, f"{len(missing)} deliveries are not in the outbox")
        self.expect(not strange, f"{len(strange)} lines of the outbox are no deliveries: {sorted(strange)[:1]}")

    def check_webhooks(self, kills):
        # A promise of time may be kept meanwhile: what arrived stands between the two readings.
        with self.live() as database:
            settled = {row[0] for row in database.execute(
                "SELECT id FROM deliveries WHERE segment IS NULL AND state = 'delivered'")}
            with self.receiver.lock:
                taken, faults = dict(self.receiver.bodies), list(self.receiver.faults)
            bodies = {webhook_id: payload.encode() for webhook_id, payload in database.execute(
                "SELECT id, payload FROM deliveries WHERE segment IS NULL")}
        self.violations += faults
        self.expect(settled <= set(taken), f"{len(settled - set(taken))} settled webhooks never arrived")
        strange = {webhook_id for webhook_id, body in taken.items() if bodies.get(webhook_id) != body}
        self.expect(not strange, f"{len(strange)} webhooks are other than what is stored: {sorted(strange)[:3]}")
        more, self.duplicates = self.receiver.duplicates - self.duplicates, self.receiver.duplicates
        self.expect(more <= CONCURRENCY * kills, f"{more} webhooks came again after {kills} kills at most {CONCURRENCY} at once")


def decisions(path):
    """The decisions of a database as {id: (subject, campaign, step, outcome, reason)}."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
    try:
        return {row[0]: row[1:] for row in connection.execute("""
            SELECT d.id, s.subject, d.campaign, d.step, d.outcome, d.reason
            FROM decisions d JOIN subjects s ON s.id = d.subject""")}
    finally:
        connection.close()


def events(path):
    """What was stored, in its order, as calls that can be sent again."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
    try:
        return [{"type": "track", "messageId": message_id, "userId": user, "event": name} for message_id, user, name in
                connection.execute("SELECT message_id, user_id, name FROM events ORDER BY sequence")]
    finally:
        connection.close()


def differences(these, those):
    """What two runs have decided differently, in words; empty when nothing."""
    odd = sorted(set(these.items()) ^ set(those.items()))
    return f"{len(odd)} decisions differ from an undisturbed run: {json.dumps(odd[:3])}" if odd else ""
