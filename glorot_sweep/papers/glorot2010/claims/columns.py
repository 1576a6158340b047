"""Cells of Table 1 that several claims look at."""

from typing import Final

from glorot_sweep.report.claims.cells import cell_of
from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.collect import Cell
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.tracking.schema.names import Role

DATASETS: Final = ("shapeset", "mnist", "cifar10", "small_imagenet")
"""Columns of Table 1."""

SEPARABLE: Final = 1.46
"""Points: the smallest difference that is significant near 16 % with 10,000 examples."""


def sigmoid_of_four_layers(evidence: Evidence) -> Cell:
    """Return the sigmoid's cell of best depth on Shapeset if that depth is four, as in the paper.

    Raises:
        MissingRunsError: there is none, or its depth is another one.
    """
    cell = cell_of(evidence, "shapeset", "sigmoid", Role.BEST_DEPTH)
    if cell.depth != 4:
        raise MissingRunsError(
            f"no replicates of the sigmoid with 4 hidden layers on shapeset: the search's best "
            f"depth is {cell.depth}; run a sweep file that searches longer, or depth 4 alone"
        )
    return cell


def pairs_of(
    evidence: Evidence, first: str, second: str
) -> tuple[dict[str, tuple[Cell, Cell]], list[str]]:
    """Return both variants' cells on the data sets that have them, and the other data sets.

    Raises:
        MissingRunsError: no data set has both.
    """
    pairs, missing = {}, []
    for dataset in DATASETS:
        try:
            pairs[dataset] = (cell_of(evidence, dataset, first), cell_of(evidence, dataset, second))
        except MissingRunsError:
            missing.append(dataset)
    if not pairs:
        raise MissingRunsError(
            f"no replicates of {first} and {second} on any data set; run a sweep file that "
            "lists both"
        )
    return pairs, missing
