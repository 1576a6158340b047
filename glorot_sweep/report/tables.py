"""The tables of the rows: means, intervals, bold marks, p-values."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from glorot_sweep.config.factors import LIST, Value
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.beforehand import family, named_column, pairs
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.column_tests import CORRECTIONS, can_be_tested, measured_cells, named_test
from glorot_sweep.report.coverage import correction_text
from glorot_sweep.report.paper import Beside, Paper
from glorot_sweep.significance import (
    Comparison,
    NamedPair,
    Standing,
    not_worse_than_best,
    p_text,
    percent_interval,
)
from glorot_sweep.tracking.schema.names import Role


@dataclass(frozen=True)
class Entry:
    """A cell as it is shown.

    Attributes:
        cell: what was measured.
        mean, low, high: mean test error over its observations with its 95 % interval, percent;
            None if the cell failed.
        bold: not distinguishable from the best of its column.
        reference: the paper's value, percent, if it has one.
        adjusted_p_value: against the best of its column; 1 for that one, None if the cell failed.
        is_best: it is that one.
        against: this cell minus the base of the sweep file, in a table of such differences; p is
            then of that one, and nothing is bold.
        differs: significantly, from the base.
        level: at which `against` was tested; its interval has the confidence 1 - `level`.
        p_level: the sweep's, with which p is compared; None if the cell failed.
    """

    cell: Cell
    mean: float | None
    low: float | None
    high: float | None
    bold: bool
    reference: float | None
    adjusted_p_value: float | None
    is_best: bool = False
    against: Comparison | None = None
    differs: bool = False
    level: float | None = None
    p_level: float | None = None

    @property
    def p_text(self) -> str:
        """P as it is written; a dash without one."""
        return p_cell(self.adjusted_p_value, self.p_level)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Interval of the difference to the base, in points; None without one."""
        if self.against is None or self.level is None:
            return None
        return self.against.interval_at(self.level)


def p_cell(p: float | None, level: float | None) -> str:
    """Return p as a table has it, compared with a level; a dash where there is none."""
    return "–" if p is None or level is None else p_text(p, level)


def entries(collected: Collected, role: str, paper: Paper) -> list[Entry]:
    """Return the cells of the table's rows, row by row in the order of the sweep file."""
    config = collected.config
    found: dict[tuple[str, str], Standing] = {}
    for dataset in config.datasets:
        column = _column(collected, role, dataset, paper)
        values, test = named_test(config.significance.test, column)
        standings = not_worse_than_best(
            values, test, config.significance.level,
            CORRECTIONS[config.significance.test],
        ) if values else {}  # fmt: skip
        found.update({(dataset, variant): s for variant, s in standings.items()})
    return [
        _entry(
            collected.cells[role, dataset, variant],
            found.get((dataset, variant)),
            paper,
            config.significance.level,
        )
        for variant in _rows(config, paper)
        for dataset in config.datasets
    ]


def by_dataset(shown: list[Entry]) -> list[list[Entry]]:
    """Return a table's columns, each from top to bottom."""
    datasets = dict.fromkeys(entry.cell.dataset for entry in shown)
    return [[entry for entry in shown if entry.cell.dataset == d] for d in datasets]


def significance_frame(collected: Collected, paper: Paper) -> pd.DataFrame:
    """Return every comparison by every test: each cell with its column's best, and the pairs.

    Of a sweep with a factor the pairs at each value, which has a column; the rest at the table's.
    A test that a column does not allow is left out: the paired one over seeds needs shared streams.
    """
    rows: list[dict[str, Any]] = []
    config = collected.config
    for dataset in config.datasets:
        column = _column(collected, Role.TABLE_DEPTH, dataset, paper)
        of_pairs, _ = named_column(collected, dataset, paper)
        for name in CORRECTIONS:
            if can_be_tested(name, {**column, **of_pairs}):
                rows += _rows_against_best(dataset, column, name, config.significance.level)
                rows += [
                    _row_of_pair(config, dataset, key, found, name)
                    for key, found in family(collected, dataset, paper, name).items()
                ]
    for row in rows:
        row["correction"] = correction_text(config, row["correction"])
    return pd.DataFrame([*rows, *_rows_until_decided(collected, paper)])


def _rows_against_best(
    dataset: str, column: dict[str, Cell], name: str, level: float
) -> list[dict[str, Any]]:
    if not column:
        return []
    values, test = named_test(name, column)
    standings = not_worse_than_best(values, test, level, CORRECTIONS[name])
    best = next(variant for variant, standing in standings.items() if standing.is_best)
    return [
        comparison_row(
            dataset, f"{variant} - {best}", "column's best", name, CORRECTIONS[name],
            standing.comparison, standing.adjusted_p_value,
        )
        for variant, standing in standings.items()
        if standing.comparison is not None
    ]  # fmt: skip


