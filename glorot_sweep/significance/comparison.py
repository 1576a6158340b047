"""What every test of two cells returns, and the steps of a t-test, which several share."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

INTERVAL_LEVEL: Final = 0.95
"""Confidence level of every `Comparison.interval`."""

LEVEL: Final = 0.005
"""Significance level where none is given."""

N_EXAMPLES: Final = 10_000
"""Test examples where none are given: as MNIST and CIFAR-10 have them."""


@dataclass(frozen=True)
class Comparison:
    """Outcome of a two-sided test of cell a against cell b.

    Every sign reads "a minus b": positive means that a has the higher error.

    Attributes:
        test: Name of the test.
        statistic: t or z; infinite if the difference has no spread at all.
        degrees_of_freedom: Of the t distribution; infinite for a z-test.
        p_value: Two-sided, uncorrected.
        effect_size: Size of the difference without unit; what it is, `effect_name` says.
        effect_name: "Hedges' g", "d_z" or "Cohen's h".
        difference: Error of a minus error of b, in percentage points.
        interval: 95 % confidence interval of `difference`, (low, high), in percentage points.
    """

    test: str
    statistic: float
    degrees_of_freedom: float
    p_value: float
    effect_size: float
    effect_name: str
    difference: float
    interval: tuple[float, float]

    @property
    def shown_interval(self) -> tuple[float, float]:
        """`interval`, cut to what a difference of two errors can be: -100 to 100 points."""
        return _possible(self.interval)

    def interval_at(self, level: float) -> tuple[float, float]:
        """Return the interval of `difference` at confidence 1 - `level`, cut to -100 to 100.

        Args:
            level: Of the test that it belongs to, in (0, 1).
        """
        error, freedom = self.standard_error, self.degrees_of_freedom
        return _possible(t_interval(self.difference, error, freedom, 1 - level))

    @property
    def reversed(self) -> "Comparison":
        """The same comparison as b minus a."""
        low, high = self.interval
        return replace(
            self,
            statistic=0.0 - self.statistic,  # of a tie 0.0, not -0.0
            effect_size=0.0 - self.effect_size,
            difference=0.0 - self.difference,
            interval=(0.0 - high, 0.0 - low),
        )

    @property
    def standard_error(self) -> float:
        """Standard error of the difference, in percentage points: what `interval` is made of."""
        low, high = self.interval
        return (high - low) / 2 / float(stats.t.isf((1 - INTERVAL_LEVEL) / 2,
                                                    self.degrees_of_freedom))  # fmt: skip


def _possible(interval: tuple[float, float]) -> tuple[float, float]:
    """Cut an interval to what a difference of two errors can be."""
    low, high = interval
    return max(low, -100.0), min(high, 100.0)


@dataclass(frozen=True)
class Moments:
    """Size, mean and unbiased variance (divisor n - 1) of one sample."""

    n: int
    mean: float
    variance: float


def moments(values: NDArray[np.float64]) -> Moments:
    """Moments of a sample [n], n >= 2; of a constant one exactly its value and 0.

    Without the exception the rounding of the mean gives [0.1, 0.1, 0.1] a tiny variance, and a
    difference without spread would be tested against rounding noise.
    """
    if values.min() == values.max():
        return Moments(values.size, float(values[0]), 0.0)
    return Moments(values.size, float(values.mean()), float(values.var(ddof=1)))


def checked_seeds(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """`values` as a finite float64 array [n_seeds] with n_seeds >= 2.

    Raises:
        ValueError: For another shape, fewer than two seeds, or a value that is not finite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size < 2:
        raise ValueError(
            f"{name} must hold the errors of at least two seeds, shape [n_seeds]; "
            f"got shape {list(array.shape)}. Run more replicates."
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} must be finite; got {array.tolist()}. "
            "Count a diverged replicate at the majority class's error, leave out a failed cell."
        )
    return array


def ratio(difference: float, scale: float) -> float:
    """Quotient of both; for scale 0 its limit: 0 for no difference, else a signed infinity."""
    if scale > 0:
        return difference / scale
    return 0.0 if difference == 0 else math.copysign(math.inf, difference)


def t_p_value(statistic: float, degrees_of_freedom: float) -> float:
    """Two-sided p of a t statistic; 0 for an infinite one."""
    return float(2 * stats.t.sf(abs(statistic), degrees_of_freedom))


def t_interval(
    center: float, standard_error: float, degrees_of_freedom: float, level: float = INTERVAL_LEVEL
) -> tuple[float, float]:
    """Interval `center` -+ t quantile times `standard_error`, as (low, high)."""
    half = float(stats.t.isf((1 - level) / 2, degrees_of_freedom)) * standard_error
    return center - half, center + half


def paired_t(differences: NDArray[np.float64], test: str) -> Comparison:
    """T-test of differences [n], n >= 2, in percentage points, against 0; `test` is its name."""
    found = moments(differences)
    standard_error, freedom = math.sqrt(found.variance / found.n), found.n - 1
    statistic = ratio(found.mean, standard_error)
    return Comparison(
        test=test,
        statistic=statistic,
        degrees_of_freedom=float(freedom),
        p_value=t_p_value(statistic, freedom),
        effect_size=ratio(found.mean, math.sqrt(found.variance)),
        effect_name="d_z",
        difference=found.mean,
        interval=t_interval(found.mean, standard_error, freedom),
    )
