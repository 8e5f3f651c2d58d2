"""The calls of PostHog's SDK, and what its browser SDK sends besides, by the same way."""

from calls_segment import WHEN, odd_values


class Driver:
    def __init__(self):
        self.errors = []

    def start(self, host, key, size=100, gzip=False):
        from posthog.client import Client

        self.client = Client(
            key,
            host=host,
            on_error=lambda error, batch: self.errors.append(error),
            flush_at=size,
            flush_interval=0.3,
            gzip=gzip,
            max_retries=8,
        )

    def stop(self):
        self.client.flush()
        self.client.shutdown()

    def count(self, number, padding=""):
        self.client.capture(
            event="Counted", distinct_id="ana", properties={"n": number, "padding": padding}
        )

    def calls(self):
        c = self.client
        personless = {"$process_person_profile": False}
        c.capture(event="Visited", distinct_id="x1", properties={"page": 1, **personless}, timestamp=WHEN)
        c.capture(event="$identify", distinct_id="ana", properties={"$anon_distinct_id": "x1", "$set": {"plan": "pro"}})
        c.capture(event="Signed Up", distinct_id="ana", groups={"company": "acme"}, properties={"nested": {"list": [1, None, True]}})
        c.capture(event="Joined", distinct_id="ana", groups={"project": "p1"}, properties={"$set": {"seats": 3}, "$set_once": {"source": "ad"}})
        c.set(distinct_id="ana", properties={"plan": "team", "seats": 4})
        c.set_once(distinct_id="ana", properties={"source": "mail", "city": "Oslo"})
        c.group_identify("company", "acme", {"industry": "tools"})
        c.alias(previous_id="x2", distinct_id="ben")
        c.capture(event="Visited", distinct_id="x2", properties={"page": 2, **personless})
        c.capture(event="$pageview", distinct_id="ana", properties={"$current_url": "https://example.com/"})
        c.capture(event="$screen", distinct_id="ana", properties={"$screen_name": "Start"})
        twice = "0190a1b2-0000-7000-8000-000000000001"
        c.capture(event="Twice", distinct_id="ana", properties={"first": True}, uuid=twice)
        c.capture(event="Twice", distinct_id="ana", properties={"first": False}, uuid=twice)
        c.capture(event="Odd", distinct_id="ana", properties=odd_values())
        c.capture(event="\u4f60\u597d", distinct_id="zo\u00eb \U0001f600", properties={"\u00fc": "\u2028"})
        c.capture(event="Nul", distinct_id="ana", properties={"nul": "a\0b"})
        c.capture(event="Too Big", distinct_id="ana", properties={"text": "x" * 40_000})
        flags = c.get_all_flags("ana")
        if flags:
            self.errors.append(f"flags: {flags}")
