"""Simulated histories: a world whose seeds differ by chance, judged again and again."""

import functools
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd

from glorot_sweep.report.claims.verdict import judge

from .builders import BY_NUMBER, World, finding, shared_world
from .changes import HISTORIES

SPREAD = {"shapeset": 0.2}  # points between seeds; elsewhere 0.1
STATISTICS = {"mean": 0.003, "std": 0.03, "p98": 0.01, "saturation": 0.03}
OF_CURVES, OF_STUDIES = 0.003, 0.0005  # as those, relative, between runs
CURVES = ["validation_loss", "validation_error", "test_error"]
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
    world, rng = world_of(number, state), np.random.default_rng([seed, int(number[1:])])
    evidence = world.evidence()
    found = Counter()
    for _ in range(draws):
        drawn = replace(
            evidence,
            sweep=replace(evidence.sweep, cells=_cells(evidence.sweep.cells, rng)),
            runs=tuple(_run(run, rng) for run in evidence.runs),
            init_studies=_studies(evidence.init_studies, rng, BY_NUMBER[number].needs.scale),
        )
        found[str(judge(BY_NUMBER[number], drawn).verdict)] += 1
    return found


def _cells(cells, rng):
    def shaken(cell):
        spread = SPREAD.get(cell.dataset, 0.1)
        return replace(cell, errors=rng.normal(cell.errors.mean(), spread, cell.errors.size))

    return {key: shaken(cell) for key, cell in cells.items()}


def _run(run, rng):
    """A run whose layers and curves are as much larger or smaller as another seed makes them."""
    statistics, curve = run.statistics, run.curve.copy(deep=False)
    columns = [name for name in CURVES if name in curve]
    curve[columns] = run.curve[columns] * np.exp(rng.normal(0, OF_CURVES, len(columns)))
    if not statistics.empty:
        codes, _ = pd.factorize(statistics["quantity"])
        _, index = np.unique(codes + 100 * statistics["layer"], return_inverse=True)
        columns = [name for name in STATISTICS if name in statistics]
        spread = [STATISTICS[name] for name in columns]
        factors = np.exp(rng.normal(0, spread, (index.max() + 1, len(columns))))
        statistics = statistics.copy(deep=False)
        statistics[columns] = run.statistics[columns].to_numpy(dtype=float) * factors[index]
    return replace(run, statistics=statistics, curve=curve)


def _studies(studies, rng, scale):
    if scale != "I":  # no other claim is as exact
        return studies
    shaken = {}
    for name, study in studies.items():
        rows = study.statistics.copy(deep=False)
        columns = ["mean", "std", "per_example_std"]
        factors = np.exp(rng.normal(0, OF_STUDIES, (len(rows), len(columns))))
        rows[columns] = rows[columns].to_numpy(dtype=float) * factors
        shaken[name] = replace(study, statistics=rows)
    return shaken
