"""An MLflow server of its own on a port of its own, for tests that kill, stop and start it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from typing import Self

from free_ports import free_port
from sweep_builders import store_uri

START_SECONDS = 120.0


class Server:
    """One uvicorn worker, no job runner; started by `with`.

    Args:
        folder: for artifacts, the log, and the database if no other is named.
        backend: database URI.
    """

    def __init__(self, folder, backend=None):
        self.folder, self.backend = folder, backend or store_uri(folder)
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        command = [
            sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1",
            "--port", str(self.port), "--backend-store-uri", self.backend,
            "--artifacts-destination", (self.folder / "served").as_uri(),
        ]  # fmt: skip
        quiet = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=quiet, cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def _answers(self):
        query = f"{self.uri}/api/2.0/mlflow/experiments/search?max_results=1"
        with contextlib.suppress(OSError), urllib.request.urlopen(query, timeout=5) as answer:
            return answer.status == 200
        return False

    def signal(self, signum):
        """Send a signal to all its processes, unless it has ended: its id may be a stranger's."""
        if self._process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signum)

    def kill(self):
        self.signal(signal.SIGKILL)
        self._process.wait()

    def outage(self, seconds):
        """Kill it now, and start it so many seconds later while the caller goes on."""
        self.kill()

        def later():
            time.sleep(seconds)
            self.start()

        thread = threading.Thread(target=later)
        thread.start()
        return thread
