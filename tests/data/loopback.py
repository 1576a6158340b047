"""A web server on the loopback interface, in the place of the addresses of published files."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site(ThreadingHTTPServer):
    """Serves bytes by path, anything else with status 404.

    Attributes:
        pages: content by path.
        cut: paths of which only half arrives.
        asked: every path asked for, in order.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.pages: dict[str, bytes] = {}
        self.cut: set[str] = set()
        self.asked: list[str] = []

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = self.server.pages.get(self.path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        half = len(content) // 2 if self.path in self.server.cut else len(content)
        self.wfile.write(content[:half])

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@contextmanager
def a_site() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()


def refused_address(path: str) -> str:
    """An address at which nobody listens: a port that was free a moment ago."""
    with socket.socket() as lent:
        lent.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{lent.getsockname()[1]}{path}"
