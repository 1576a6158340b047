"""When a sweep looks at its results while seeds are added, and what each look may spend."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import comb
from typing import Final

SMALLEST_P: Final[dict[str, Callable[[int], float]]] = {
    "welch": lambda seeds: 2 / comb(2 * seeds, seeds),
    "paired_seeds": lambda seeds: 2 / 2**seeds,
}
"""The smallest exact p-value beside each deciding test, by seeds: of all ways to deal the errors
of two cells to them, or to swap them seed by seed, the two that are furthest apart."""


def looks_at(first: int, step: int, most: int) -> tuple[int, ...]:
    """Return the seeds at each look: from `first` in steps, the last one at `most`.

    Example:
        >>> looks_at(5, 6, 20)
        (5, 11, 17, 20)
    """
    return (*range(first, most, step), most)


def shares_of(looks: Sequence[int], test: str, level: float, comparisons: int) -> tuple[float, ...]:
    """Return the share of each look in the level; all together they are at most 1.

    It is in proportion to the seeds that are new. A look with so few seeds that even the smallest
    exact p could decide nothing has none, and leaves its own to the next.

    Args:
        looks: seeds at each, rising.
        test: the deciding one.
        level: chance of any false decision.
        comparisons: over which the level holds.

    Example:
        >>> shares_of((5, 10, 15, 20), "welch", 0.005, 1)
        (0.0, 0.5, 0.25, 0.25)
    """
    shares, saved = [], 0.0
    for before, seeds in pairwise((0, *looks)):
        saved += (seeds - before) / looks[-1]
        can_decide = SMALLEST_P[test](seeds) <= saved * level / comparisons
        shares.append(saved if can_decide else 0.0)
        saved = 0.0 if can_decide else saved
    return tuple(shares)
