"""The table beneath a paper's: variants that are not its rows, each against its base row."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from glorot_sweep.report.beforehand import look_text
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.column_tests import (
    CORRECTIONS,
    can_be_tested,
    measured_cells,
    named_test,
)
from glorot_sweep.report.coverage import correction_text
from glorot_sweep.report.final_value import tested_value
from glorot_sweep.report.paper import Paper
from glorot_sweep.report.tables import (
    at,
    beyond_variants,
    comparison_row,
    named_text,
    p_cell,
    significance_frame,
)
from glorot_sweep.report.untested import Untested, untested
from glorot_sweep.significance import Comparison, holm, percent_interval
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.until_decided import stopped


@dataclass(frozen=True)
class BeyondEntry:
    """A cell of the table.

    Attributes:
        cell: what was measured.
        mean, low, high: mean test error over seeds with its 95 % interval, percent; None if
            the cell failed.
        base: the paper's variant of the same activation and initialization, if the sweep has
            measured it on this data set.
        base_label: how tables write that.
        comparison: this cell minus its base, by the sweep's test; None without a base.
        adjusted_p_value: by Holm over all comparisons of the table.
        significant: at the sweep's level.
        p_level: that level.
    """

    cell: Cell
    mean: float | None
    low: float | None
    high: float | None
    base: str | None = None
    base_label: str = ""
    comparison: Comparison | None = None
    adjusted_p_value: float | None = None
    significant: bool = False
    p_level: float | None = None

    @property
    def p_text(self) -> str:
        """P as it is written; a dash without one."""
        return p_cell(self.adjusted_p_value, self.p_level)


def beyond_entries(collected: Collected, role: str, paper: Paper) -> list[BeyondEntry]:
    """Return the cells of one table, row by row; none if the sweep has the paper's rows alone."""
    config = collected.config
    compared = compare_with_bases(collected, role, config.significance.test, paper)
    entries = []
    for variant, dataset in product(beyond_variants(config, paper), config.datasets):
        cell = collected.cells[role, dataset, variant]
        if not cell.has_mean:
            entries.append(BeyondEntry(cell, None, None, None))
            continue
        interval = percent_interval(cell.observations)
        shown = (cell, interval.mean, interval.low, interval.high)
        if (dataset, variant) not in compared:
            entries.append(BeyondEntry(*shown))
            continue
        base, comparison, adjusted = compared[dataset, variant]
        level, name = config.significance.level, config.rows[base].label
        tested = (comparison, adjusted, adjusted <= level, level)
        entries.append(BeyondEntry(*shown, base, name, *tested))
    return entries


def compare_with_bases(
    collected: Collected, role: str, test_name: str, paper: Paper
) -> dict[tuple[str, str], tuple[str, Comparison, float]]:
    """Return base, comparison and adjusted p of each data set and variant that has a base row."""
    config = collected.config
    found: dict[tuple[str, str], tuple[str, Comparison]] = {}
    for dataset in config.datasets:
        cells = measured_cells(collected, role, dataset, config.variants)
        if not can_be_tested(test_name, cells) and test_name != config.significance.test:
            continue
        values, test = named_test(test_name, cells)
        for variant in beyond_variants(config, paper):
            base = paper.base_of(config.rows[variant])
            if base is not None and {variant, base} <= cells.keys():
                found[dataset, variant] = base, test(values[variant], values[base])
    if not found:
        return {}
    adjusted = holm([comparison.p_value for _, comparison in found.values()])
    return {
        place: (base, comparison, float(p))
        for (place, (base, comparison)), p in zip(found.items(), adjusted, strict=True)
    }


def all_tests_frame(collected: Collected, paper: Paper) -> pd.DataFrame:
    """Return every comparison by every test, and what is compared: of the table, with base rows.

    A comparison that was named beforehand and could not be tested has a row that says why. Of a
    sweep with a factor a column says at which value each was made.
    """
    correction = correction_text(collected.config, "holm")
    rows = [
        comparison_row(
            dataset, f"{variant} - {base}", "base row", name, correction, found, adjusted
        )
        for name in CORRECTIONS
        for (dataset, variant), (base, found, adjusted) in compare_with_bases(
            collected, Role.TABLE_DEPTH, name, paper
        ).items()
    ]
    missing = pd.DataFrame([_row_of_missing(collected, one) for one in untested(collected, paper)])
    parts = [significance_frame(collected, paper), pd.DataFrame(rows), missing]
    frame = pd.concat([part for part in parts if not part.empty] or parts, ignore_index=True)
    if not frame.empty:
        why = frame.pop("not tested").fillna("") if "not tested" in frame else ""
        frame["compared"] = [tested_value(collected.config, test) for test in frame["test"]]
        frame["not tested"] = why
        for factor, number in at(collected.value).items():
            values = frame.pop(factor) if factor in frame else pd.Series(number, frame.index)
            frame[factor] = values.fillna(number).astype("int64")
    return frame


def _row_of_missing(collected: Collected, one: Untested) -> dict[str, Any]:
    """Return a row that says why the table does not compare a named pair.

    What seeds that were added have decided of it all the same is told as of the others.
    """
    row = {
        "dataset": one.dataset,
        "comparison": named_text(collected.config, one.first, one.second),
        "kind": "named beforehand",
        "test": collected.config.significance.test,
        "not tested": one.why,
        **at(one.value),
    }
    found, difference = one.decision, one.difference
    if found is None or difference is None:
        return row
    as_named = 0.0 - difference if collected.config.all_comparisons else difference
    return row | {
        "kind": f"named beforehand, {stopped(found)}",
        "difference (points)": as_named,
        "correction": f"holm, over looks{look_text(collected, found)}",
        "adjusted p": found.adjusted_p_value,
    }


def beyond_frame(shown: list[BeyondEntry]) -> pd.DataFrame:
    """Return a table's entries, one row each, for CSV."""
    return pd.DataFrame([_row(entry) for entry in shown], columns=list(_COLUMNS)).round(
        {"test_error_percent": 4, "interval_low": 4, "interval_high": 4}
    )


_COLUMNS = (
    "variant", "label", "dataset", "test_error_percent", "interval_low", "interval_high", "seeds",
    "groups", "depth", "learning_rate", "standard_deviation", "diverged", "failed", "base",
    "difference_points", "difference_low", "difference_high", "test", "p", "adjusted_p",
    "significant",
)  # fmt: skip


def _row(entry: BeyondEntry) -> tuple[object, ...]:
    cell, found = entry.cell, entry.comparison
    compared = (
        (None,) * 5
        if found is None
        else (found.difference, *found.shown_interval, found.test, found.p_value)
    )
    return (
        cell.variant, cell.label, cell.dataset, entry.mean, entry.low,
        entry.high, len(cell.errors), cell.groups, cell.depth, cell.learning_rate,
        cell.standard_deviation, cell.diverged, cell.failed, entry.base, *compared,
        entry.adjusted_p_value, entry.significant,
    )  # fmt: skip
