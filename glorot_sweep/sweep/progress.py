"""What a person sees while a sweep runs: bars in a terminal, plain lines elsewhere.

What a program sees are events of the same.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column

from glorot_sweep.spelling import duration

LINE_SECONDS = 15.0  # between two lines where there is no terminal


@dataclass(frozen=True)
class ProgressEvent:
    """How far a sweep is.

    Attributes:
        phase: `search`, `replicates` or `monitoring`.
        unit: what is counted, in words.
        done, total: of these: trials, replicates or monitored runs of this start.
        updates_done, updates_total: of the phase, in model-updates (one SGD step of one network).
            Those that pruning or giving up has made unnecessary count as done; those that an
            attempt has lost do no longer.
        updates_per_second: model-updates trained in the phase by its seconds; None as long as
            none has been.
    """

    phase: str
    unit: str
    done: int
    total: int
    updates_done: int
    updates_total: int
    updates_per_second: float | None


Watch = Callable[[ProgressEvent], None]
"""Told how far a sweep is, many times a second; what it raises ends the sweep."""


def watch_nothing(event: ProgressEvent) -> None:
    """Look away."""


class SweepProgress:
    """Counts studies, packs and model-updates (one SGD step of one network).

    Args:
        console: where to write.
        clock: monotonic, seconds.
        watch: told of each change.
    """

    def __init__(
        self,
        console: Console,
        clock: Callable[[], float] = time.monotonic,
        watch: Watch = watch_nothing,
    ) -> None:
        self.console, self._clock, self._watch = console, clock, watch
        self._rich = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),  # the first to give way
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._phase = ""
        self._done = self._total = self._trained = 0
        self._units_done = self._units_total = 0
        self._started = self._last_line = self._clock()

    def __enter__(self) -> Self:
        self._rich.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rich.stop()

    def start(self, phase: str, unit: str, units: int, updates: int) -> None:
        """Begin a phase with so many units (trials, replicates) and model-updates ahead."""
        for task in self._rich.task_ids:
            self._rich.remove_task(task)
        self._phase, self._unit = phase, unit
        self._done, self._total, self._trained = 0, updates, 0
        self._units_done, self._units_total = 0, units
        self._started = self._last_line = self._clock()
        self._units_task = self._rich.add_task(f"{phase}: {unit}", total=units, rate="")
        self._updates_task = self._rich.add_task(f"{phase}: model-updates", total=updates, rate="")
        if not self.console.is_terminal:
            self._print(f"{phase}: {units} {unit}, {updates:,} model-updates")
        self._tell()

    def advance(self, updates: int) -> None:
        """Count trained model-updates."""
        self._trained += updates
        self._move(updates)
        now = self._clock()
        if not self.console.is_terminal and now - self._last_line > LINE_SECONDS:
            self._last_line = now
            self._print(self._line())

    def expect(self, updates: int) -> None:
        """Count further model-updates ahead: how deep a trial is pre-trained is drawn late."""
        self._total += updates
        self._rich.update(self._updates_task, total=self._total)

    def save(self, updates: int) -> None:
        """Count model-updates that need no training; below 0, those that an attempt has lost."""
        self._move(updates)

    def finish_units(self, count: int) -> None:
        """Count finished trials or replicates, those that are given up among them."""
        self._units_done += count
        self._rich.update(self._units_task, completed=self._units_done)
        self._tell()

    def note(self, text: str) -> None:
        """Write one line."""
        self._print(text)

    def _move(self, updates: int) -> None:
        self._done += updates
        rate = self._rate()
        shown = "" if rate is None else f"{rate:,.0f}/s"
        self._rich.update(self._updates_task, completed=self._done, rate=shown)
        self._tell()

    def _tell(self) -> None:
        self._watch(
            ProgressEvent(
                self._phase, self._unit, self._units_done, self._units_total, self._done,
                self._total, self._rate(),
            )
        )  # fmt: skip

    def _rate(self) -> float | None:
        """Return model-updates per second; None as long as none has been trained."""
        if not self._trained:
            return None
        return self._trained / max(self._clock() - self._started, 1e-9)

    def _line(self) -> str:
        # Where a worker refuses a checkpoint, what that holds counts twice until its pack ends.
        done, rate = min(self._done, self._total), self._rate()
        share = 100 * done / max(self._total, 1)
        line = (
            f"{self._phase}: {self._units_done}/{self._units_total} {self._unit}, "
            f"{share:.0f} % of the updates"
        )
        if rate is None:
            return line
        left = (self._total - done) / rate
        return f"{line}, {rate:,.0f} model-updates/s, {duration(left)} left"

    def _print(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)
