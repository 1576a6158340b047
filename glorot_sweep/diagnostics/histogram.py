"""Histograms with a range of each trial's own."""

import torch
from torch import Tensor


def histogram(values: Tensor, low: Tensor, high: Tensor, bins: int) -> Tensor:
    """Count into equal bins, each closed below and the last one above too.

    Args:
        values: [T, ...], one trial a row; float32 or float64.
        low: lower end of each trial's range [T].
        high: its upper end [T].
        bins: number of bins.

    Returns:
        Shares [T, bins] of all values, in float64. What lies outside the range is in no bin, so
        the shares of a trial may sum to less than 1. Within rounding of an edge a value may be
        counted on the other side.

    Raises:
        ValueError: A range is empty.

    Example:
        >>> z = torch.tensor([[-1.0, 0.5, 1.0, 7.0]])
        >>> histogram(z, torch.tensor([-1.0]), torch.tensor([1.0]), 4).tolist()
        [[0.25, 0.0, 0.0, 0.5]]
    """
    if not bool((low < high).all()):
        raise ValueError("every histogram needs a range whose low end is below its high end")
    rows = values.double().flatten(1)
    ranges = zip(rows, low.tolist(), high.tolist(), strict=True)
    counts = [torch.histc(row, bins, start, stop) for row, start, stop in ranges]
    return torch.stack(counts) / rows.shape[1]
