"""Sending points to the server beside the training, which does not wait for it."""

import threading
import time
from collections.abc import Iterable

from glorot_sweep.tracking.runs import RunWriter

FLUSH_SECONDS = 10.0  # how old a point may become before it is seen on the server


class Flushing:
    """One thread that flushes runs now and then; a server that hangs holds up nothing else.

    What a run buffers meanwhile is bounded by its evaluations. The thread is a daemon: a server
    that is away does not keep a stopped process alive.
    """

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def flush(self, writers: Iterable[RunWriter]) -> None:
        """Begin to send what the runs have buffered, if that is due and the thread is idle.

        Raises:
            Exception: what went wrong the last time, after all retries.
        """
        if self._thread is not None and self._thread.is_alive():
            return
        self._raise()
        if time.monotonic() - self._last < FLUSH_SECONDS:
            return
        self._last = time.monotonic()
        self._thread = threading.Thread(target=self._send, args=(list(writers),), daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for the thread; afterwards the runs are the caller's alone.

        Raises:
            Exception: what went wrong the last time, after all retries.
        """
        if self._thread is not None:
            self._thread.join()
        self._raise()

    def _send(self, writers: list[RunWriter]) -> None:
        try:
            for writer in writers:
                writer.flush()
        except Exception as error:
            self._error = error

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error
