"""Initial weights of a network. Biases start at 0."""

import itertools

import torch
from torch import Tensor

from glorot_sweep.parts.initializations import INITIALIZATIONS


def initial_weights(initialization: str, sizes: list[int], seed: int) -> list[Tensor]:
    """Draw every weight matrix of one network, from the input upwards.

    Args:
        initialization: name in `INITIALIZATIONS`.
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
    draw = INITIALIZATIONS[initialization].draw
    return [draw(n, m, generator) for n, m in itertools.pairwise(sizes)]
