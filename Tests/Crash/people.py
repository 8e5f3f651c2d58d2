"""Those whom the daemon hears of under the harness, what is sent about them, and what must be decided."""

import collections
import datetime
import json
import socket
import threading

MODEL = """\
nudged: 1
models:
  onboarding:
    subject: user
    starts: {did: Signed Up}
    milestones:
      project-created: {weight: 1, reached_when: {did: Project Created}}
    activated_when: {milestones_reached: all}
campaigns:
  welcome:
    mode: live
    model: onboarding
    while: {activated: false}
    steps:
      - {name: hello-email, immediately: true, send: email, template: hello}
      - {name: hello-in-app, immediately: true, send: in-app, template: hello}
      - {name: help, after: 48h, send: email, template: help}
  praise:
    mode: live
    model: onboarding
    who: {did: Task Created, times: {at_least: 3}}
    steps:
      - {name: three-tasks, immediately: true, send: email, template: praise}
"""
# A promise of time: kept by a daemon that lives, was killed, or has just started.
SOON = """\
  soon:
    mode: live
    model: onboarding
    steps:
      - {name: a-second-later, after: 1s, send: in-app, template: soon}
"""
# What a reload adds.
NEWS = """\
  news:
    mode: live
    model: onboarding
    steps:
      - {name: fresh, immediately: true, send: in-app, template: news}
"""


def tasks(number):
    """How many tasks the person of a batch creates: two of three people reach the third."""
    return 2 if number % 3 == 0 else 3


def creates_project(number):
    return number % 4 == 1


def batch(sender, number):
    """The events of a batch: somebody signs up, the one before creates tasks, the one before that a project."""
    events = [event(sender, number, "signs-up", "Signed Up")]
    if number > 0:
        events += [event(sender, number - 1, f"task-{task}", "Task Created") for task in range(1, tasks(number - 1) + 1)]
    if number > 1 and creates_project(number - 2):
        events.append(event(sender, number - 2, "project", "Project Created"))
    return events


def event(sender, number, what, name):
    user = f"{sender}-{number}"
    return {"type": "track", "messageId": f"{user}-{what}", "userId": user, "event": name}


def expected(message_ids):
    """The final decisions that follow from what is stored, as {(user, step): outcome}; without what time decides."""
    did = collections.defaultdict(set)
    for message_id in message_ids:
        user, what = message_id.split("-", 2)[:2], message_id.split("-", 2)[2]
        did["-".join(user)].add(what)
    decisions = {}
    for user, whats in did.items():
        if "signs-up" in whats:
            decisions |= {(user, "hello-email"): "sent", (user, "hello-in-app"): "sent"}
        if "task-3" in whats:
            decisions[user, "three-tasks"] = "sent"
        if "project" in whats:
            decisions[user, "help"] = "cancelled"
    return decisions


class Refused(Exception):
    """The daemon has answered something else than 200."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body[:200]!r}")
        self.status = status


class Line:
    """One connection to the daemon."""

    def __init__(self, port, key, timeout=10):
        self.key = key
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def ask(self, method, path, body=b""):
        """The status and the body of the answer; an OSError when the daemon has gone."""
        self.socket.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: nudged\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.key}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = self.file.readline().split()
        if len(head) < 2:
            raise ConnectionResetError("no answer")
        length = 0
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return int(head[1]), self.file.read(length)

    def post(self, events):
        status, body = self.ask("POST", "/v1/batch", json.dumps({"batch": events}, separators=(",", ":")).encode())
        if status != 200:
            raise Refused(status, body)

    def close(self):
        self.file.close()
        self.socket.close()


class Sender:
    """Sends batches as an SDK does: what was not acknowledged goes again, with the same ids."""

    def __init__(self, name, key):
        self.name, self.key = name, key
        self.next, self.acknowledged, self.refusals = 0, [], []
        # Whether events tell their own time, which the daemon's clock need not share.
        self.tells_time = False

    def send_one(self, line):
        events = batch(self.name, self.next)
        if self.tells_time:
            now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
            events = [event | {"timestamp": now.replace("+00:00", "Z")} for event in events]
        line.post(events)
        self.acknowledged += [event["messageId"] for event in events]
        self.next += 1

    def send_until_refused(self, port):
        try:
            line = Line(port, self.key)
            while True:
                self.send_one(line)
        except Refused as refusal:
            self.refusals.append(refusal.status)
        except OSError:
            # The daemon is gone. The batch was not acknowledged and goes again.
            pass


class Crowd:
    """Several senders at once."""

    def __init__(self, key, names=("ann", "bob", "cem", "dot")):
        self.senders = [Sender(name, key) for name in names]

    @property
    def acknowledged(self):
        return {message_id for sender in self.senders for message_id in sender.acknowledged}

    def send_while(self, port, doing):
        """Sends from all until the daemon refuses; meanwhile calls a function."""
        threads = [threading.Thread(target=sender.send_until_refused, args=(port,), daemon=True) for sender in self.senders]
        for thread in threads:
            thread.start()
        doing()
        for thread in threads:
            thread.join(30)
