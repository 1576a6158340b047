"""Reduced sets in the place of Small-ImageNet: they answer at the scale of their runs alone.

What the paper's own data sets decide stays as it is. What they leave open is measured once more,
with a reduced set such as `small_imagenet-8x1000` instead, the one with most images first.
"""

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from typing import NoReturn

from glorot_sweep.config.datasets import REDUCED_IMAGENET
from glorot_sweep.papers.glorot2010.table_1 import column_of
from glorot_sweep.report.claims.claim import Claim, MissingRunsError
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.evidence import Evidence

WHOLE = "small_imagenet"


def with_reduced_sets(claim: Claim) -> Claim:
    """Return the claim that looks at a reduced set where the whole one leaves it open.

    Not for a claim on levels: errors of fewer classes are lower by themselves.
    """

    @wraps(claim.test)
    def test(evidence: Evidence) -> Measurement:
        names = reduced_sets(evidence)
        if not names:
            return claim.test(evidence)
        try:
            plain = claim.test(evidence)
        except MissingRunsError as missing:
            return _first(claim, evidence, names) or _explained(claim, evidence, names, missing)
        plain.settle()
        looked_at = {run_id for source in plain.sources for run_id in source.run_ids}
        if plain.violated or not plain.undecided or looked_at & _runs_on(WHOLE, evidence):
            return plain
        return _first(claim, evidence, names) or plain

    return replace(claim, test=test)


def reduced_sets(evidence: Evidence) -> list[str]:
    """Return the reduced sets that there is anything on, the one with most images first."""
    there = {dataset for dataset in _datasets(evidence) if dataset != column_of(dataset)}
    return sorted(there, key=lambda name: (-_images(name), name))


def in_its_place(name: str, evidence: Evidence) -> Evidence:
    """Return the evidence with a reduced set under the whole one's name, and without the whole."""
    sweep = evidence.sweep
    if sweep is not None:
        cells = {key: cell for key, cell in sweep.cells.items() if key[1] not in (WHOLE, name)}
        for (role, dataset, variant), cell in sweep.cells.items():
            if dataset == name:
                cells[role, WHOLE, variant] = replace(cell, dataset=WHOLE)
        sweep = replace(sweep, cells=cells)
    runs = [
        replace(run, dataset=WHOLE) if run.dataset == name else run
        for run in evidence.runs
        if run.dataset != WHOLE
    ]
    studies = {
        key: study for key, study in evidence.init_studies.items() if key not in (WHOLE, name)
    }
    if name in evidence.init_studies:
        studies[WHOLE] = replace(evidence.init_studies[name], dataset=WHOLE)
    return replace(evidence, sweep=sweep, runs=tuple(runs), init_studies=studies)


def _first(claim: Claim, evidence: Evidence, names: Iterable[str]) -> Measurement | None:
    """Measure the claim on the first set whose runs it looks at."""
    for name in names:
        with suppress(MissingRunsError):
            found = claim.test(in_its_place(name, evidence))
            looked_at = {run_id for source in found.sources for run_id in source.run_ids}
            if looked_at & _runs_on(name, evidence):
                found.stand_in = name
                found.lacking.append(f"a reduced set, {name}, instead of {WHOLE}")
                return found
    return None


def _explained(
    claim: Claim, evidence: Evidence, names: Iterable[str], missing: MissingRunsError
) -> NoReturn:
    """Raise what is missing: of the first reduced set, if that lacks something else."""
    for name in names:
        try:
            claim.test(in_its_place(name, evidence))
        except MissingRunsError as other:
            if str(other) != str(missing):
                raise MissingRunsError(f"{other} (for {WHOLE} read {name})") from other
    raise missing


def _datasets(evidence: Evidence) -> set[str]:
    return {*_cells(evidence), *(run.dataset for run in evidence.runs), *evidence.init_studies}


def _runs_on(dataset: str, evidence: Evidence) -> set[str]:
    """Run ids of everything on a data set."""
    found = set(_cells(evidence).get(dataset, ()))
    found |= {run.run_id for run in evidence.runs if run.dataset == dataset}
    if dataset in evidence.init_studies:
        found.add(evidence.init_studies[dataset].run_id)
    return found


def _cells(evidence: Evidence) -> Mapping[str, list[str]]:
    """Run ids of the cells of each data set."""
    found: dict[str, list[str]] = {}
    for (_, dataset, _), cell in ({} if evidence.sweep is None else evidence.sweep.cells).items():
        found.setdefault(dataset, []).extend(cell.runs)
    return found


def _images(reduced: str) -> int:
    """Classes times images of each class, which stand in the name."""
    found = REDUCED_IMAGENET.fullmatch(reduced)
    return math.prod(map(int, found[1].split("x"))) if found else 0
