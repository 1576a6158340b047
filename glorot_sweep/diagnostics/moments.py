"""Mean and standard deviation of everything a trial has in a layer."""

import math

import torch
from torch import Tensor


def moments(values: Tensor) -> tuple[Tensor, Tensor]:
    """Pool all but the first axis, in two passes of float64.

    Args:
        values: [T, ...], one trial a row; float32 or float64.

    Returns:
        Means [T] and standard deviations [T] in the unit of the values. The standard deviation
        divides by the number of values, as the pooled variances of Sec. 4.2 do.

    Example:
        >>> mean, std = moments(torch.tensor([[1.0, 3.0], [5.0, 5.0]]))
        >>> mean.tolist(), std.tolist()
        ([2.0, 5.0], [1.0, 0.0])
    """
    rows = values.to(torch.float64, copy=True).flatten(1)
    mean = row_means(rows)
    # A second pass keeps the digits that E[x^2] - E[x]^2 would lose to the mean. It is made in
    # place because fresh memory costs more than the arithmetic.
    norm = torch.linalg.vector_norm(_two(rows.sub_(mean.unsqueeze(1))), dim=1)[: len(rows)]
    return mean, norm / math.sqrt(rows.shape[1])


def row_means(rows: Tensor) -> Tensor:
    """Return the mean of each row [T, n]; the bits do not depend on the number of threads."""
    return _two(rows).mean(1)[: len(rows)]


def _two(rows: Tensor) -> Tensor:
    """Return rows, a lone one twice: torch sums a lone row in as many parts as it has threads."""
    return rows.expand(2, -1) if len(rows) == 1 else rows
