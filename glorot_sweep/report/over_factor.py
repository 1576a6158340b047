"""How the error depends on depth or width: every variant at every value."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from glorot_sweep.config.factors import FactorName, Value
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.cell import Cell
from glorot_sweep.report.collect import Collected
from glorot_sweep.significance import percent_interval
from glorot_sweep.tracking.schema.names import Role


@dataclass(frozen=True)
class OverEntry:
    """A cell at one value.

    Attributes:
        value: of the factor.
        cell: what was measured.
        mean, low, high: mean test error over its observations with its 95 % interval, percent;
            None of a cell without a mean.
    """

    value: Value
    cell: Cell
    mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class OverFactor:
    """A sweep over its factor.

    Attributes:
        factor: `depth` or `width`.
        config: of the sweep at the table's value.
        values: rising.
        entries: data set by data set, variant by variant, from the lowest value up.
    """

    factor: FactorName
    config: SweepConfig
    values: tuple[Value, ...]
    entries: tuple[OverEntry, ...]

    def row(self, dataset: str, variant: str) -> list[OverEntry]:
        """Return the cells of a variant on a data set, from the lowest value up."""
        found = [e for e in self.entries if (e.cell.dataset, e.cell.variant) == (dataset, variant)]
        return sorted(found, key=lambda entry: entry.value)


def over_factor(collected: Collected) -> OverFactor | None:
    """Return how the error depends on the factor of a sweep; None without one."""
    if collected.value is None:
        return None
    each = collected.at_values
    values = tuple(one.value for one in each if one.value is not None)
    return OverFactor(collected.value.factor, collected.config, values, tuple(_entries(each)))


def _entries(each: Sequence[Collected]) -> list[OverEntry]:
    config = each[0].config
    return [
        _entry(one.value, cell)
        for dataset, variant in product(config.datasets, config.variants)
        for one in each
        if one.value is not None
        and (cell := one.cells.get((Role.TABLE_DEPTH, dataset, variant))) is not None
    ]


def _entry(value: Value, cell: Cell) -> OverEntry:
    if not cell.has_mean or len(cell.observations) < 2:  # fewer than two in an unfinished sweep
        return OverEntry(value, cell)
    interval = percent_interval(cell.observations)
    return OverEntry(value, cell, interval.mean, interval.low, interval.high)


def over_frame(over: OverFactor) -> pd.DataFrame:
    """Return the cells at every value, one row each, for CSV; errors in percent."""
    rows = [
        {
            "variant": entry.cell.variant,
            "label": entry.cell.label,
            "dataset": entry.cell.dataset,
            over.factor: entry.value.number,
            "test_error_percent": entry.mean,
            "interval_low": entry.low,
            "interval_high": entry.high,
            "seeds": len(entry.cell.errors),
            "groups": entry.cell.groups,
            "learning_rate": entry.cell.learning_rate,
            "standard_deviation": entry.cell.standard_deviation,
            "diverged": entry.cell.diverged,
            "failed": entry.cell.failed,
            "runs": " ".join(entry.cell.runs),
        }
        for entry in over.entries
    ]
    places = {"test_error_percent": 4, "interval_low": 4, "interval_high": 4}
    return pd.DataFrame(rows).round(places)
