"""Trained runs, found by what was trained; and their curves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from glorot_sweep.report.claims.claim import MissingRunsError, file_with
from glorot_sweep.report.claims.looks import seen
from glorot_sweep.report.claims.measurement import Source
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.tracking.schema.names import Kind, Role


def replicates(
    evidence: Evidence, variant: str, dataset: str, role: str = Role.TABLE_DEPTH
) -> list[LookedAtRun]:
    """Return the replicates of a winner, by seed.

    Raises:
        MissingRunsError: there is none.
    """
    runs = [
        run for run in evidence.runs
        if (run.kind, run.dataset, run.variant) == (Kind.REPLICATE, dataset, variant)
        and role in run.role.split("+")
    ]  # fmt: skip
    if not runs:
        raise MissingRunsError(
            f"no replicates of {variant} on {dataset} ({role}); {file_with(dataset, variant)}"
        )
    return none_diverged(sorted(runs, key=lambda run: run.seed))


def trained(runs: Sequence[LookedAtRun], searches: int | None = None) -> Source:
    """Return what a verdict may rest on: runs that differ in their seed alone, to their end.

    Args:
        runs: one a seed.
        searches: whose winners they repeat; None of runs at rates that a file gives.
    """
    return seen(runs, [run.updates for run in runs], searches)


def label(run: LookedAtRun) -> str:
    """Name a run after its learning rate and its seed, for the names of its numbers."""
    return f"learning rate {run.learning_rate!r}, seed {run.seed}, {run.name}"


def evaluations(run: LookedAtRun, column: str) -> pd.DataFrame:
    """Return the rows of a run's curve that have a column, rising.

    Raises:
        MissingRunsError: there is none.
    """
    rows = run.curve[run.curve[column].notna()]  # a third of the time of `dropna`
    if rows.empty:
        raise MissingRunsError(f"the run {run.name} has no `{column}`; it must be run again")
    return rows


def evaluations_between(run: LookedAtRun, column: str, first: int, last: int) -> pd.DataFrame:
    """Return a curve's rows from update `first` to `last`; of a shorter run the latest one.

    Raises:
        MissingRunsError: there is no row up to `last`.
    """
    rows = evaluations(run, column)
    until = rows[rows["update"] <= last]
    if until.empty:
        raise MissingRunsError(
            f"the run {run.name} was not evaluated up to update {last:,}; it needs an evaluation "
            "there"
        )
    inside = until[until["update"] >= first]
    return until.iloc[-1:] if inside.empty else inside


@dataclass(frozen=True)
class Crossing:
    """When a curve first came to a level.

    Attributes:
        update: when.
        at_most: the first evaluation was already there, so it happened earlier or then.
        at_least: it had not happened by the last evaluation.
    """

    update: float
    at_most: bool = False
    at_least: bool = False


def first_at_or_below(run: LookedAtRun, column: str, level: float) -> Crossing:
    """Return when a run's curve first came down to a level, linear between evaluations.

    Raises:
        MissingRunsError: the run was never evaluated.
    """
    rows = evaluations(run, column)
    updates = rows["update"].to_numpy(dtype=np.float64)
    values = rows[column].to_numpy(dtype=np.float64)
    there = np.flatnonzero(values <= level)
    if not there.size:
        return Crossing(float(updates[-1]), at_least=True)
    index = int(there[0])
    if index == 0:
        return Crossing(float(updates[0]), at_most=True)
    before, after = values[index - 1], values[index]
    part = (before - level) / (before - after)
    return Crossing(float(updates[index - 1] + part * (updates[index] - updates[index - 1])))


def none_diverged(runs: list[LookedAtRun]) -> list[LookedAtRun]:
    """Return the runs.

    Raises:
        MissingRunsError: one of them diverged.
    """
    diverged = [run.name for run in runs if run.diverged]
    if diverged:
        raise MissingRunsError(
            f"{', '.join(diverged)} diverged, and a claim is judged on all its runs; use a lower "
            "learning rate"
        )
    return runs
