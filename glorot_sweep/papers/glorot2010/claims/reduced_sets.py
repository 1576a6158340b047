"""Reduced sets in the place of Small-ImageNet: they answer at the scale of their runs alone.

What the paper's own data sets decide stays as it is. What they leave open is measured once more,
with a reduced set such as `small_imagenet-8x1000` where there is no run on the whole one.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import wraps

from glorot_sweep.config.datasets import REDUCED_IMAGENET
from glorot_sweep.papers.glorot2010.table_1 import column_of
from glorot_sweep.report.claims.claim import Claim, MissingRunsError
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.evidence import Evidence

WHOLE = "small_imagenet"


def with_reduced_sets(claim: Claim) -> Claim:
    """Return the claim that looks at a reduced set where the whole one leaves it open."""

    @wraps(claim.test)
    def test(evidence: Evidence) -> Measurement:
        instead, names = in_its_place(evidence)
        if not names:
            return claim.test(evidence)
        try:
            plain = claim.test(evidence)
        except MissingRunsError:
            found = claim.test(instead)
        else:
            plain.settle()
            if plain.violated or not plain.undecided:
                return plain
            found = claim.test(instead)
            if found.sources == plain.sources:
                return plain
        told = ", ".join(names)
        found.lacking.append(f"a reduced set, {told}, instead of {WHOLE}")
        return found

    return replace(claim, test=test)


def in_its_place(evidence: Evidence) -> tuple[Evidence, list[str]]:
    """Return the evidence with reduced sets under the whole one's name, and their own names."""
    cells = {} if evidence.sweep is None else evidence.sweep.cells
    in_table = stand_in(dataset for _, dataset, _ in cells)
    in_studies = stand_in(evidence.init_studies)
    kinds = dict.fromkeys(run.kind for run in evidence.runs)
    of_kind = {k: stand_in(run.dataset for run in evidence.runs if run.kind == k) for k in kinds}
    names = sorted({name for name in (in_table, in_studies, *of_kind.values()) if name})
    if not names:
        return evidence, names
    sweep = evidence.sweep and replace(
        evidence.sweep,
        cells={
            (role, WHOLE if dataset == in_table else dataset, variant): cell
            for (role, dataset, variant), cell in cells.items()
        },
    )
    runs = tuple(
        replace(run, dataset=WHOLE) if run.dataset == of_kind[run.kind] else run
        for run in evidence.runs
    )
    studies = dict(evidence.init_studies)
    if in_studies:
        studies[WHOLE] = replace(studies.pop(in_studies), dataset=WHOLE)
    return replace(evidence, sweep=sweep, runs=runs, init_studies=studies), names


def stand_in(datasets: Iterable[str]) -> str | None:
    """Return the largest reduced set, or None if the whole one is there or no reduced one is.

    Example:
        >>> stand_in(["mnist", "small_imagenet-9x500", "small_imagenet-6x2000"])
        'small_imagenet-6x2000'
        >>> stand_in(["small_imagenet-9x500", "small_imagenet"]) is None
        True
    """
    there = [dataset for dataset in datasets if column_of(dataset) == WHOLE]
    return None if WHOLE in there else max(there, key=_images, default=None)


def _images(reduced: str) -> int:
    """Classes times images of each class, which stand in the name."""
    found = REDUCED_IMAGENET.fullmatch(reduced)
    return math.prod(map(int, found[1].split("x"))) if found else 0