def _row_of_pair(
    config: SweepConfig,
    dataset: str,
    key: tuple[str, str, Value | None],
    found: NamedPair,
    test: str,
) -> dict[str, Any]:
    first, second, value = key
    row = comparison_row(
        dataset, named_text(config, first, second), "named beforehand", test,
        f"holm, over {LIST[value.factor]}" if value else "holm",
        _as_named(config, found.comparison), found.adjusted_p_value,
    )  # fmt: skip
    return row | at(value)


def at(value: Value | None) -> dict[str, int]:
    """Return the column that says at which value a comparison was made; none without a factor."""
    return {value.factor: value.number} if value else {}


def named_text(config: SweepConfig, first: str, second: str) -> str:
    """Return a pair in the order in which the file, or else the paper, names it."""
    return f"{second} - {first}" if config.all_comparisons else f"{first} - {second}"


def _as_named(config: SweepConfig, found: Comparison) -> Comparison:
    return found.reversed if config.all_comparisons else found


def _rows_until_decided(collected: Collected, paper: Paper) -> list[dict[str, Any]]:
    """Return what was decided with seeds that were added for it; nothing of other sweeps."""
    if collected.reached.design is None:
        return []
    return [
        comparison_row(
            pair.dataset, named_text(collected.config, pair.first, pair.second),
            f"named beforehand, {pair.stopped}", collected.config.significance.test,
            f"holm, over looks{pair.look}", _as_named(collected.config, pair.comparison),
            pair.adjusted_p_value,
        )
        for pair in pairs(collected, paper)
    ]  # fmt: skip


def beyond_variants(config: SweepConfig, paper: Paper) -> list[str]:
    """Return the variants that stand apart from the table."""
    return [variant for variant in config.variants if not paper.is_row(variant)]


def _rows(config: SweepConfig, paper: Paper) -> list[str]:
    return [variant for variant in config.variants if paper.is_row(variant)]


def _column(collected: Collected, role: str, dataset: str, paper: Paper) -> dict[str, Cell]:
    return measured_cells(collected, role, dataset, _rows(collected.config, paper))


def _entry(cell: Cell, standing: Standing | None, paper: Paper, level: float) -> Entry:
    reference = paper.reference(cell.variant, cell.dataset)
    if standing is None:  # it has no mean
        return Entry(cell, None, None, None, False, reference, None)
    interval = percent_interval(cell.observations)
    shown = (interval.mean, interval.low, interval.high)
    return Entry(
        cell, *shown, standing.bold, reference, standing.adjusted_p_value, standing.is_best,
        p_level=level,
    )  # fmt: skip


def comparison_row(
    dataset: str, comparison: str, kind: str, test: str, correction: str, found: Comparison,
    adjusted: float,
) -> dict[str, Any]:  # fmt: skip
    """Return a row of the table of all tests."""
    return {
        "dataset": dataset,
        "comparison": comparison,
        "kind": kind,
        "test": test,
        "difference (points)": found.difference,
        "95 % low": found.shown_interval[0],
        "95 % high": found.shown_interval[1],
        "statistic": found.statistic,
        "degrees of freedom": found.degrees_of_freedom,
        "p": found.p_value,
        "correction": correction,
        "adjusted p": adjusted,
        "effect": found.effect_name,
        "effect size": found.effect_size,
    }


def entries_frame(shown: list[Entry], what: Beside) -> pd.DataFrame:
    """Return a table's entries, one row each, and what stands beside the cells, for CSV.

    Mean, interval and standard deviation are over observations: over the means of the groups, or
    over seeds where there is one group or one for each seed.
    """
    return pd.DataFrame(
        [
            {
                "variant": e.cell.variant,
                "label": e.cell.label,
                "dataset": e.cell.dataset,
                "test_error_percent": e.mean,
                "interval_low": e.low,
                "interval_high": e.high,
                "seeds": len(e.cell.errors),
                "groups": e.cell.groups,
                "bold": e.bold,
                **_beside(e, what),
                "depth": e.cell.depth,
                "learning_rate": e.cell.learning_rate,
                "standard_deviation": e.cell.standard_deviation,
                "diverged": e.cell.diverged,
                "failed": e.cell.failed,
            }
            for e in shown
        ]
    ).round({"test_error_percent": 4, "interval_low": 4, "interval_high": 4})  # fmt: skip


def _beside(entry: Entry, what: Beside) -> dict[str, float | None]:
    if what is Beside.PAPER:
        return {"paper": entry.reference}
    if what is not Beside.BASE:
        return {"adjusted_p": entry.adjusted_p_value}
    found = entry.against
    low, high = entry.interval or (None, None)
    return {
        "difference_points": found.difference if found else None,
        "difference_low": low,
        "difference_high": high,
        "difference_confidence": None if entry.level is None else 1 - entry.level,
        "p": found.p_value if found else None,
        "adjusted_p": entry.adjusted_p_value,
        "significant": entry.differs,
    }
