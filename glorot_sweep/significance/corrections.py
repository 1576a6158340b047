"""Correction of p-values, and of levels, for the number of comparisons."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values by Holm's step-down method.

    Rejecting where the adjusted value is at most alpha keeps the chance of any false rejection
    in the family at alpha or below, however the tests depend on each other.

    Args:
        p_values: Shape [n_comparisons], each in [0, 1]; may be empty.

    Returns:
        Adjusted values, shape [n_comparisons], in the order given. The i-th smallest p (i = 0,
        1, ...) is multiplied by n_comparisons - i, raised to its predecessor where it would fall
        below, and clipped at 1.

    Raises:
        ValueError: For another shape, or a value outside [0, 1] (NaN included).

    Source: S. Holm (1979), "A simple sequentially rejective multiple test procedure",
    Scandinavian Journal of Statistics 6, 65-70.

    Example:
        >>> holm([0.01, 0.04, 0.03]).round(12).tolist()
        [0.03, 0.06, 0.06]
    """
    raw = np.asarray(p_values, dtype=np.float64)
    if raw.ndim != 1 or not ((raw >= 0) & (raw <= 1)).all():  # NaN fails both comparisons
        raise ValueError(
            f"p_values must be a list of numbers in [0, 1]; got {raw.tolist()}. "
            "Leave out a comparison that could not be made."
        )
    ascending = np.argsort(raw, kind="stable")
    scaled = raw[ascending] * np.arange(raw.size, 0, -1)
    adjusted = np.empty_like(raw)
    adjusted[ascending] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def holm_levels(p_values: ArrayLike, level: float) -> NDArray[np.float64]:
    """Return the level at which Holm's method tests each comparison.

    Each rejected one is tested at the level of its own step, all others at that of the step at
    which the method stopped. So an interval of confidence 1 minus that leaves out 0 exactly where
    its comparison is rejected. Each covers its own difference at least as often as 1 - `level`;
    that all of them do at once is not promised.

    Args:
        p_values: Shape [n_comparisons], each in [0, 1]; may be empty.
        level: Of the whole family, in (0, 1).

    Returns:
        Levels, shape [n_comparisons]: level / n for the smallest p, level / (n - 1) for the next.

    Raises:
        ValueError: See `holm`.

    Example:
        >>> holm_levels([0.001, 0.2, 0.03], 0.06).tolist()
        [0.02, 0.06, 0.03]
        >>> holm_levels([0.001, 0.2, 0.04], 0.06).tolist()
        [0.02, 0.03, 0.03]
    """
    rejected = holm(p_values) <= level
    raw = np.asarray(p_values, dtype=np.float64)
    steps = np.empty(raw.size, dtype=np.int64)
    steps[np.argsort(raw, kind="stable")] = np.arange(raw.size)
    stopped = int(rejected.sum())
    levels: NDArray[np.float64] = level / (raw.size - np.where(rejected, steps, stopped))
    return levels
