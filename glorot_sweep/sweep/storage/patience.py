"""Patience with outages of the storage: a call is made again until one is over."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.tracking.hiding import hide_secrets

Result = TypeVar("Result")

FIRST_PAUSE = 0.5  # seconds, doubled with each try
LONGEST_PAUSE = 10.0
CHECK_SECONDS = 0.5  # between two checks of the stop signal

# Classes and codes of PostgreSQL (appendix A of its manual) that pass by themselves: connection
# lost, serialization failure, deadlock, too many connections, shutting down, starting up.
PASSING_STATES = ("08", "40001", "40P01", "53300", "57P01", "57P02", "57P03")
PASSING_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED")

# What fails while connecting has no code, only a text.
REFUSAL = re.compile(
    r"authentication failed|access denied|permission denied|no password supplied|pg_hba\.conf|"
    r"does not exist|unknown database|not permitted to log in|no space left|is full",
    re.IGNORECASE,
)


def is_storage_outage(error: BaseException) -> bool:
    """Return whether a call failed by an outage of the storage, and may succeed later.

    Missing rights or tables and a full disk are no outage: time does not mend them.
    """
    found = next((e for e in _chain(error) if isinstance(e, DBAPIError)), None)
    if found is None:  # Optuna's own error, or one that the caller did not expect
        return isinstance(error, StorageInternalError) and error.__cause__ is None
    state = getattr(found.orig, "sqlstate", None) or getattr(found.orig, "pgcode", None)
    if state:
        return str(state).startswith(PASSING_STATES)
    if name := getattr(found.orig, "sqlite_errorname", None):
        return str(name).startswith(PASSING_SQLITE)
    if REFUSAL.search(str(found.orig)):
        return False
    return found.connection_invalidated or isinstance(found, OperationalError | InterfaceError)


def storage_failure(error: BaseException) -> str | None:
    """Return in one line how the storage has failed, for good; None if it is not that.

    Optuna says of a full disk that a value may be too long.
    """
    if isinstance(error, (StorageInternalError, DBAPIError)):
        return f"Optuna's storage has failed: {_said(error)}"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came from; Optuna hides the database's own error."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class Patience:
    """Makes a call again during an outage of the storage. The call must be idempotent.

    Args:
        seconds: how long a call may go on failing.
        check: raises if the process was asked to stop; called between the tries.
        clock: monotonic, seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        seconds: float = 300.0,
        check: Callable[[], None] = lambda: None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds, self.check = seconds, check
        self._clock, self._sleep = clock, sleep

    def __call__(self, call: Callable[[], Result]) -> Result:
        """Return what the call returns.

        Raises:
            ServiceLostError: the outage has lasted too long.
        """
        deadline: float | None = None
        pause = FIRST_PAUSE
        while True:
            try:
                return call()
            except Exception as error:
                if not is_storage_outage(error):
                    raise
                said = _said(error)
            if deadline is None:
                deadline = self._clock() + self.seconds
                logging.getLogger(__name__).warning(
                    "Optuna's storage is away (%s); trying again for %g s", said, self.seconds
                )
            left = deadline - self._clock()
            if left <= 0:
                raise ServiceLostError(
                    f"Optuna's storage has been away for {self.seconds:g} s ({said}); the same "
                    "command continues once it is back."
                )
            self._wait(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)

    def _wait(self, seconds: float) -> None:
        """Wait, and notice a stop signal soon."""
        end = self._clock() + seconds
        self.check()
        while (left := end - self._clock()) > 0:
            self._sleep(min(left, CHECK_SECONDS))
            self.check()


def _said(error: BaseException) -> str:
    """Return in one line what the database's driver said, without secrets."""
    found = next((e for e in _chain(error) if isinstance(e, DBAPIError)), None)
    text = " ".join(str(found.orig if found else error).split())
    return hide_secrets(text)[:200].rstrip(".")
