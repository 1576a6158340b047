"""Trained runs, found by what was trained; and their curves."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.claims.measurement import Source
from glorot_sweep.report.evidence import Evidence, LookedAtRun

RATES = (0.01, 0.05)
"""Learning rates between which the tolerances of short training were set."""


def monitored(
    evidence: Evidence, variant: str, depth: int | None, rates: tuple[float, float] = RATES
) -> list[LookedAtRun]:
    """Return the monitored runs of a variant on Shapeset, by learning rate and seed.

    Args:
        evidence: where to look.
        variant: name.
        depth: hidden layers; None for any.
        rates: lowest and highest learning rate, included.

    Raises:
        MissingRunsError: there is none, or none in that range, or one of them diverged.
    """
    runs = monitored_at_any_rate(evidence, variant, depth)
    low, high = rates[0] * (1 - 1e-9), rates[1] * (1 + 1e-9)  # a rate may be written in decimals
    inside = [run for run in runs if low <= run.learning_rate <= high]
    if not inside:
        others = ", ".join(f"{rate:g}" for rate in sorted({run.learning_rate for run in runs}))
        raise MissingRunsError(
            f"the monitored runs of {variant} on shapeset have the learning rate {others}, and "
            f"the claim needs one {_range_text(rates)}; add it to the `monitored` section of a "
            "sweep file and run the sweep"
        )
    return none_diverged(inside)


def monitored_at_any_rate(evidence: Evidence, variant: str, depth: int | None) -> list[LookedAtRun]:
    """Return the monitored runs of a variant on Shapeset, diverged ones included.

    Raises:
        MissingRunsError: there is none.
    """
    runs = [
        run for run in evidence.runs
        if (run.kind, run.dataset, run.variant) == ("monitored", "shapeset", variant)
        and depth in (None, run.depth)
    ]  # fmt: skip
    if not runs:
        layers = "" if depth is None else f" with {depth} hidden layers"
        raise MissingRunsError(
            f"no monitored run of {variant}{layers} on shapeset; add it to the `monitored` "
            "section of a sweep file and run the sweep"
        )
    return sorted(runs, key=lambda run: (run.learning_rate, run.seed))


def at_equal_rates(
    evidence: Evidence, *variants: str, depth: int = 5
) -> list[tuple[LookedAtRun, ...]]:
    """Return a monitored run of each variant, in every combination of equal learning rate.

    Raises:
        MissingRunsError: a variant has no run, or they share no learning rate.
    """
    runs = [monitored(evidence, variant, depth) for variant in variants]
    combinations = [
        chosen for chosen in itertools.product(*runs)
        if all(math.isclose(one.learning_rate, chosen[0].learning_rate) for one in chosen)
    ]  # fmt: skip
    if not combinations:
        raise MissingRunsError(
            f"no monitored runs of {' and '.join(variants)} at the same learning rate "
            f"{_range_text(RATES)}; add one to the `monitored` section of a sweep file"
        )
    return combinations


def replicates(
    evidence: Evidence, variant: str, dataset: str = "shapeset", role: str = "table_depth"
) -> list[LookedAtRun]:
    """Return the replicates of a winner, by seed.

    Raises:
        MissingRunsError: there is none.
    """
    runs = [
        run for run in evidence.runs
        if (run.kind, run.dataset, run.variant) == ("replicate", dataset, variant)
        and role in run.role.split("+")
    ]  # fmt: skip
    if not runs:
        raise MissingRunsError(
            f"no replicates of {variant} on {dataset} ({role}); run a sweep file that lists both"
        )
    return none_diverged(sorted(runs, key=lambda run: run.seed))


def trained(runs: Sequence[LookedAtRun]) -> Source:
    """Return what a verdict may rest on: these runs of one kind, one a seed, to their end."""
    return Source(
        tuple(run.run_id for run in runs),
        runs[0].depth,
        min(run.width for run in runs),
        min(run.updates for run in runs),
        len(runs),
    )


def label(*runs: LookedAtRun) -> str:
    """Name the learning rate and the seeds of runs, for the names of numbers."""
    seeds = list(dict.fromkeys(run.seed for run in runs))
    word = "seed" if len(seeds) == 1 else "seeds"
    shown = " and ".join(str(seed) for seed in seeds)
    return f"learning rate {runs[0].learning_rate:g}, {word} {shown}"


def evaluations(run: LookedAtRun, column: str) -> pd.DataFrame:
    """Return the rows of a run's curve that have a column, rising.

    Raises:
        MissingRunsError: there is none.
    """
    rows = run.curve.dropna(subset=[column])
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
            f"{', '.join(diverged)} diverged, and a claim must hold for every run; use a lower "
            "learning rate"
        )
    return runs


def _range_text(rates: tuple[float, float]) -> str:
    low, high = rates
    if low == high:
        return f"of {low:g}"
    return f"between {low:g} and {high:g}"
