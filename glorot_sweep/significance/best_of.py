"""What the best of k random trials is worth: a result of a search against its budget."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glorot_sweep.significance.across_seeds import mean_interval
from glorot_sweep.significance.comparison import INTERVAL_LEVEL


@dataclass(frozen=True)
class BestOf:
    """Expected error of the best of 1, 2, ... trials.

    Attributes:
        mean: [most], the same unit as the errors.
        low, high: its interval at `level` for each number of trials by itself [most]; None of a
            single group, which does not tell how much another would differ.
        level: Confidence.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64] | None
    high: NDArray[np.float64] | None
    level: float


def expected_best(errors: ArrayLike, most: int) -> NDArray[np.float64]:
    """Return the mean, over all subsets of k trials, of the lowest error among them.

    It has no bias for any k: the i-th lowest of n errors is the best of a subset if the k - 1
    others are among the n - i worse ones.

    Args:
        errors: Of trials that were drawn independently, [n].
        most: The largest k, at most n.

    Returns:
        For k = 1 to `most`.

    Raises:
        ValueError: For more trials than there are, none, or an error that is not finite.

    Source: the estimate without replacement of J. Dodge et al. (2019), "Show your work",
    EMNLP, whose own formula draws with replacement and is too low.

    Example:
        >>> expected_best([4.0, 1.0, 7.0], 3).round(9).tolist()
        [4.0, 2.0, 1.0]
    """
    ordered = np.sort(np.asarray(errors, dtype=np.float64))
    n = len(ordered)
    if not 1 <= most <= n or not np.isfinite(ordered).all():
        raise ValueError(
            f"the best of {most} of {n} trials: there must be one or more, no more than there "
            "are, and finite errors."
        )
    k = np.arange(1, most + 1)
    share = k / n  # of the subsets of k, those whose best is the lowest error
    best = np.zeros(most)
    for i, error in enumerate(ordered, start=1):
        best += share * error
        share = share * np.maximum(n - i - k + 1, 0) / max(n - i, 1)
    return best


def best_of(groups: Sequence[ArrayLike], most: int, level: float = INTERVAL_LEVEL) -> BestOf:
    """Return the expected best of 1 to `most` trials of a group, with Student's interval.

    Trials of one group share their training examples, so that groups alone are independent of
    each other: each gives one number for each k, and the interval is that of their mean.

    Args:
        groups: Errors of the trials of each group.
        most: The largest number of trials, at most those of the smallest group.
        level: Confidence, in (0, 1).

    Raises:
        ValueError: For no group, a level that is none, or what `expected_best` refuses.

    Example:
        >>> found = best_of([[4.0, 1.0], [7.0, 2.0]], 2)
        >>> found.mean.round(9).tolist(), bool(found.low[1] <= found.high[1])
        ([3.5, 1.5], True)
    """
    if len(groups) == 0:
        raise ValueError("the best of a group's trials needs a group; there is none.")
    curves = np.array([expected_best(errors, most) for errors in groups])
    if len(curves) == 1:
        return BestOf(curves[0], None, None, level)
    found = [mean_interval(values, level) for values in curves.T]
    mean, low, high = np.array([(one.mean, one.low, one.high) for one in found]).T
    return BestOf(mean, low, high, level)
