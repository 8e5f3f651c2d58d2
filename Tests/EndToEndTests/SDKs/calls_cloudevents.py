"""CloudEvents in all three modes, encoded by their SDK and sent with the standard library.

The SDK sends nothing by itself, so trying again is here, as a sender would do it.
"""

import json
import time
import urllib.error
import urllib.request

from calls_segment import WHEN


class Driver:
    def __init__(self):
        self.errors = []
        self.batch = []

    def start(self, host, key, size=100, gzip=False):
        self.url = host + "/events"
        self.key = key
        self.size = size

    def stop(self):
        self.flush()

    def count(self, number, padding=""):
        event = {
            "specversion": "1.0",
            "id": str(number),
            "source": "/counter",
            "type": "Counted",
            "userid": "ana",
            "data": {"n": number, "padding": padding},
        }
        self.batch.append(event)
        if len(self.batch) >= self.size:
            self.flush()

    def flush(self):
        if not self.batch:
            return
        body = json.dumps(self.batch).encode()
        self.batch = []
        self.send({"content-type": "application/cloudevents-batch+json"}, body)

    def send(self, headers, body):
        for attempt in range(10):
            request = urllib.request.Request(self.url, body, {**headers, "Authorization": f"Bearer {self.key}"})
            try:
                with urllib.request.urlopen(request, timeout=15) as response:
                    return response.read()
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    self.errors.append(f"{error.code} {error.read().decode()}")
                    return None
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.1)
        self.errors.append("gave up")

    def calls(self):
        for make in (self.modern, self.classic):
            to_binary, to_structured = make()
            if to_binary is None:
                continue
            self.one_of_each(to_binary, to_structured)
            return
        self.errors.append("no SDK found")

    def one_of_each(self, to_binary, to_structured):
        user = {"userid": "ana", "groupid": "acme"}
        self.send(*to_structured({"id": "1", "type": "Signed Up", **user}, {"plan": "pro"}))
        self.send(*to_binary({"id": "2", "type": "Project Created", "userid": "ben", "time": WHEN}, {"size": 3}))
        self.send(*to_binary({"id": "3", "type": "By Subject", "subject": "ben"}, {}))
        self.send(*to_structured({"id": "1", "type": "Signed Up", **user}, {"plan": "again"}))
        events = [
            json.loads(to_structured({"id": f"b{n}", "type": "In a Batch", "userid": "ana"}, {"n": n})[1])
            for n in range(2)
        ]
        self.send({"content-type": "application/cloudevents-batch+json"}, json.dumps(events).encode())

    def modern(self):
        """The interface of cloudevents 2."""
        try:
            from cloudevents.core.bindings import http
            from cloudevents.core.formats.json import JSONFormat
            from cloudevents.core.v1.event import CloudEvent
        except ImportError:
            return None, None

        def encoder(function):
            def encode(attributes, data):
                all_attributes = {"specversion": "1.0", "source": "/app", "datacontenttype": "application/json", **attributes}
                message = function(CloudEvent(all_attributes, data), JSONFormat())
                return message.headers, message.body

            return encode

        return encoder(http.to_binary), encoder(http.to_structured)

    def classic(self):
        """The interface of cloudevents 1."""
        from cloudevents import http

        def encoder(function):
            def encode(attributes, data):
                attributes = {k: v.isoformat() if k == "time" else v for k, v in attributes.items()}
                event = http.CloudEvent({"source": "/app", **attributes}, data)
                headers, body = function(event)
                return {k: v for k, v in headers.items()}, body

            return encode

        return encoder(http.to_binary), encoder(http.to_structured)
