"""Correction of p-values for the number of comparisons."""

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
