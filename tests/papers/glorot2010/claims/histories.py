"""Simulated histories: a world whose seeds differ by chance, judged again and again."""

import functools
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from glorot_sweep.report.claims.verdict import judge

from .builders import BY_NUMBER, World, finding, shared_world
from .changes import HISTORIES

SPREAD = {"shapeset": 0.2}  # points between seeds; elsewhere 0.1
STATISTICS = {"mean": 0.003, "std": 0.03, "p98": 0.01, "saturation": 0.03}
STUDIES = dict.fromkeys(["mean", "std", "per_example_std"], 0.0005)
CURVES = dict.fromkeys(["validation_loss", "validation_error", "test_error"], 0.003)
SIZE = {"seeds": 8, "short_seeds": 6}


def world_of(number: str, state: str) -> World:
    """The runs that a claim looks at, in a world where it is true, false, or neither."""
    false, unclear = HISTORIES[number]
    shorter = {"full": 40_000} if state == "open" and unclear == "shorter" else {}
    shared = shared_world(**SIZE, **shorter)
    runs = {name: run for name, run in shared.runs.items() if run.run_id in _used(number)}
    world = replace(shared, runs=runs).copy()
    if state != "true" and not shorter:
        (false if state == "false" else unclear)(world)
    return world


@functools.cache
def _used(number: str) -> frozenset[str]:
    """Ids of the runs that a claim looks at."""
    return frozenset(finding(number, shared_world(**SIZE)).run_ids)


def verdicts(number: str, state: str, draws: int, seed: int = 2010) -> Counter:
    """How often a claim gets which verdict."""
    evidence, rng = (
        world_of(number, state).evidence(),
        np.random.default_rng([seed, int(number[1:])]),
    )
    of_starts = BY_NUMBER[number].needs.scale == "I"
    tables = [table for run in evidence.runs for table in _tables(run)]
    tables += [_study_table(study) for study in evidence.init_studies.values() if of_starts]
    found = Counter()
    for _ in range(draws):
        for table in tables:
            table.shake(rng)
        cells = _cells(evidence.sweep.cells, rng)
        drawn = replace(evidence, sweep=replace(evidence.sweep, cells=cells))
        found[str(judge(BY_NUMBER[number], drawn).verdict)] += 1
    return found


@dataclass
class Table:
    """A table of numbers that another seed makes larger or smaller, in place.

    Attributes:
        frame: what a claim reads.
        spreads: column to relative standard deviation.
        index: which rows have a factor in common [rows].
        values: column to what it is without chance [rows].
    """

    frame: pd.DataFrame
    spreads: dict[str, float]
    index: np.ndarray
    values: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self):
        self.values = {
            name: self.frame[name].to_numpy(dtype=float).copy()
            for name in self.spreads
            if name in self.frame
        }

    def shake(self, rng):
        for name, values in self.values.items():
            factors = np.exp(rng.normal(0, self.spreads[name], self.index.max() + 1))
            self.frame[name] = values * factors[self.index]


def _tables(run):
    """A run's curves, each with one factor, and its statistics, with one for each layer."""
    yield Table(run.curve, CURVES, np.zeros(len(run.curve), dtype=int))
    if not run.statistics.empty:
        codes, _ = pd.factorize(run.statistics["quantity"])
        _, index = np.unique(codes + 100 * run.statistics["layer"], return_inverse=True)
        yield Table(run.statistics, STATISTICS, index)


def _study_table(study):
    return Table(study.statistics, STUDIES, np.arange(len(study.statistics)))


def _cells(cells, rng):
    def shaken(cell):
        spread = SPREAD.get(cell.dataset, 0.1)
        return replace(cell, errors=rng.normal(cell.errors.mean(), spread, cell.errors.size))

    return {key: shaken(cell) for key, cell in cells.items()}
