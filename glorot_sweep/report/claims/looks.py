"""A network looked into at one update: its layers' statistics, whole or refused by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glorot_sweep.diagnostics.layer_statistics import Quantity
from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.claims.histogram import Histogram
from glorot_sweep.report.claims.measurement import Source
from glorot_sweep.report.evidence import LookedAtRun


@dataclass(frozen=True)
class Look:
    """One network at one update.

    Attributes:
        place: which network, for messages.
        update: SGD steps done.
        depth: hidden layers.
        rows: its rows of `LayerStatistics`.
    """

    place: str
    update: int
    depth: int
    rows: pd.DataFrame

    def values(
        self, quantity: Quantity, column: str, layers: Iterable[int] | None = None
    ) -> NDArray[np.float64]:
        """Return a column of a quantity, a number for each layer, the hidden ones by default.

        Raises:
            MissingRunsError: a layer has no such number, or none that is finite.
        """
        wanted = list(range(1, self.depth + 1) if layers is None else layers)
        own = (self.rows["quantity"] == quantity).to_numpy()
        layers_there = self.rows["layer"].to_numpy()[own].tolist()
        numbers = self.rows[column].to_numpy(dtype=np.float64)[own]
        there = dict(zip(layers_there, numbers, strict=True))
        found = np.array([there.get(layer, np.nan) for layer in wanted])
        for layer, value in zip(wanted, found, strict=True):
            if not np.isfinite(value):
                raise MissingRunsError(
                    f"no finite `{column}` of the {quantity} of layer {layer} at update "
                    f"{self.update:,} in {self.place}; that run must be looked into again"
                )
        return found

    def ratio(self, quantity: Quantity, column: str, layer: int, other: int) -> float:
        """Return the column's value in `layer` over that in `other`."""
        above, below = self.values(quantity, column, (layer, other))
        return float(above / below)

    def has(self, quantity: Quantity, column: str) -> bool:
        """Whether any layer has this number; spectra and histograms are not taken everywhere."""
        return bool((self.rows[column].notna() & (self.rows["quantity"] == quantity)).any())

    def histogram(self, quantity: Quantity, layer: int) -> Histogram:
        """Return the histogram of a quantity in a layer.

        Raises:
            MissingRunsError: there is none.
        """
        chosen = (self.rows["quantity"] == quantity) & (self.rows["layer"] == layer)
        rows = self.rows[chosen]
        if rows.empty or np.ndim(rows.iloc[0]["histogram"]) == 0:
            raise MissingRunsError(
                f"no histogram of the {quantity} of layer {layer} at update {self.update:,} in "
                f"{self.place}; that run must be made again with `statistics: full`"
            )
        row = rows.iloc[0]
        shares = np.asarray(row["histogram"], dtype=np.float64)
        return Histogram(float(row["histogram_low"]), float(row["histogram_high"]), shares)


def with_column(found: list[Look], quantity: Quantity, column: str) -> list[Look]:
    """Return the looks that have a column of a quantity.

    Raises:
        MissingRunsError: none has it.
    """
    chosen = [look for look in found if look.has(quantity, column)]
    if not chosen:
        raise MissingRunsError(
            f"no `{column}` of the {quantity} in {found[0].place}; that run must be looked into "
            "again"
        )
    return chosen


def looks(run: LookedAtRun) -> list[Look]:
    """Return a trained run's looks, from the first to the last update.

    Raises:
        MissingRunsError: its statistics are missing.
    """
    return [_look(run, update) for update in _updates(run)]


def looks_between(run: LookedAtRun, first: int, last: int) -> list[Look]:
    """Return the looks from update `first` to `last`; of a shorter run the latest one.

    Raises:
        MissingRunsError: there is no look up to `last`.
    """
    until = [update for update in _updates(run) if update <= last]
    if not until:
        raise MissingRunsError(
            f"the run {run.name} was not looked into up to update {last:,}; it needs a look there"
        )
    inside = [update for update in until if update >= first] or until[-1:]
    return [_look(run, update) for update in inside]


def _updates(run: LookedAtRun) -> list[int]:
    if run.statistics.empty:
        raise MissingRunsError(
            f"the run {run.name} has no layer statistics; it must be run with them"
        )
    return sorted({int(update) for update in run.statistics["update"].tolist()})


def _look(run: LookedAtRun, update: int) -> Look:
    return Look(run.name, update, run.depth, run.statistics[run.statistics["update"] == update])


def look_near(run: LookedAtRun, update: int) -> Look:
    """Return the latest look up to an update, in the second half of the way there.

    Raises:
        MissingRunsError: there is none.
    """
    look = look_at(run, update)
    if 2 * look.update < update:
        raise MissingRunsError(
            f"the run {run.name} was not looked into from update {update // 2:,} to {update:,}; "
            "statistics.updates of its sweep must have one there"
        )
    return look


def look_at(run: LookedAtRun, update: int) -> Look:
    """Return the latest look up to an update.

    Raises:
        MissingRunsError: there is none.
    """
    return looks_between(run, update, update)[-1]


def seen(
    runs: Sequence[LookedAtRun], updates: Iterable[int], searches: int | None = None
) -> Source:
    """Return what a verdict may rest on: runs that differ in their seed alone.

    Args:
        runs: one a seed.
        updates: how far each of them was seen.
        searches: whose winners they repeat; None of runs at rates that a file gives.
    """
    return Source(
        tuple(run.run_id for run in runs),
        runs[0].depth,
        min(run.width for run in runs),
        min(updates),
        len({run.seed for run in runs}),
        searches,
    )
