"""Work in C that does not look at signals, done so that the process stops all the same."""

import atexit
import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from glorot_sweep.errors import StopRequested

Result = TypeVar("Result")

CHECK_SECONDS = 0.2


def interruptible(work: Callable[[], Result], check: Callable[[], None]) -> Result:
    """Return what the work returns; it is done in a thread while this one watches.

    Python runs signal handlers in the main thread alone, and only between two of its own
    instructions. Work that is left behind ends with the process.

    Args:
        work: without Python's lock for most of its time.
        check: raises `StopRequested` to stop waiting.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True, name="interruptible")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(CHECK_SECONDS)
            check()
    except StopRequested as stop:
        atexit.register(_leave, thread, stop.exit_code)
        raise
    if errors:
        raise errors[0]
    return results[0]


def _leave(thread: threading.Thread, code: int) -> None:
    """End the process before Python takes down what the thread is still using: it would crash."""
    if thread.is_alive():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
