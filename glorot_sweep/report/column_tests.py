"""The tests of a column: what each takes of its cells, and whether it can be had."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations
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
    return name != "paired_seeds" or _on_other_streams(column) is None


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
        if unlike := _on_other_streams(column):
            raise _other_streams(*unlike)
        return {v: cell.by_stream for v, cell in column.items()}, over_shared_seeds
    if name == "paired":
        return {v: cell.last_wrong for v, cell in column.items()}, paired_examples
    examples = len(next(iter(column.values())).labels) if column else 1
    values = {v: float(cell.last_errors.mean()) for v, cell in column.items()}
    return values, partial(two_percentages, n_examples=examples)


def over_shared_seeds(a: Mapping[Hashable, float], b: Mapping[Hashable, float]) -> Comparison:
    """Return the paired test of two cells over the seeds that both have, as `Cell.by_stream`.

    Seeds that were added until something was decided are not the same number in every cell.
    """
    shared = [seed for seed in a if seed in b]
    return paired_seeds({seed: a[seed] for seed in shared}, {seed: b[seed] for seed in shared})


def _on_other_streams(column: dict[str, Cell]) -> tuple[Cell, Cell] | None:
    """Return two cells of which each has seeds that the other lacks; None if there are none."""
    for one, other in combinations(column.values(), 2):
        seeds, others = one.by_stream.keys(), other.by_stream.keys()
        if not (seeds <= others or others <= seeds):
            return one, other
    return None


def _other_streams(usual: Cell, odd: Cell) -> UserError:
    return UserError(
        f"the test paired_seeds compares replicates that saw the same examples, but on "
        f"{usual.dataset} those of {usual.variant} have the data seeds {list(usual.streams)} and "
        f"those of {odd.variant} {list(odd.streams)}. Delete the replicates whose data seeds are "
        "not those of the sweep, and continue it."
    )
