"""A folder in which a daemon runs, and the daemon."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import people
import receiver

INGEST = "nwk_000102030405060708090a0b0c0d0e0f1011121314151617"
ADMIN = "nat_1716151413121110000102030405060708090a0b0c0d0e0f"
TRACER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tracer.py")
READY_WITHIN_SECONDS = 60

SETTINGS = """\
nudged_config: 1
timezone: UTC
listen: {{http: "127.0.0.1:0", control: control.sock}}
late_limit: 2160h
channels:
  email: {{kind: message, file: outbox/email.jsonl, expires: 1440h, rotate: {{size: {rotate}}}}}
  in-app: {in_app}
"""
WEBHOOK = """{{kind: message, webhook: "http://127.0.0.1:{port}/in-app", secret: "file:webhook.secret",
    allow_http: true, allow_networks: [127.0.0.0/8], expires: 1440h, breaker: off, schedule: [0s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s]}}"""
IN_APP_FILE = "{kind: message, file: outbox/in-app.jsonl, expires: 1440h}"


class NotReady(Exception):
    """The daemon has ended, or not become ready in time."""


class Place:
    """The files of one nudged; its log lies aside, since the folder may be on a disk that fails."""

    def __init__(self, nudged, folder, aside, webhook_port=None, rules=people.MODEL, rotate="200KB"):
        self.nudged, self.folder, self.aside = nudged, folder, aside
        self.starts = 0
        in_app = WEBHOOK.format(port=webhook_port) if webhook_port else IN_APP_FILE
        os.makedirs(aside, exist_ok=True)
        self.write("nudged.yaml", SETTINGS.format(rotate=rotate, in_app=in_app))
        self.write("rules/people.yaml", rules)
        for name, text in (("ingest.keys", INGEST), ("admin.keys", ADMIN), ("webhook.secret", receiver.SECRET)):
            self.write(name, text + "\n", mode=0o600)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)

    def spawn(self, wrapper=(), environment=None):
        """Starts the daemon, under another program if one is given, and waits for nothing."""
        self.starts += 1
        return Daemon(self, wrapper, environment, os.path.join(self.aside, f"daemon-{self.starts}.log"))

    def start(self, wrapper=(), environment=None):
        """Starts the daemon and waits until it is ready."""
        return self.spawn(wrapper, environment).wait_ready()

    def traced(self, strike=None, point=None, number=1):
        """The wrapper that strikes at a call, and its log."""
        log = os.path.join(self.aside, f"trace-{self.starts + 1}.log")
        words = [sys.executable, TRACER, "--folder", self.folder, "--log", log]
        if strike:
            words += ["--strike", strike, "--point", point, "--number", str(number)]
        return words + ["--"], log

    def run(self, *arguments, timeout=60):
        """A command of nudged."""
        return subprocess.run([self.nudged, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=timeout)

    def segments(self):
        """The outbox files, as {name: bytes}."""
        found = {}
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.path("outbox")):
                # A segment may be renamed between the two.
                with contextlib.suppress(FileNotFoundError), open(entry.path, "rb") as file:
                    found[entry.name] = file.read()
        return found


class Daemon:
    def __init__(self, place, wrapper, environment, log):
        self.place, self.log_path, self.is_wrapped = place, log, bool(wrapper)
        self.began, self.port, self.startup = time.monotonic(), None, None
        with open(log, "wb") as file:
            self.process = subprocess.Popen(
                [*wrapper, place.nudged, "run", "--log-format", "text", "--log-level", "info"],
                cwd=place.folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                # A trap is told by its status at once; the backtrace takes longer than the patience of a check.
                env={**os.environ, "SWIFT_BACKTRACE": "enable=no", **(environment or {})})

    @property
    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()

    @property
    def has_ended(self):
        return self.process.poll() is not None

    def wait_ready(self, seconds=READY_WITHIN_SECONDS):
        while time.monotonic() < self.began + seconds:
            has_ended, text = self.has_ended, self.log
            port = re.search(r"listening port=(\d+)", text)
            if "ready rule_set=" in text and port:
                self.port, self.startup = int(port[1]), time.monotonic() - self.began
                return self
            if has_ended:
                raise NotReady(f"ended with {self.process.returncode}: {text[-400:]}")
            time.sleep(0.002)
        raise NotReady(f"not ready after {seconds} s: {self.log[-400:]}")

    def line(self, key=INGEST, timeout=10):
        return people.Line(self.port, key, timeout)

    def kill(self):
        """Kills it as nothing can be refused; returns when it is gone."""
        self.process.kill()
        return self.wait()

    def stop(self, seconds=20):
        """Stops it as a service manager does; its exit status."""
        self.process.terminate()
        return self.wait(seconds)

    def wait(self, seconds=20):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise NotReady(f"did not end within {seconds} s: {self.log[-400:]}") from None
        if self.is_wrapped:
            self.wait_for_lock()
        return self.process.returncode

    def wait_for_lock(self):
        """A program whose tracer was killed is killed by the kernel, and holds its files until then."""
        end = time.monotonic() + 5
        while time.monotonic() < end and any(self.is_in_folder(process) for process in os.listdir("/proc") if process.isdigit()):
            time.sleep(0.002)

    def is_in_folder(self, process):
        try:
            return os.readlink(f"/proc/{process}/cwd") == os.path.realpath(self.place.folder)
        except OSError:
            return False


def was_killed(status):
    """Whether an exit status tells of SIGKILL; of a tracer it is 137."""
    return status in (-signal.SIGKILL, 128 + signal.SIGKILL)
