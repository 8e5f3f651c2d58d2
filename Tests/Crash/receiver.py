"""A receiver of webhooks that remembers what it was sent and verifies it as Standard Webhooks 1.0 says."""

import base64
import hashlib
import hmac
import socket
import threading

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def is_signed(webhook_id, timestamp, body, signatures, key=KEY):
    """Whether one of the signatures is that of `id.timestamp.body`."""
    digest = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(wanted, given) for given in signatures.split(" "))


def verifies_its_vector():
    """Whether the signature of the vector that Standard Webhooks publishes is found right, and another one wrong."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    message = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    return is_signed(*message, signature, key) and not is_signed(*message[:2], b"{}", signature, key)


class Receiver:
    def __init__(self):
        self.lock = threading.Lock()
        # How often each id came, its body, and what was wrong with any of them.
        self.counts, self.bodies, self.faults = {}, {}, []
        # While it is clear, requests are taken and not answered.
        self.answers = threading.Event()
        self.answers.set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def duplicates(self):
        with self.lock:
            return sum(self.counts.values()) - len(self.counts)

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as file:
            try:
                while (line := file.readline()):
                    self.take(line, file)
                    self.answers.wait()
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                # The daemon was killed.
                pass

    def take(self, line, file):
        headers = {}
        while (header := file.readline()) not in (b"\r\n", b""):
            name, _, value = header.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        body = file.read(length)
        # Half a request of a daemon that was killed is none.
        if len(body) == length and length > 0:
            self.note(headers, body)

    def note(self, headers, body):
        webhook_id = headers.get("webhook-id", "")
        with self.lock:
            self.counts[webhook_id] = self.counts.get(webhook_id, 0) + 1
            if self.bodies.setdefault(webhook_id, body) != body:
                self.faults.append(f"{webhook_id} came with two bodies")
            if not is_signed(webhook_id, headers.get("webhook-timestamp"), body, headers.get("webhook-signature", "")):
                self.faults.append(f"{webhook_id} is not signed")

    def close(self):
        self.answers.set()
        self.listener.close()
