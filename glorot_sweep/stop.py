"""Stopping on a signal: cleanly after the first, at once after the second Ctrl-C."""

import os
import signal
import threading
from types import FrameType

from glorot_sweep.errors import SIGNAL_BASE, StopRequested

PARENT_CHECK_SECONDS = 1.0


class StopSignal:
    """Remembers that SIGINT or SIGTERM came; the work asks at points where it can stop.

    Installed before Lightning's Trainer, which keeps an existing SIGTERM handler and calls it.
    """

    def __init__(self) -> None:
        self.signum: int | None = None

    def install(self) -> None:
        """Handle SIGINT and SIGTERM from now on; main thread only."""
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._receive)

    def check(self) -> None:
        """Raise `StopRequested` if a signal came."""
        if self.signum is not None:
            raise StopRequested(self.signum)

    def follow_parent(self) -> None:
        """Stop like after SIGTERM once the parent process has died.

        `mlflow run` does not pass on the SIGTERM that ends it; its child would work on alone.
        """
        parent = os.getppid()

        def watch() -> None:
            pause = threading.Event()
            while os.getppid() == parent:
                pause.wait(PARENT_CHECK_SECONDS)
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, daemon=True, name="parent-watch").start()

    def _receive(self, signum: int, frame: FrameType | None) -> None:
        if self.signum is not None and signum == signal.SIGINT:
            os._exit(SIGNAL_BASE + signum)
        self.signum = self.signum or signum
