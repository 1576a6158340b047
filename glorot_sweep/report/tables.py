"""The tables of the paper's variants: means, intervals, bold marks, p-values; the budgets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.paper_table import NAMED_PAIRS, PAPER_TABLE_1, paper_column
from glorot_sweep.parts.variants import PAPER_VARIANTS, VARIANTS
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.significance import (
    Comparison,
    mean_interval,
    named_pairs,
    not_worse_than_best,
    paired_examples,
    two_percentages,
    welch,
)
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.schema.trained import TrainedRun

CORRECTIONS = {"welch": "holm", "paired": "holm", "two_proportions": "none"}


@dataclass(frozen=True)
class Entry:
    """A cell as it is shown.

    Attributes:
        cell: what was measured.
        mean, low, high: mean test error over seeds with its 95 % interval, percent; None if
            the cell failed.
        bold: not significantly worse than the best of its column.
        paper: the paper's value, percent, if it has one.
    """

    cell: Cell
    mean: float | None
    low: float | None
    high: float | None
    bold: bool
    paper: float | None


@dataclass(frozen=True)
class Pair:
    """A difference that was named beforehand, tested on one data set.

    Attributes:
        dataset: the data set.
        standard, normalized: variants.
        comparison: standard minus normalized, by the sweep's test.
        adjusted_p_value: by Holm over the pairs of this data set.
        significant: at the sweep's level.
    """

    dataset: str
    standard: str
    normalized: str
    comparison: Comparison
    adjusted_p_value: float
    significant: bool


def entries(collected: Collected, role: str) -> list[Entry]:
    """Return the cells of the paper's variants, row by row in the order of the sweep file."""
    config = collected.config
    bold = {}
    for dataset in config.datasets:
        column = _column(collected, role, dataset)
        values, test = named_test(config.significance.test, column)
        standings = not_worse_than_best(
            values, test, config.significance.level,
            CORRECTIONS[config.significance.test],  # type: ignore[arg-type]
        ) if values else {}  # fmt: skip
        bold.update({(dataset, variant): s.bold for variant, s in standings.items()})
    return [
        _entry(collected.cells[role, dataset, variant], bold.get((dataset, variant), False))
        for variant in _paper_variants(config)
        for dataset in config.datasets
    ]


def by_dataset(shown: list[Entry]) -> list[list[Entry]]:
    """Return a table's columns, each from top to bottom."""
    datasets = dict.fromkeys(entry.cell.dataset for entry in shown)
    return [[entry for entry in shown if entry.cell.dataset == d] for d in datasets]


def pairs(collected: Collected) -> list[Pair]:
    """Return the differences named beforehand, wherever both variants were measured."""
    config, found = collected.config, []
    for dataset in config.datasets:
        column = _column(collected, Role.TABLE_DEPTH, dataset)
        present = [pair for pair in NAMED_PAIRS if set(pair) <= column.keys()]
        if present:
            values, test = named_test(config.significance.test, column)
            results = named_pairs(values, test, present, config.significance.level)
            found += [
                Pair(dataset, a, b, result.comparison, result.adjusted_p_value, result.significant)
                for (a, b), result in results.items()
            ]
    return found


def significance_frame(collected: Collected) -> pd.DataFrame:
    """Return every comparison by every test: each cell with its column's best, and the pairs."""
    rows: list[dict[str, Any]] = []
    for dataset in collected.config.datasets:
        column = _column(collected, Role.TABLE_DEPTH, dataset)
        for name, correction in CORRECTIONS.items():
            values, test = named_test(name, column)
            if not values:
                continue
            level = collected.config.significance.level
            standings = not_worse_than_best(values, test, level, correction)  # type: ignore[arg-type]
            best = next(variant for variant, s in standings.items() if s.is_best)
            for variant, standing in standings.items():
                if standing.comparison is not None:
                    rows.append(
                        comparison_row(
                            dataset, f"{variant} - {best}", "column's best", name, correction,
                            standing.comparison, standing.adjusted_p_value,
                        )
                    )  # fmt: skip
            present = [pair for pair in NAMED_PAIRS if set(pair) <= column.keys()]
            results = named_pairs(values, test, present, level) if present else {}
            for (a, b), result in results.items():
                rows.append(
                    comparison_row(dataset, f"{a} - {b}", "named beforehand", name, "holm",
                         result.comparison, result.adjusted_p_value)
                )  # fmt: skip
    return pd.DataFrame(rows)


