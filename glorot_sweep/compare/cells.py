"""Cells of several sweeps side by side, and the differences between them with their tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.compare.side import Side
from glorot_sweep.report.collect import Cell
from glorot_sweep.significance import Comparison, MeanInterval, holm, percent_interval, welch
from glorot_sweep.tracking.schema.names import Role


@dataclass(frozen=True)
class SideCell:
    """A cell of one sweep.

    Attributes:
        cell: what was measured.
        observations: test errors that are independent of each other, percent: of replicates, or
            the mean of each group's.
        interval: their mean with its 95 % interval; None of a cell without a mean, or with a
            single observation.
    """

    cell: Cell
    observations: NDArray[np.float64]
    interval: MeanInterval | None

    @property
    def mean(self) -> float | None:
        """Of the observations, percent; None if the cell has no mean."""
        return float(self.observations.mean()) if len(self.observations) else None


@dataclass(frozen=True)
class Difference:
    """How far apart two sweeps are in one cell.

    Attributes:
        dataset, variant: the cell.
        first, second: what the sweeps are called.
        points: error of the second less that of the first, percentage points; None if one of them
            has no mean.
        test: of the difference; None where there can be none.
        adjusted_p_value: corrected over all tests of the table.
        remark: why there is no test, or what it must be read with; else empty.
    """

    dataset: str
    variant: str
    first: str
    second: str
    points: float | None
    test: Comparison | None
    adjusted_p_value: float | None
    remark: str


@dataclass(frozen=True)
class ComparedCells:
    """The cells of one of the tables.

    Attributes:
        role: which table.
        rows: by data set and variant, a cell for each sweep; None where it has none.
        differences: of every two sweeps that have a cell, in the order of the sweeps.
    """

    role: Role
    rows: Mapping[tuple[str, str], tuple[SideCell | None, ...]]
    differences: tuple[Difference, ...]


def compared_cells(sides: Sequence[Side], role: Role) -> ComparedCells:
    """Return the cells of a table side by side."""
    rows = {
        key: tuple(_side_cell(side.cell(role, *key)) for side in sides) for key in all_cells(sides)
    }
    found = [
        _difference(sides[one], sides[other], first, second)
        for row in rows.values()
        for one, other in combinations(range(len(sides)), 2)
        if (first := row[one]) is not None and (second := row[other]) is not None
    ]
    return ComparedCells(role, rows, tuple(_corrected(found)))


def all_cells(sides: Sequence[Side]) -> list[tuple[str, str]]:
    """Return data set and variant of every cell that a sweep asks for, each once."""
    datasets = dict.fromkeys(dataset for side in sides for dataset in side.config.datasets)
    variants = dict.fromkeys(variant for side in sides for variant in side.config.variants)
    return [
        (dataset, variant)
        for dataset in datasets
        for variant in variants
        if any(side.asks_for(dataset, variant) for side in sides)
    ]


def _side_cell(cell: Cell | None) -> SideCell | None:
    if cell is None:
        return None
    if not cell.has_mean:
        return SideCell(cell, np.zeros(0), None)
    values = cell.observations
    return SideCell(cell, values, percent_interval(values) if len(values) > 1 else None)


def _difference(one: Side, other: Side, first: SideCell, second: SideCell) -> Difference:
    where = (first.cell.dataset, first.cell.variant)
    between = Difference(*where, one.label, other.label, None, None, None, "")
    if first.mean is None or second.mean is None:
        return replace(between, remark="a cell without a mean")
    between = replace(between, points=second.mean - first.mean)
    if copies := _copies(one, other, first.cell, second.cell):
        return replace(between, remark=f"not tested: {copies}")
    if first.interval is None or second.interval is None:
        return replace(between, remark="not tested: a single observation")
    test = welch(second.observations, first.observations)
    return replace(between, test=test, remark=_dependence(one, other, first.cell, second.cell))


def _copies(one: Side, other: Side, first: Cell, second: Cell) -> str:
    """Say how many replicates of a cell are networks that the other has too; nothing if none."""
    ours = {one.specifications[run_id] for run_id in first.runs}
    theirs = {other.specifications[run_id] for run_id in second.runs}
    shared = len({found.network for found in ours} & {found.network for found in theirs})
    if not shared:
        return ""
    several = f"{shared} replicates are" if shared > 1 else "1 replicate is"
    but = ", but for the engine," if not ours & theirs else ""
    return f"{several} the same in both sweeps{but} and no second observation"


def _dependence(one: Side, other: Side, first: Cell, second: Cell) -> str:
    """Say what keeps two cells from being independent observations of the same data."""
    digests = [side.identity.get("digests", {}).get(first.dataset) for side in (one, other)]
    if None not in digests and digests[0] != digests[1]:
        return "the data set is another one"  # so streams of one number share no image
    if shared := len(set(first.streams) & set(second.streams)):
        several = "training streams are" if shared > 1 else "training stream is"
        return f"not independent: {shared} {several} in both"
    return ""


def _corrected(found: Sequence[Difference]) -> list[Difference]:
    """Add Holm's correction over all tests."""
    tested = [one.test.p_value for one in found if one.test is not None]
    adjusted = iter(holm(tested).tolist())
    return [
        one if one.test is None else replace(one, adjusted_p_value=next(adjusted)) for one in found
    ]
