"""What the best of k random trials is worth: a result of a search against its budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glorot_sweep.significance.comparison import INTERVAL_LEVEL

DRAWS: Final = 2_000
"""Bootstrap samples where no number is given."""


@dataclass(frozen=True)
class BestOf:
    """Expected error of the best of 1, 2, ... trials.

    Attributes:
        mean: [most], the same unit as the errors.
        low, high: its interval at `level` for each number of trials by itself [most].
        level: Confidence.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
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
    shares = [
        [comb(n - i, k - 1) / comb(n, k) for i in range(1, n + 1)] for k in range(1, most + 1)
    ]
    best: NDArray[np.float64] = np.array(shares) @ ordered
    return best


def best_of(
    groups: Sequence[ArrayLike],
    most: int,
    generator: np.random.Generator,
    draws: int = DRAWS,
    level: float = INTERVAL_LEVEL,
) -> BestOf:
    """Return the expected best of 1 to `most` trials with a bootstrap interval.

    Groups are drawn again as wholes, since trials of one group share their training examples; of a
    single group its trials are.

    Args:
        groups: Errors of the trials of each group.
        most: The largest number of trials, at most those of the smallest group.
        generator: Of the bootstrap samples.
        draws: Their number.
        level: Confidence, in (0, 1).

    Raises:
        ValueError: For no group, no draw, or what `expected_best` refuses.

    Example:
        >>> found = best_of([[4.0, 1.0], [7.0, 2.0]], 2, np.random.default_rng(0))
        >>> found.mean.round(9).tolist(), bool(found.low[1] <= found.high[1])
        ([3.5, 1.833333333], True)
    """
    errors = [np.asarray(one, dtype=np.float64) for one in groups]
    if not errors or draws < 1 or not 0 < level < 1:
        raise ValueError(
            f"a band needs a group, a draw and a level within (0, 1); got {len(errors)} groups, "
            f"{draws} draws and {level}."
        )
    units = errors if len(errors) > 1 else [np.array([error]) for error in errors[0]]
    mean = expected_best(np.concatenate(errors), most)
    drawn = np.array([
        expected_best(np.concatenate([units[i] for i in chosen]), most)
        for chosen in generator.integers(len(units), size=(draws, len(units)))
    ])  # fmt: skip
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return BestOf(mean, low, high, level)
