"""What a person sees while a set is built: a bar in a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

LINE_SECONDS = 15.0  # between two lines where there is no terminal


class Phase:
    """Counts what one phase has done.

    Args:
        name: of what is counted, in the plural.
        total: how many there will be.
        bar: with one task; disabled where there is no terminal.
    """

    def __init__(self, name: str, total: int, bar: Progress) -> None:
        self._name, self._total, self._bar = name, total, bar
        self._task = bar.add_task(name, total=total)
        self._done, self._last_line = 0, monotonic()

    def advance(self, count: int) -> None:
        """Count some more, never more than there are."""
        self._done = min(self._done + count, self._total)
        self._bar.update(self._task, completed=self._done)
        now = monotonic()
        if self._bar.disable and now - self._last_line >= LINE_SECONDS:
            self._last_line = now
            line = f"{self._name}: {self._done:,} of {self._total:,}"
            self._bar.console.print(line, markup=False)


@contextmanager
def phase(name: str, total: int, console: Console) -> Iterator[Phase]:
    """Show a phase while it lasts."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        yield Phase(name, total, bar)
