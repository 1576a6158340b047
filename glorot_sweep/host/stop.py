"""Stopping on a signal: cleanly after the first, at once after the second Ctrl-C."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from glorot_sweep.errors import SIGNAL_BASE, StopRequested

PARENT_CHECK_SECONDS = 1.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_parent = os.getppid()


class StopSignal:
    """Remembers that SIGINT, SIGTERM or SIGHUP came; the work asks at points where it can stop.

    Installed before Lightning's Trainer, which keeps an existing SIGTERM handler and calls it.
    """

    def __init__(self) -> None:
        self.signum: int | None = None
        self._is_raised_at_once = False

    def install(self) -> None:
        """Handle the signals from now on; main thread only."""
        for signum in _heard():
            signal.signal(signum, self._receive)

    def check(self) -> None:
        """Raise `StopRequested` if a signal came."""
        if self.signum is not None:
            raise StopRequested(self.signum)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let a signal raise `StopRequested` wherever the work inside is, which cannot ask.

        For work that may be left half done: images that are downloaded, read or decoded.
        """
        self.check()
        self._is_raised_at_once = True
        try:
            yield
        finally:
            self._is_raised_at_once = False

    def follow_parent(self) -> None:
        """Stop like after SIGTERM once the parent process has died.

        `mlflow run` does not pass on the SIGTERM that ends it; its child would work on alone.
        The parent is the one at the time of this module's import, the first thing of a command.
        """

        def watch() -> None:
            pause = threading.Event()
            while os.getppid() == _parent:
                pause.wait(PARENT_CHECK_SECONDS)
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, daemon=True, name="parent-watch").start()

    def _receive(self, signum: int, frame: FrameType | None) -> None:
        if self.signum is not None and signum == signal.SIGINT:
            self._leave(signum)
        self.signum = self.signum or signum
        if self._is_raised_at_once:
            self.check()

    def _leave(self, signum: int) -> None:
        """Wait for nothing any more."""
        os._exit(SIGNAL_BASE + signum)


class GuestStop(StopSignal):
    """The same in a process that is somebody else's: a notebook, a script, any thread of it.

    Signals are heard within `heard` alone, and in the main thread alone, where Python delivers
    them. Nothing ends the process: a second Ctrl-C is a KeyboardInterrupt wherever the work is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_asked = False

    def ask(self) -> None:
        """Stop as after a signal; none is given to anybody else."""
        self._is_asked = True

    def check(self) -> None:
        """Raise `StopRequested` if a signal came, or somebody asked."""
        super().check()
        if self._is_asked:
            raise StopRequested(signal.SIGINT)

    def install(self) -> None:
        """Handle the signals from now on, where that can be done."""
        if threading.current_thread() is threading.main_thread():
            super().install()

    def follow_parent(self) -> None:
        """Leave it to the process what becomes of it without its parent."""

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear signals inside; then let those handle the one that came who did before.

        Ctrl-C so becomes the KeyboardInterrupt that it always was; a SIGTERM ends the process,
        or is what its own handler makes of it.
        """
        in_main = threading.current_thread() is threading.main_thread()
        before = {signum: signal.getsignal(signum) for signum in SIGNALS} if in_main else {}
        self.install()
        try:
            yield
        finally:
            for signum, handler in before.items():
                if handler is not None:  # else it is none of Python's, and stays
                    signal.signal(signum, handler)
            if self.signum is not None:
                signal.raise_signal(self.signum)

    def _leave(self, signum: int) -> None:
        raise KeyboardInterrupt


@contextmanager
def stopping_at_once() -> Iterator[None]:
    """Let the signals raise `StopRequested` wherever the work is; main thread only."""

    def stop(signum: int, _frame: FrameType | None) -> None:
        raise StopRequested(signum)

    before = {signum: signal.signal(signum, stop) for signum in _heard()}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _heard() -> list[signal.Signals]:
    """Return the signals that stop the work: not SIGHUP under `nohup`, which lets it be ignored."""
    deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signum for signum in SIGNALS if signum != signal.SIGHUP or not deaf]
