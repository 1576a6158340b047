"""Numbers that come with chance: a mean over seeds, or a combination of means, and its interval."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from glorot_sweep.significance.comparison import moments


@dataclass(frozen=True)
class Estimate:
    """A number with the interval that its spread over seeds gives it.

    Attributes:
        value: the best guess, as it is told.
        low_center, high_center: what the ends of the interval are counted from, on the scale on
            which it is made. They differ only where some numbers are known up to a bound.
        standard_error: of the centers; None if a mean is over one seed alone, which has no spread.
        freedom: degrees of freedom of Student's t (Welch and Satterthwaite's).
        told: from the scale on which the interval is made to that on which it is told.
    """

    value: float
    low_center: float
    high_center: float
    standard_error: float | None
    freedom: float
    told: Callable[[float], float] = float

    def interval(self, level: float) -> tuple[float, float] | None:
        """Return Student's interval of this confidence; None without any spread to judge by."""
        if self.standard_error is None:
            return None
        half = 0.0
        if self.standard_error > 0:
            half = float(stats.t.isf((1 - level) / 2, self.freedom)) * self.standard_error
        return self.told(self.low_center - half), self.told(self.high_center + half)


def combined(value: float, parts: Iterable[tuple[ArrayLike, float]]) -> Estimate:
    """Return an estimate of a function of means over independent seeds.

    Args:
        value: the function of the means.
        parts: for each mean its values [seeds] and the function's slope along it; for a sum of
            means these are the factors.

    Example:
        >>> low, high = combined(2.0, [([5.0, 6.0, 7.0], 1), ([3.0, 4.0, 5.0], -1)]).interval(0.95)
        >>> f"[{low:.2f}, {high:.2f}]"
        '[-0.27, 4.27]'
    """
    squares, shares = [], []
    for values, slope in parts:
        sample = np.asarray(values, dtype=np.float64)
        if sample.size < 2:
            return Estimate(value, value, value, None, math.inf)
        own = moments(sample)
        squares.append(slope**2 * own.variance / own.n)
        shares.append(own.n - 1)
    return Estimate(value, value, value, math.sqrt(sum(squares)), _freedom(squares, shares))


def mean_over_seeds(values: ArrayLike) -> Estimate:
    """Return the mean of one number a seed."""
    sample = np.asarray(values, dtype=np.float64)
    return combined(float(sample.mean()), [(sample, 1.0)])


def mean_ratio(ratios: Sequence[float] | NDArray[np.float64]) -> Estimate:
    """Return the geometric mean of positive ratios, one a seed; its interval is made of logs."""
    return bounded_mean_ratio(ratios, ratios)


def bounded_mean_ratio(
    lows: Sequence[float] | NDArray[np.float64], highs: Sequence[float] | NDArray[np.float64]
) -> Estimate:
    """Return the geometric mean of ratios of which some are known up to a bound.

    Args:
        lows: the least that each seed's ratio can be [seeds]; 0 if nothing is known.
        highs: the most; infinite if nothing is known.

    The value told is that of the lows where these are known, else that of the highs.

    Example:
        >>> open_end = bounded_mean_ratio([2.0, 2.2, 2.1], [2.0, 2.2, math.inf])
        >>> low, high = open_end.interval(0.95)
        >>> f"{open_end.value:.2f} [{low:.2f}, {high:.2f}]"
        '2.10 [1.86, inf]'
    """
    with np.errstate(divide="ignore"):
        least, most = (np.log(np.asarray(own, dtype=np.float64)) for own in (lows, highs))
    known = least if np.isfinite(least).all() else most
    value = math.exp(known.mean()) if np.isfinite(known).all() else math.nan
    if len(least) < 2:
        return Estimate(value, -math.inf, math.inf, None, math.inf)
    errors = [
        math.sqrt(moments(own).variance / len(own))
        for own in (least, most)
        if np.isfinite(own).all()
    ]
    centers = [float(own.mean()) if np.isfinite(own).all() else end
               for own, end in ((least, -math.inf), (most, math.inf))]  # fmt: skip
    low, high = centers
    error = max(errors, default=0.0)
    return Estimate(value, low, high, error, len(least) - 1, _exponential)


def _exponential(x: float) -> float:
    return math.inf if x > 700 else math.exp(x)


def _freedom(squares: Sequence[float], shares: Sequence[int]) -> float:
    """Welch and Satterthwaite's degrees of freedom; all of them where nothing varies."""
    total = sum(squares)
    if total == 0:
        return float(sum(shares))
    # Shares of the variance instead of its squares, which underflow for tiny spreads.
    return 1 / sum((square / total) ** 2 / n for square, n in zip(squares, shares, strict=True))
