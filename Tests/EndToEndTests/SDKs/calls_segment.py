"""The calls of Segment's and RudderStack's SDKs."""

import importlib
from datetime import datetime, timezone

WHEN = datetime(2026, 3, 6, 9, 30, 45, 123456, tzinfo=timezone.utc)


class Driver:
    def __init__(self, module):
        self.module = module
        self.errors = []

    def start(self, host, key, size=100, gzip=False):
        self.client = importlib.import_module(self.module).Client(
            key,
            host=host,
            on_error=lambda error, batch: self.errors.append(error),
            upload_size=size,
            upload_interval=0.3,
            gzip=gzip,
            max_retries=8,
        )

    def stop(self):
        self.client.flush()
        self.client.shutdown() if hasattr(self.client, "shutdown") else self.client.join()

    def count(self, number, padding=""):
        self.client.track("ana", "Counted", {"n": number, "padding": padding})

    def calls(self):
        c = self.client
        c.track(None, "Visited", {"page": 1}, anonymous_id="x1", timestamp=WHEN)
        c.identify("ana", {"plan": "pro", "seats": 3}, timestamp=WHEN)
        c.identify("ben", {"plan": "free"}, anonymous_id="x2")
        c.identify(17, {"name": "by number"})
        c.track("ana", "Signed Up", {"nested": {"list": [1, None, True]}}, context={"groupId": "acme"})
        c.track("ana", "Trimmed", {}, message_id="  m-trimmed ")
        c.track("ana", "Twice", {"first": True}, message_id="m-twice")
        c.track("ana", "Twice", {"first": False}, message_id="m-twice")
        c.group("ana", "acme", {"industry": "tools"})
        c.group("ben", 42, {})
        c.page("ana", "Docs", "Home", {"url": "/"})
        c.page("ana", name="Bare")
        c.screen("ana", "App", "Start", {"dark": True})
        c.alias("x1", "ana")
        c.track("ana", "Odd", odd_values())
        c.track("zo\u00eb \U0001f600", "\u4f60\u597d", {"\u00fc": "\u2028"})
        c.track("ana", "A\0B", {"nul": "a\0b"})


def odd_values():
    return {
        "nan": float("nan"),
        "infinite": float("-inf"),
        "surrogate": "a\ud800b",
        "pair": "\U0001f600",
        "large": 10**20,
        "precise": 2**53 + 1,
        "negative": -0.5,
        "empty": "",
        "when": WHEN,
    }
