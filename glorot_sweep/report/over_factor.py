"""How the error depends on depth or width: every variant at every value, and the named pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from glorot_sweep.config.factors import FactorName, Value
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.beforehand import Pairs, named_column
from glorot_sweep.report.cell import Cell
from glorot_sweep.report.collect import Collected
from glorot_sweep.report.column_tests import CORRECTIONS, can_be_tested, named_test
from glorot_sweep.report.final_value import tested_value
from glorot_sweep.report.paper import Paper
from glorot_sweep.report.tables import comparison_row
from glorot_sweep.significance import Comparison, holm, percent_interval
from glorot_sweep.tracking.schema.names import Role

CORRECTION = "holm, over values"


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
class OverPair:
    """A difference that was named beforehand, at one value.

    Attributes:
        value, dataset: where.
        first, second: variants.
        comparison: first minus second, by the sweep's test.
        adjusted_p_value: by Holm over all pairs and values of this data set.
        significant: at the sweep's level.
    """

    value: Value
    dataset: str
    first: str
    second: str
    comparison: Comparison
    adjusted_p_value: float
    significant: bool


@dataclass(frozen=True)
class OverFactor:
    """A sweep over its factor.

    Attributes:
        factor: `depth` or `width`.
        config: of the sweep at the table's value.
        values: rising.
        entries: data set by data set, variant by variant, from the lowest value up.
        pairs: data set by data set, pair by pair, likewise.
    """

    factor: FactorName
    config: SweepConfig
    values: tuple[Value, ...]
    entries: tuple[OverEntry, ...]
    pairs: tuple[OverPair, ...]

    def row(self, dataset: str, variant: str) -> list[OverEntry]:
        """Return the cells of a variant on a data set, from the lowest value up."""
        found = [e for e in self.entries if (e.cell.dataset, e.cell.variant) == (dataset, variant)]
        return sorted(found, key=lambda entry: entry.value)


def over_factor(collected: Collected, paper: Paper | None = None) -> OverFactor | None:
    """Return how the error depends on the factor of a sweep; None without one.

    Args:
        collected: the sweep.
        paper: whose pairs are tested if the file names none; None: nothing is tested.
    """
    if collected.value is None:
        return None
    each = collected.at_values
    values = tuple(one.value for one in each if one.value is not None)
    test, level = collected.config.significance.test, collected.config.significance.level
    pairs = tuple(
        pair
        for dataset in collected.config.datasets
        if paper is not None
        for pair in _pairs(each, dataset, paper, test, level)
    )
    return OverFactor(
        collected.value.factor, collected.config, values, tuple(_entries(each)), pairs
    )


def _entries(each: Sequence[Collected]) -> list[OverEntry]:
    config = each[0].config
    return [
        _entry(one.value, one.cells[Role.TABLE_DEPTH, dataset, variant])
        for dataset, variant in product(config.datasets, config.variants)
        for one in each
        if one.value is not None
    ]


def _entry(value: Value, cell: Cell) -> OverEntry:
    if not cell.has_mean:
        return OverEntry(value, cell)
    interval = percent_interval(cell.observations)
    return OverEntry(value, cell, interval.mean, interval.low, interval.high)


def _pairs(
    each: Sequence[Collected], dataset: str, paper: Paper, test: str, level: float
) -> list[OverPair]:
    """Return the named pairs of a data set at every value, corrected over all of them together."""
    found = []
    for one in each:
        column, present = named_column(one, dataset, paper)
        if one.value is not None and present and can_be_tested(test, column):
            found += [
                (one.value, a, b, comparison)
                for a, b, comparison in _compared(test, column, present)
            ]
    adjusted = holm([comparison.p_value for *_, comparison in found])
    compared = [
        OverPair(value, dataset, a, b, comparison, float(p), bool(p <= level))
        for (value, a, b, comparison), p in zip(found, adjusted, strict=True)
    ]
    order = list(dict.fromkeys((pair.first, pair.second) for pair in compared))
    return sorted(compared, key=lambda pair: (order.index((pair.first, pair.second)), pair.value))


def _compared(
    test: str, column: dict[str, Cell], present: Pairs
) -> list[tuple[str, str, Comparison]]:
    values, compare = named_test(test, column)
    return [(a, b, compare(values[a], values[b])) for a, b in present]


def over_tests_frame(collected: Collected, paper: Paper) -> pd.DataFrame:
    """Return the named pairs at every value by every test, one row each; none without a factor.

    The rows are those of `significance.csv`, with a column for the value.
    """
    rows: list[dict[str, Any]] = []
    if collected.value is None:
        return pd.DataFrame(rows)
    level = collected.config.significance.level
    for dataset, name in product(collected.config.datasets, CORRECTIONS):
        for pair in _pairs(collected.at_values, dataset, paper, name, level):
            row = comparison_row(
                dataset, f"{pair.first} - {pair.second}", "named beforehand, at each value",
                name, CORRECTION, pair.comparison, pair.adjusted_p_value,
            )  # fmt: skip
            row["compared"] = tested_value(collected.config, name)
            rows.append({**row, pair.value.factor: pair.value.number})
    return pd.DataFrame(rows)


def at_every_value(frame: pd.DataFrame, collected: Collected, paper: Paper) -> pd.DataFrame:
    """Return all tests of the table, with those at every value beneath them if there is a factor.

    A column says at which value each was made.
    """
    if collected.value is None:
        return frame
    table = frame.assign(**{collected.value.factor: collected.value.number})
    return pd.concat([table, over_tests_frame(collected, paper)], ignore_index=True)


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
