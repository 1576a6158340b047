"""Who looks on while a sweep runs: nobody, a person at a bar, a function of the caller's."""

from collections.abc import Callable
from typing import Literal

from rich.console import Console

from glorot_sweep.errors import UserError
from glorot_sweep.host.stop import GuestStop
from glorot_sweep.sweep.progress import ProgressEvent, Watch, watch_nothing

Progress = Literal["bar"] | Callable[[ProgressEvent], None] | None
"""None: nothing is shown; `bar`: bars on the standard error; a function: told each change."""


def onlookers(progress: Progress) -> tuple[Console, Watch]:
    """Return where a sweep writes, and who is told how far it is.

    Standard output is the caller's: nothing is ever written there.

    Raises:
        UserError: it is none of the three.
    """
    if progress is None:
        return silent(), watch_nothing
    if progress == "bar":
        return Console(stderr=True, markup=False, emoji=False), watch_nothing
    if callable(progress):
        return silent(), progress
    raise UserError(
        f"progress must be None, 'bar' or a function that takes a ProgressEvent, got {progress!r}"
    )


class Watched:
    """Passes on how far a sweep is; what the function raises is kept, and the sweep asked to stop.

    Raised where the training is, it would be taken for a failure of the trial.

    Args:
        watch: the function.
        stop: of the sweep.
    """

    def __init__(self, watch: Watch, stop: GuestStop) -> None:
        self._watch, self._stop = watch, stop
        self._error: BaseException | None = None

    def __call__(self, event: ProgressEvent) -> None:
        """Tell the function, unless it has raised before."""
        if self._error is not None:
            return
        try:
            self._watch(event)
        except BaseException as error:
            self._error = error
            self._stop.ask()

    def reraise(self) -> None:
        """Raise what the function has raised."""
        if self._error is not None:
            raise self._error


def silent() -> Console:
    """Return a console that writes nothing, and takes no terminal over."""
    return Console(quiet=True, markup=False, emoji=False, force_terminal=False, force_jupyter=False)
