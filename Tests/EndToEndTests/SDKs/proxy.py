"""A loopback proxy that misbehaves as it is told."""

import http.client
import http.server
import threading
import time

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}


class Proxy:
    """Hands requests on to the daemon, whose port is asked for each of them.

    `faults` is what happens to the first requests, one each: "503" answers with Retry-After and hands nothing on, "drop"
    hands on and hangs up without the answer, "lose" hangs up at once; the rest passes.
    """

    def __init__(self, port, faults=()):
        self.port = port
        self.faults = list(faults)
        self.statuses = []
        self.on_drop = lambda: None
        self.lock = threading.Lock()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                proxy.handle(self)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self.lock:
            fault = self.faults.pop(0) if self.faults else "pass"
        if fault == "503":
            return self.answer(handler, 503, {"Retry-After": "1"}, b'{"code":"x","message":"y","detail":"z"}')
        if fault == "lose":
            return self.hang_up(handler)
        status, headers, answer = self.forward(handler, body)
        if fault == "drop":
            self.on_drop()
            return self.hang_up(handler)
        self.answer(handler, status, headers, answer)

    def forward(self, handler, body):
        """Waits for a daemon that is just being started."""
        headers = {k: v for k, v in handler.headers.items() if k.lower() not in HOP_BY_HOP}
        deadline = time.monotonic() + 10
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=10)
                connection.request("POST", handler.path, body, headers)
                response = connection.getresponse()
                answer = response.read()
                return response.status, {"Content-Type": "application/json"}, answer
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            finally:
                connection.close()

    def answer(self, handler, status, headers, body):
        self.statuses.append(status)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def hang_up(self, handler):
        self.statuses.append(0)
        handler.close_connection = True
        handler.connection.shutdown(2)
