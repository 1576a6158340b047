"""A proxy before a tracking server that can spoil its answers."""

import contextlib
import http.client
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BAD_LINE = {"error 500": 0.04, "error 503": 0.04, "no reply": 0.04, "late": 0.04}
"""How often a request meets which trouble."""
LOST = {"no reply": 0.5}
CREATIONS = ("/create", "/logged-models", "/registered-models/alias")
"""How the addresses end to which something is posted that must not be made twice."""
LATE_SECONDS = 2.0
NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "date", "server"}


class Proxy:
    """Passes requests on, and may fail to.

    Args:
        port: of the server behind it, on this machine.
        seed: of its choices.

    Attributes:
        uri: its address.
        count: how often it has failed in which way.
    """

    def __init__(self, port, seed):
        self.port, self.chance, self.count = port, random.Random(seed), Counter()
        self._shares, self._ends = {}, None
        self._lock = threading.Lock()
        proxy = self

        class Passing(_Passing):
            def serve(self):
                proxy.pass_on(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
        self._server.daemon_threads = True
        self.uri = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @contextlib.contextmanager
    def trouble(self, shares, ends=None):
        """Fail now and then, for as long as this lasts.

        Args:
            shares: how often a request meets which trouble.
            ends: only requests that are posted to addresses with one of these ends; None: all.
        """
        self.count, self._shares, self._ends = Counter(), shares, ends
        try:
            yield
        finally:
            self._shares = {}

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def pass_on(self, request):
        """Answer one request, in one way or another."""
        what = self._choose(request)
        if what == "late":
            time.sleep(LATE_SECONDS)
        if what.startswith("error"):
            request.answer(int(what.split()[1]), [], b"{}")
            return
        try:
            status, headers, body = self._ask(request)
        except (OSError, http.client.HTTPException):
            request.close_connection = True  # as if there were no proxy between
            return
        if what == "no reply":
            request.close_connection = True
            return
        request.answer(status, headers, body)

    def _choose(self, request):
        path = request.path.partition("?")[0]
        if self._ends and not (request.command == "POST" and path.endswith(self._ends)):
            return ""
        with self._lock:
            number = self.chance.random()
            for what, share in self._shares.items():
                if number < share:
                    self.count[what] += 1
                    return what
                number -= share
        return ""

    def _ask(self, request):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            length = int(request.headers.get("Content-Length", 0))
            headers = {k: v for k, v in request.headers.items() if k.lower() not in NOT_PASSED_ON}
            connection.request(request.command, request.path, request.rfile.read(length), headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        raise NotImplementedError

    def answer(self, status, headers, body):
        """Send an answer of the server behind, or one of our own."""
        with contextlib.suppress(OSError):  # the other side has gone
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in NOT_PASSED_ON:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        self.serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 (http.server's names)
