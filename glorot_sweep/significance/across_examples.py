"""Chance from the test set: both cells' errors on the same examples, compared pairwise."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glorot_sweep.significance.comparison import Comparison, paired_t


def paired_examples(wrong_a: ArrayLike, wrong_b: ArrayLike) -> Comparison:
    """Paired t-test over test examples, two-sided.

    Each example's error is averaged over the seeds first, so that an example counts once however
    many seeds there are. The answer holds for these trained networks on further examples; what
    further seeds would do, `welch` tells.

    If all examples differ by the same amount, p is 1 for the amount 0 and 0 for any other
    (statistic and effect size 0 or infinite, an interval of length 0).

    Args:
        wrong_a: 1 (or True) where a network errs on an example, else 0, or the share of the
            networks of a group that do, shape [n_seeds_a, n_examples].
        wrong_b: Likewise for the same examples in the same order, shape [n_seeds_b, n_examples].

    Returns:
        The comparison, in percentage points. Its effect size is d_z: the mean over the standard
        deviation (divisor n_examples - 1) of the differences.

    Raises:
        ValueError: For other shapes, no seed, fewer than two examples, different numbers of
            examples, or values outside of 0 to 1.

    Example:
        >>> result = paired_examples([[1, 1, 1, 0]], [[1, 0, 0, 0]])
        >>> f"{result.difference:.0f} points, t({result.degrees_of_freedom:.0f})"
        '50 points, t(3)'
    """
    rates_a, rates_b = _error_rates(wrong_a, "wrong_a"), _error_rates(wrong_b, "wrong_b")
    if rates_a.size != rates_b.size:
        raise ValueError(
            "wrong_a and wrong_b must cover the same examples; "
            f"got {rates_a.size} and {rates_b.size}. Take both from one test set."
        )
    return paired_t(100 * (rates_a - rates_b), "paired t-test over examples")


def _error_rates(wrong: ArrayLike, name: str) -> NDArray[np.float64]:
    """Share of the seeds that err on each example, shape [n_examples]."""
    array = np.asarray(wrong, dtype=np.float64)
    if array.ndim != 2 or array.shape[0] < 1 or array.shape[1] < 2:
        raise ValueError(
            f"{name} must have shape [n_seeds, n_examples] with at least one seed and two "
            f"examples; got {list(array.shape)}. Stack the seeds on the first axis."
        )
    if not ((array >= 0) & (array <= 1)).all():
        raise ValueError(
            f"{name} must hold numbers from 0 (right) to 1 (wrong); got values from {array.min()} "
            f"to {array.max()}. Compare predictions with labels first."
        )
    rates: NDArray[np.float64] = array.mean(axis=0)
    return rates
