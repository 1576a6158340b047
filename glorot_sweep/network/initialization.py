"""Initial weights: Eq. (1), "standard", and Eq. (16), "normalized". Biases start at 0."""

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor


def standard_bound(fan_in: int, fan_out: int) -> float:  # noqa: ARG001
    """Return 1 / sqrt(fan_in), Eq. (1)."""
    return 1.0 / math.sqrt(fan_in)


def normalized_bound(fan_in: int, fan_out: int) -> float:
    """Return sqrt(6) / sqrt(fan_in + fan_out), Eq. (16)."""
    return math.sqrt(6.0) / math.sqrt(fan_in + fan_out)


BOUNDS: dict[str, Callable[[int, int], float]] = {
    "normalized": normalized_bound,
    "standard": standard_bound,
}


def initial_weights(initialization: str, sizes: list[int], seed: int) -> list[Tensor]:
    """Draw every weight matrix of one network, from the input upwards.

    Args:
        initialization: `standard` or `normalized`.
        sizes: units of each layer, input and output included.
        seed: seed of the draw; nothing else decides it.

    Returns:
        Matrices [fan_in, fan_out] in float64, so that every precision starts at the same point.

    Example:
        >>> first, second = initial_weights("standard", [4, 100, 2], seed=0)
        >>> bool(first.abs().max() <= 0.5), tuple(second.shape)
        (True, (100, 2))
    """
    generator = torch.Generator().manual_seed(seed)
    weights = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        bound = BOUNDS[initialization](fan_in, fan_out)
        draw = torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64)
        weights.append((2.0 * draw - 1.0) * bound)
    return weights