def audit_frame(collected: Collected) -> pd.DataFrame:
    """Return the budget of every cell: trials, updates, pruning, replicates."""
    rows = []
    for dataset in collected.config.datasets:
        for variant in collected.config.variants:
            trials = [
                r for r in collected.trials
                if (r.dataset, r.variant) == (dataset, variant)
            ]  # fmt: skip
            replicates = [
                r for r in collected.replicates
                if (r.dataset, r.variant) == (dataset, variant)
            ]  # fmt: skip
            states = [run.state for run in trials]
            depth = collected.config.search.table_depth
            rows.append(
                {
                    "dataset": dataset,
                    "variant": variant,
                    "trials": len(trials),
                    "at table depth": sum(run.depth == depth for run in trials),
                    "complete": states.count(State.COMPLETE),
                    "pruned": states.count(State.PRUNED),
                    "diverged": states.count(State.DIVERGED),
                    "failed": sum(state in {State.FAILED, State.GIVEN_UP} for state in states),
                    "updates": _updates(trials),
                    "pre-training updates": _pretraining_updates(trials),
                    "replicates": len(replicates),
                    "replicate updates": _updates(replicates),
                    "replicate pre-training updates": _pretraining_updates(replicates),
                }
            )
    return pd.DataFrame(rows)


def _updates(runs: Sequence[TrainedRun]) -> int:
    return sum(run.updates_done or 0 for run in runs)


def beyond_variants(config: SweepConfig) -> list[str]:
    """Return the variants that stand apart from Table 1."""
    return [variant for variant in config.variants if variant not in PAPER_VARIANTS]


def _paper_variants(config: SweepConfig) -> list[str]:
    return [variant for variant in config.variants if variant in PAPER_VARIANTS]


def _pretraining_updates(runs: Sequence[TrainedRun]) -> int:
    """SGD steps of hidden layers, which come first: of runs that got any further, all of them."""
    return sum(run.pretraining_updates * run.depth for run in runs if run.updates_done)


def _column(collected: Collected, role: str, dataset: str) -> dict[str, Cell]:
    return measured_cells(collected, role, dataset, _paper_variants(collected.config))


def measured_cells(
    collected: Collected, role: str, dataset: str, variants: Iterable[str]
) -> dict[str, Cell]:
    """Return a column's cells that were measured; a failed one takes no part in the tests."""
    cells = {variant: collected.cells[role, dataset, variant] for variant in variants}
    return {variant: cell for variant, cell in cells.items() if not cell.failed}


def named_test(
    name: str, column: dict[str, Cell]
) -> tuple[dict[str, Any], Callable[[Any, Any], Comparison]]:
    """Return what a test takes of each cell, and the test."""
    if name == "welch":
        return {v: cell.errors for v, cell in column.items()}, welch
    if name == "paired":
        return {v: cell.wrong for v, cell in column.items()}, paired_examples
    examples = len(next(iter(column.values())).labels) if column else 1
    values = {v: float(cell.errors.mean()) for v, cell in column.items()}
    return values, partial(two_percentages, n_examples=examples)


def _entry(cell: Cell, bold: bool) -> Entry:
    paper = PAPER_TABLE_1.get(cell.variant, {}).get(paper_column(cell.dataset))
    if cell.failed:
        return Entry(cell, None, None, None, False, paper)
    interval = mean_interval(cell.errors)
    return Entry(cell, interval.mean, interval.low, interval.high, bold, paper)


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
        "95 % low": found.interval[0],
        "95 % high": found.interval[1],
        "statistic": found.statistic,
        "degrees of freedom": found.degrees_of_freedom,
        "p": found.p_value,
        "correction": correction,
        "adjusted p": adjusted,
        "effect": found.effect_name,
        "effect size": found.effect_size,
    }


def entries_frame(shown: list[Entry]) -> pd.DataFrame:
    """Return a table's entries, one row each, for CSV."""
    return pd.DataFrame(
        [
            {
                "variant": e.cell.variant,
                "label": VARIANTS[e.cell.variant].label,
                "dataset": e.cell.dataset,
                "test_error_percent": e.mean,
                "interval_low": e.low,
                "interval_high": e.high,
                "seeds": len(e.cell.errors),
                "bold": e.bold,
                "paper": e.paper,
                "depth": e.cell.depth,
                "learning_rate": e.cell.learning_rate,
                "standard_deviation": float(np.std(e.cell.errors, ddof=1)) if not e.cell.failed
                else None,
                "diverged": e.cell.diverged,
                "failed": e.cell.failed,
            }
            for e in shown
        ]
    ).round({"test_error_percent": 4, "interval_low": 4, "interval_high": 4})  # fmt: skip
