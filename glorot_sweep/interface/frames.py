"""From a sweep that was read to typed frames: its runs, curves, layers, cells and tests."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from glorot_sweep.config.factors import factor_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.interface import columns
from glorot_sweep.interface.columns import Columns, frame
from glorot_sweep.report.beyond import all_tests_frame
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.evidence import LookedAtRun
from glorot_sweep.report.paper import Paper
from glorot_sweep.significance import percent_interval
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.schema.trained import Specified, TrainedRun

RENAMED = {
    "difference (points)": "difference",
    "95 % low": "low",
    "95 % high": "high",
    "degrees of freedom": "degrees_of_freedom",
    "adjusted p": "adjusted_p",
    "effect size": "effect_size",
    "not tested": "not_tested",
}
"""Columns of the report's table of tests, as a frame names them."""

EACH_DEPTH: Final = "each_depth"
"""Role of the cells of a sweep with depth as a factor, whose table is one of its depths."""


def levels_of(config: SweepConfig) -> dict[str, tuple[str, ...]]:
    """Return the categories that a sweep file gives an order."""
    variants = tuple(config.variants)
    return {
        "dataset": tuple(config.datasets),
        "variant": variants,
        "first": variants,
        "second": variants,
        "role": tuple(Role),
    }


def runs_frame(
    runs: Iterable[TrainedRun], wanted: Columns, levels: Mapping[str, Iterable[str]]
) -> pd.DataFrame:
    """Return runs of one kind, a row each.

    Args:
        runs: as they were read.
        wanted: columns of that kind.
        levels: see `levels_of`.
    """
    return frame([_of_run(run, wanted) for run in runs], wanted, levels)


def curves_frame(
    runs: Sequence[TrainedRun],
    curve_of: Callable[[TrainedRun], pd.DataFrame],
    levels: Mapping[str, Iterable[str]],
) -> pd.DataFrame:
    """Return every evaluation of runs.

    Args:
        runs: trials, replicates and monitored runs.
        curve_of: returns the evaluations of one, a row each.
        levels: see `levels_of`.
    """
    parts = [curve_of(run).assign(**_of_run(run, columns.CURVES_OF)) for run in runs]
    return frame(_joined(parts), columns.CURVES, levels)


def layers_frame(
    runs: Sequence[TrainedRun],
    looked_at: Mapping[str, LookedAtRun],
    levels: Mapping[str, Iterable[str]],
) -> pd.DataFrame:
    """Return every look into the layers of runs.

    Args:
        runs: replicates and monitored runs.
        looked_at: the same with their statistics, by run id; what is not there is left out.
        levels: see `levels_of`.
    """
    parts = [
        looked_at[run.run_id].statistics.assign(**_of_run(run, columns.CURVES_OF))
        for run in runs
        if run.run_id in looked_at
    ]
    return frame(_joined(parts), columns.LAYERS, levels)


def table_frame(collected: Collected) -> pd.DataFrame:
    """Return every cell of a sweep, whatever table of its report shows it."""
    rows = [row for one in collected.at_values for row in _rows_of_cells(one)]
    levels = levels_of(collected.asked)
    if factor_of(collected.asked) == "depth":
        rows = [row | {"role": EACH_DEPTH} for row in rows if row["role"] == Role.TABLE_DEPTH]
        levels |= {"role": (EACH_DEPTH,)}
    return frame(rows, columns.TABLE, levels)


def _rows_of_cells(collected: Collected) -> list[dict[str, Any]]:
    """Return the cells at one value of a sweep's factor, or of a sweep without one."""
    found = [(str(key[0]), cell, _mean(cell)) for key, cell in collected.cells.items()]
    lowest: dict[tuple[str, str], float] = {}
    for role, cell, mean in found:
        if mean is not None:
            place = role, cell.dataset
            lowest[place] = min(mean, lowest.get(place, mean))
    return [
        {
            **_of_cell(cell),
            "role": role,
            "width": collected.config.network.middle_width,
            "test_error": mean,
            "is_lowest": mean is not None and mean == lowest[role, cell.dataset],
        }
        for role, cell, mean in found
    ]


def comparisons_frame(collected: Collected, paper: Paper) -> pd.DataFrame:
    """Return every test of a finished sweep: what was named beforehand, and what its report tests.

    Args:
        collected: the sweep.
        paper: what its report compares it with.
    """
    found = all_tests_frame(collected, paper).rename(columns=RENAMED)
    config = collected.config
    if not found.empty:
        pair = found["comparison"].str.partition(" - ")
        sizes = {"depth": config.search.table_depth, "width": config.network.middle_width}
        alike = {name: size for name, size in sizes.items() if name not in found}
        found = found.assign(first=pair[0], second=pair[2], **alike)
    return frame(found, columns.COMPARISONS, levels_of(collected.config))


def _of_run(run: TrainedRun, wanted: Columns) -> dict[str, Any]:
    """Return what a run has of some columns."""
    found = {name: getattr(run, name, None) for name in wanted}
    special = {
        "state": run.state.word,
        "kind": str(run.kind),
        **explicit(run),
    }
    return {**found, **{name: value for name, value in special.items() if name in wanted}}


def explicit(run: Specified) -> dict[str, Any]:
    """Return what a specification is stored without where it is as usual, and widths as a word."""
    return {
        "schedule": run.schedule or "constant",
        "weight_decay": run.weight_decay or 0.0,
        "layer_widths": " ".join(map(str, run.layer_widths or ())),
    }


def _joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _mean(cell: Cell) -> float | None:
    return float(cell.observations.mean()) if cell.has_mean else None


def _of_cell(cell: Cell) -> dict[str, Any]:
    several = cell.has_mean and len(cell.observations) > 1  # an unfinished sweep may have one
    interval = percent_interval(cell.observations) if several else None
    return {
        "dataset": cell.dataset,
        "variant": cell.variant,
        "label": cell.label,
        "low": interval and interval.low,
        "high": interval and interval.high,
        "standard_deviation": cell.standard_deviation if several else None,
        "seeds": len(cell.errors),
        "groups": cell.groups,
        "depth": cell.depth,
        "learning_rate": cell.learning_rate,
        "diverged": cell.diverged,
        "failed": cell.failed,
        "instead": "" if cell.has_mean else cell.instead,
    }
