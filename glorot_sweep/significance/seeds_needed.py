"""What it would take: how many seeds decide a difference of the size that was seen.

For a difference with the spread that was seen, the power of a t-test at n seeds is the chance that
a noncentral t variable lies beyond the quantile of its level. The number wanted is the smallest n
with enough of it. Difference and spread are estimates from few seeds: the answer is a plan, not a
promise, and the true difference may be none.
"""

from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from glorot_sweep.significance.comparison import checked_seeds, moments

POWER: Final = 0.8
"""Chance to decide, if difference and spread are what was seen."""

MOST: Final = 100
"""Beyond so many seeds the answer is that the difference is too small for them."""

NODES: Final = 256
"""Of the quadrature, which is right to five decimals from one degree of freedom on."""

Noncentral = Callable[[int], tuple[float, float]]
"""From a number of seeds to noncentrality and degrees of freedom of t."""


def seeds_for_welch(a: ArrayLike, b: ArrayLike, level: float, power: float = POWER) -> int | None:
    """Return how many seeds each of two cells needs for Welch's test.

    At n seeds each, t has noncentrality d / sqrt((s_a^2 + s_b^2) / n) and Welch's degrees of
    freedom (n - 1) (s_a^2 + s_b^2)^2 / (s_a^4 + s_b^4).

    Args:
        a: Errors that were seen, percent, one per seed, shape [n_seeds_a].
        b: Likewise, shape [n_seeds_b].
        level: Of the two-sided test, in (0, 1).
        power: Chance to decide, in (0, 1).

    Returns:
        The smallest number with this power, at least 2; None: more than `MOST`.

    Raises:
        ValueError: For fewer than two seeds in a cell, a value that is not finite, or a level or
            power outside (0, 1).

    Source: J. Cohen (1988), Statistical power analysis for the behavioral sciences, 2nd ed., Ch. 2.

    Example:
        >>> seeds_for_welch([10.0, 11.0, 12.0], [9.0, 10.0, 11.0], level=0.05)
        17
    """
    first, second = moments(checked_seeds(a, "a")), moments(checked_seeds(b, "b"))
    together = first.variance + second.variance
    squares = first.variance**2 + second.variance**2
    share = together**2 / squares if squares else 2.0

    def noncentral(n: int) -> tuple[float, float]:
        return _over(first.mean - second.mean, together / n), (n - 1) * share

    return _smallest(noncentral, level, power)


def seeds_for_pairs(a: ArrayLike, b: ArrayLike, level: float, power: float = POWER) -> int | None:
    """Return how many pairs of seeds the paired t-test needs; as `seeds_for_welch`.

    At n pairs, t has noncentrality d / (s_d / sqrt(n)) and n - 1 degrees of freedom, s_d being the
    standard deviation of the differences.

    Args:
        a: Errors that were seen, percent, [n].
        b: Those of the same seeds in the same order, [n].
        level: Of the two-sided test, in (0, 1).
        power: Chance to decide, in (0, 1).

    Raises:
        ValueError: As `seeds_for_welch`, or for unlike numbers of seeds.
    """
    found = moments(checked_seeds(a, "a") - checked_seeds(b, "b"))

    def noncentral(n: int) -> tuple[float, float]:
        return _over(found.mean, found.variance / n), n - 1.0

    return _smallest(noncentral, level, power)


def _smallest(noncentral: Noncentral, level: float, power: float) -> int | None:
    for name, value in (("level", level), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must lie strictly between 0 and 1; got {value}.")
    counts = range(2, MOST + 1)  # power rises with the number
    place = bisect_left(counts, power, key=lambda n: _chance(*noncentral(n), level))
    return counts[place] if place < len(counts) else None


def _chance(noncentrality: float, freedom: float, level: float) -> float:
    """Chance that |t| is beyond its quantile q.

    t is (z + noncentrality) / u with a normal z and u the root of a chi-square over its degrees of
    freedom, so the chance is the mean over u of that of z beyond q u; scipy's own noncentral t has
    no value for large noncentralities.
    """
    quantile = float(stats.t.isf(level / 2, freedom))
    shares, weights = _nodes()
    scales = quantile * np.sqrt(special.chdtri(freedom, 1 - shares) / freedom)
    beyond = special.ndtr(noncentrality - scales) + special.ndtr(-noncentrality - scales)
    return float(weights @ beyond)


@cache
def _nodes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes and weights of Gauss and Legendre on the unit interval, [NODES] each."""
    places, weights = np.polynomial.legendre.leggauss(NODES)
    return (places + 1) / 2, weights / 2


def _over(difference: float, variance: float) -> float:
    """Size of a difference in standard errors: 0 for none, infinite for one without any spread."""
    if variance > 0:
        return float(abs(difference) / np.sqrt(variance))
    return float("inf") if difference else 0.0
