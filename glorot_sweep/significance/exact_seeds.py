"""Chance from the seed without any assumption about how errors are spread: exact p-values.

If nothing at all distinguishes two cells, the errors that were seen could as well have been dealt
to them in every other way. The p-value is the share of the ways that give as large a difference
of the means, those that were seen among them. All ways are counted, none are drawn: each half of
the errors has its sums listed, and for every sum of one half those of the other that reach the
difference with it are found by bisection (E. Horowitz, S. Sahni (1974), "Computing partitions",
Journal of the ACM 21, 277-292). With twenty seeds that takes a fraction of a second.
"""

from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glorot_sweep.config.limits import MOST_SEEDS_LOOKED_AT as MOST
from glorot_sweep.significance.comparison import checked_seeds

_TIE = 1e-9
"""Sums that differ by less are one, in units of the largest that there can be.

Errors are shares of examples: equal sums of them that are added up in another order differ by a
thousandth of this at most, different ones by hundreds of times as much.
"""


def dealt_p(a: ArrayLike, b: ArrayLike) -> float:
    """Return the share of all ways to deal the errors to two cells with such a difference.

    It keeps its level whenever two cells are alike, however their errors are spread, since then
    every way is equally likely.

    Args:
        a: Errors, one per seed, any unit, [n].
        b: Likewise, as many, [n].

    Returns:
        The two-sided p-value, a multiple of one over the number of ways.

    Raises:
        ValueError: For different numbers of seeds, fewer than two, more than `MOST`, or a value
            that is not finite.

    Source: R. A. Fisher (1935), The design of experiments; E. J. G. Pitman (1937), Supplement to
    the Journal of the Royal Statistical Society 4, 119-130.

    Example:
        >>> round(dealt_p([1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 9.5]) * comb(10, 5))
        2
    """
    first, second = _checked(a, b)
    n, total = first.size, float(first.sum() + second.sum())
    larger = max(float(first.sum()), float(second.sum()))
    tie = _TIE * float(np.abs(np.concatenate([first, second])).sum())
    if 2 * larger - total <= tie:
        return 1.0
    one, two = _sums_by_number(first), _sums_by_number(second)
    reached = sum(_pairs_reaching(one[k], two[n - k], larger - tie) for k in range(n + 1))
    return 2 * reached / comb(2 * n, n)


def swapped_p(a: ArrayLike, b: ArrayLike) -> float:
    """Return the share of all ways to swap the errors of single seeds with such a difference.

    It keeps its level whenever the difference of two cells on one seed is as likely to be as
    large the other way round, however unequal their spreads are.

    Args:
        a: Errors by seed, any unit, [n].
        b: Those of the same seeds in the same order, [n].

    Returns:
        The two-sided p-value, a multiple of 2 to the power of -n.

    Raises:
        ValueError: As `dealt_p`.

    Source: R. A. Fisher (1935), The design of experiments.

    Example:
        >>> swapped_p([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 2.5, 3.25, 4.75, 5.5]) * 2**5
        2.0
    """
    first, second = _checked(a, b)
    differences = np.abs(first - second)
    seen, tie = abs(float((first - second).sum())), _TIE * float(differences.sum())
    if seen <= tie:
        return 1.0
    half = first.size // 2
    # A swap moves a sum of signed differences by twice the difference: from all, what is moved.
    kept, others = _all_sums(differences[:half]), _all_sums(differences[half:])
    reached = _pairs_reaching(kept, others, (float(differences.sum()) + seen - tie) / 2)
    return float(2 * reached / 2**first.size)


def _checked(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = checked_seeds(a, "a"), checked_seeds(b, "b")
    if first.size != second.size or first.size > MOST:
        raise ValueError(
            f"an exact p-value is of two cells with equally many seeds, at most {MOST}; got "
            f"{first.size} and {second.size}. Take the seeds that both have."
        )
    return first, second


def _all_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of all subsets, [2 to the power of n], in ascending order."""
    sums = np.zeros(1)
    for value in values:
        sums = _merged(sums, sums + value)
    return sums


def _sums_by_number(values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Sums of all subsets of 0, 1, ... n values, each list in ascending order."""
    none, sums = np.zeros(0), [np.zeros(1)]
    for value in values:
        sums = [
            _merged(without, with_one + value)
            for without, with_one in zip([*sums, none], [none, *sums], strict=True)
        ]
    return sums


def _merged(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two ascending lists as one: the stable sort finds that they are two, and merges them."""
    return np.sort(np.concatenate([one, other]), kind="stable")


def _pairs_reaching(one: NDArray[np.float64], other: NDArray[np.float64], least: float) -> int:
    """Return how many sums of an element of each, both ascending, are at least `least`."""
    return int((other.size - np.searchsorted(other, least - one)).sum())
