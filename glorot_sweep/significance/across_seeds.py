"""Chance from the seed: test and interval over replicates' test errors."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from glorot_sweep.significance.comparison import (
    INTERVAL_LEVEL,
    Comparison,
    Moments,
    checked_seeds,
    moments,
    ratio,
    t_interval,
    t_p_value,
)


@dataclass(frozen=True)
class MeanInterval:
    """Mean over seeds with its confidence interval, in the unit of the values."""

    mean: float
    low: float
    high: float
    level: float
    n_seeds: int


def welch(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Welch's t-test of two cells over their replicates: unequal variances, two-sided.

    If neither cell has any spread, p is 1 for equal means and 0 for different ones (statistic
    and effect size 0 or infinite, n_a + n_b - 2 degrees of freedom, an interval of length 0).

    Args:
        a: Test errors in percent, one per seed, shape [n_seeds_a].
        b: Likewise, shape [n_seeds_b].

    Returns:
        The comparison. Its effect size is Hedges' g: the difference over the pooled standard
        deviation (variances weighted by n - 1), times the exact small-sample correction J. Its
        interval uses Welch's own standard error and degrees of freedom.

    Raises:
        ValueError: For fewer than two seeds in a cell, or a value that is not finite.

    Source: B. L. Welch (1947), Biometrika 34, 28-35; L. V. Hedges (1981), Journal of Educational
    Statistics 6, 107-128.

    Example:
        >>> result = welch([27.0, 27.4, 27.2], [15.5, 15.9, 15.4])
        >>> f"{result.difference:.2f} points, t({result.degrees_of_freedom:.2f})"
        '11.60 points, t(3.72)'
    """
    first, second = moments(checked_seeds(a, "a")), moments(checked_seeds(b, "b"))
    difference = first.mean - second.mean
    square_a, square_b = first.variance / first.n, second.variance / second.n
    standard_error = math.sqrt(square_a + square_b)
    freedom = _welch_freedom(first, second)
    statistic = ratio(difference, standard_error)
    return Comparison(
        test="Welch t-test over seeds",
        statistic=statistic,
        degrees_of_freedom=freedom,
        p_value=t_p_value(statistic, freedom),
        effect_size=_hedges_g(first, second),
        effect_name="Hedges' g",
        difference=difference,
        interval=t_interval(difference, standard_error, freedom),
    )


def mean_interval(values: ArrayLike, level: float = INTERVAL_LEVEL) -> MeanInterval:
    """Student's t interval of the mean over seeds.

    Args:
        values: One value per seed, shape [n_seeds], any unit (test errors: percent).
        level: Confidence, strictly between 0 and 1.

    Returns:
        Mean and interval in the unit of `values`; of length 0 if all seeds agree.

    Raises:
        ValueError: For fewer than two seeds, a value that is not finite, or a level outside
            (0, 1).

    Example:
        >>> found = mean_interval([15.0, 16.0, 17.0])
        >>> f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"
        '16.00 [13.52, 18.48]'
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1; got {level}. Use 0.95.")
    sample = moments(checked_seeds(values, "values"))
    standard_error = math.sqrt(sample.variance / sample.n)
    low, high = t_interval(sample.mean, standard_error, sample.n - 1, level)
    return MeanInterval(mean=sample.mean, low=low, high=high, level=level, n_seeds=sample.n)


def percent_interval(errors: ArrayLike) -> MeanInterval:
    """Student's t interval of a mean error over seeds, cut to what an error can be.

    A mean error lies within 0 and 100 percent, so what is cut off holds it never: the interval
    covers the mean exactly as often as before.

    Args:
        errors: One error per seed in percent, shape [n_seeds].

    Returns:
        As `mean_interval`, at the level of 95 %.

    Raises:
        ValueError: For fewer than two seeds, or an error outside [0, 100].

    Example:
        >>> found = percent_interval([1.0, 2.0])
        >>> f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"
        '1.50 [0.00, 7.85]'
    """
    values = checked_seeds(errors, "errors")
    if values.min() < 0 or values.max() > 100:
        raise ValueError(f"an error must lie in [0, 100] percent; got {values.tolist()}.")
    whole = mean_interval(values)
    return replace(whole, low=max(whole.low, 0.0), high=min(whole.high, 100.0))


def _welch_freedom(first: Moments, second: Moments) -> float:
    """Welch-Satterthwaite degrees of freedom; the pooled n_a + n_b - 2 without any spread."""
    square_a, square_b = first.variance / first.n, second.variance / second.n
    if square_a + square_b == 0:
        return float(first.n + second.n - 2)
    # Shares of the variance instead of its squares, which underflow for tiny spreads.
    share_a, share_b = square_a / (square_a + square_b), square_b / (square_a + square_b)
    return 1 / (share_a**2 / (first.n - 1) + share_b**2 / (second.n - 1))


def _hedges_g(first: Moments, second: Moments) -> float:
    """Standardized difference, unbiased for normal values of equal variance."""
    freedom = first.n + second.n - 2
    pooled = ((first.n - 1) * first.variance + (second.n - 1) * second.variance) / freedom
    # J = Gamma(m / 2) / (sqrt(m / 2) Gamma((m - 1) / 2)), Hedges' equation 6e
    log_gammas = special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)
    correction = float(np.exp(log_gammas)) / math.sqrt(freedom / 2)
    return correction * ratio(first.mean - second.mean, math.sqrt(pooled))
