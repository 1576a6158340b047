"""Cells of the sweep's tables, and the comparisons that several claims make of them."""

from collections.abc import Iterable

from glorot_sweep.report.claims.claim import MissingRunsError, file_with
from glorot_sweep.report.claims.estimate import Estimate, combined
from glorot_sweep.report.claims.measurement import Source
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.tracking.schema.names import Role


def sweep_of(evidence: Evidence) -> Collected:
    """Return the sweep.

    Raises:
        MissingRunsError: there is none.
    """
    if evidence.sweep is None:
        raise MissingRunsError(
            "no finished sweep; run one with `glorot-sweep sweep` on a sweep file"
        )
    return evidence.sweep


def cell_of(evidence: Evidence, dataset: str, variant: str, role: str = Role.TABLE_DEPTH) -> Cell:
    """Return a cell of the sweep's tables.

    Raises:
        MissingRunsError: there is no such cell, or a replicate of it failed.
    """
    found = None
    if evidence.sweep is not None:
        found = evidence.sweep.cells.get((role, dataset, variant))
    if found is None:
        raise MissingRunsError(
            f"no replicates of {variant} on {dataset}; {file_with(dataset, variant)}"
        )
    if found.disagreements:
        raise MissingRunsError(
            f"the replicates of {variant} on {dataset} were not made by the same things; run the "
            "sweep under another name"
        )
    if found.is_doubtful:
        raise MissingRunsError(
            f"the numbers of a replicate of {variant} on {dataset} contradict each other; delete "
            "that run and continue the sweep"
        )
    if found.failed or not found.errors.size:
        raise MissingRunsError(
            f"{found.failed} replicates of {variant} on {dataset} failed for good; delete their "
            "runs and continue the sweep"
        )
    return found


def mean(cell: Cell) -> float:
    """Return the mean test error over observations, percent, as the tables have it."""
    return float(cell.observations.mean())


def column_of(evidence: Evidence, dataset: str, variants: Iterable[str]) -> dict[str, Cell]:
    """Return the cells of a column.

    Raises:
        MissingRunsError: one is missing or failed.
    """
    return {variant: cell_of(evidence, dataset, variant) for variant in variants}


def measured(evidence: Evidence, cells: Iterable[Cell]) -> list[Source]:
    """Return what a verdict may rest on: the replicates of these cells."""
    config = sweep_of(evidence).config
    width, updates = config.network.middle_width, config.replicates.updates
    return [
        Source(cell.runs, cell.depth, width, updates, len(cell.errors), cell.groups)
        for cell in cells
    ]


def minus(a: Cell, b: Cell) -> Estimate:
    """Return the difference of two mean test errors, points."""
    return contrast(mean(a) - mean(b), [(a, 1.0), (b, -1.0)])


def contrast(value: float, parts: Iterable[tuple[Cell, float]]) -> Estimate:
    """Return an estimate of a function of mean test errors.

    Args:
        value: the function of the means.
        parts: each cell once, with the function's slope along its mean.
    """
    return combined(value, [(cell.observations, slope) for cell, slope in parts])
