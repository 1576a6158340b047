"""The tests of a column: what each takes of its cells, and whether it can be had."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal

from glorot_sweep.errors import UserError
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.significance import (
    Comparison,
    paired_examples,
    paired_seeds,
    two_percentages,
    welch,
)

CORRECTIONS: Final[dict[str, Literal["holm", "none"]]] = {
    "welch": "holm",
    "paired_seeds": "holm",
    "paired": "holm",
    "two_proportions": "none",
}


def measured_cells(
    collected: Collected, role: str, dataset: str, variants: Iterable[str]
) -> dict[str, Cell]:
    """Return a column's cells that have a mean; the others take no part in the tests."""
    cells = {variant: collected.cells[role, dataset, variant] for variant in variants}
    return {variant: cell for variant, cell in cells.items() if cell.has_mean}


def can_be_tested(name: str, column: dict[str, Cell]) -> bool:
    """Return whether a column has what a test needs: for the paired one over seeds, one stream."""
    streams = {frozenset(cell.by_stream) for cell in as_many(column).values()}
    return name != "paired_seeds" or len(streams) < 2


def with_first(cell: Cell, seeds: int) -> Cell:
    """Return a cell with its first so many replicates alone, each of a group of its own."""
    return replace(
        cell,
        errors=cell.errors[:seeds],
        wrong=cell.wrong[:seeds],
        runs=cell.runs[:seeds],
        streams=cell.streams[:seeds],
        numbers=(),
        group_winners=cell.group_winners[:seeds],
        groups=seeds,
    )


def as_many(column: dict[str, Cell]) -> dict[str, Cell]:
    """Return cells with as many seeds as the one with fewest, where each seed has its own group.

    Seeds that were added until something was decided are not the same number in every cell.
    """
    fewest = min((len(cell.errors) for cell in column.values()), default=0)
    return {
        variant: with_first(cell, fewest) if cell.groups == len(cell.errors) else cell
        for variant, cell in column.items()
    }


def named_test(
    name: str, column: dict[str, Cell]
) -> tuple[dict[str, Any], Callable[[Any, Any], Comparison]]:
    """Return what a test takes of each cell, and the test.

    Raises:
        UserError: the cells cannot be paired by seed.
    """
    if name == "welch":
        return {v: cell.observations for v, cell in column.items()}, welch
    if name == "paired_seeds":
        if not can_be_tested(name, column):
            raise _other_streams(column)
        return {v: cell.by_stream for v, cell in as_many(column).items()}, paired_seeds
    if name == "paired":
        return {v: cell.last_wrong for v, cell in column.items()}, paired_examples
    examples = len(next(iter(column.values())).labels) if column else 1
    values = {v: float(cell.last_errors.mean()) for v, cell in column.items()}
    return values, partial(two_percentages, n_examples=examples)


def _other_streams(column: dict[str, Cell]) -> UserError:
    (first, usual), *others = column.items()
    odd = next(cell for _, cell in others if cell.by_stream.keys() != usual.by_stream.keys())
    return UserError(
        f"the test paired_seeds compares replicates that saw the same examples, but on "
        f"{usual.dataset} those of {first} have the data seeds {list(usual.streams)} and those of "
        f"{odd.variant} {list(odd.streams)}. Delete the replicates whose data seeds are not those "
        "of the sweep, and continue it."
    )
