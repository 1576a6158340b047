"""Chance from the seed, with what both cells share taken out: differences replicate by replicate.

Replicates of one number see the same training examples, whatever the variant. What those examples
do to both variants alike cancels in the difference, and with it a part of the spread.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from glorot_sweep.significance.comparison import Comparison, checked_seeds, paired_t

Seed = TypeVar("Seed", bound=Hashable)


def paired_seeds(a: Mapping[Seed, float], b: Mapping[Seed, float]) -> Comparison:
    """Paired t-test of two cells over the seeds that they share, two-sided.

    If all seeds differ by the same amount, p is 1 for the amount 0 and 0 for any other (statistic
    and effect size 0 or infinite, an interval of length 0).

    Args:
        a: Test error in percent by seed, or by whatever names what both cells share.
        b: Likewise for the same seeds, in any order.

    Returns:
        The comparison, in percentage points. Its effect size is d_z: the mean over the standard
        deviation (divisor n_seeds - 1) of the differences.

    Raises:
        ValueError: For other seeds in one cell than in the other, fewer than two, or a value that
            is not finite.

    Example:
        >>> result = paired_seeds({0: 27.0, 1: 29.5, 2: 28.0}, {0: 26.0, 1: 28.4, 2: 27.1})
        >>> f"{result.difference:.2f} points, t({result.degrees_of_freedom:.0f})"
        '1.00 points, t(2)'
    """
    if a.keys() != b.keys():
        raise ValueError(
            "cells that are paired by seed must have the same seeds; "
            f"got {_listed(a, b)} in one alone and {_listed(b, a)} in the other alone. "
            "Train the missing replicates, or choose the test welch."
        )
    first = checked_seeds(list(a.values()), "a")
    second = checked_seeds([b[seed] for seed in a], "b")
    return paired_t(first - second, "paired t-test over seeds")


def _listed(these: Mapping[Seed, float], those: Mapping[Seed, float]) -> str:
    """Name up to five seeds that only the first cell has."""
    alone = [str(seed) for seed in these if seed not in those]
    more = f" and {len(alone) - 5} more" if len(alone) > 5 else ""
    return (", ".join(alone[:5]) + more) or "none"
