"""From 8-bit grey levels to the inputs of networks."""

import torch
from torch import Tensor

INPUT_SPANS = {"unit": (0.0, 1.0), "symmetric": (-1.0, 1.0)}
"""Smallest and largest input of each scaling; see `scale_pixels`."""


def scale_pixels(images: Tensor, dtype: torch.dtype, scaling: str = "unit") -> Tensor:
    """Return grey levels as a network's inputs.

    Args:
        images: 8-bit grey levels v.
        dtype: precision of the inputs.
        scaling: `unit`: v / 255, in [0, 1]; `symmetric`: v / 127.5 - 1, in [-1, 1].

    Example:
        >>> scale_pixels(torch.tensor([0, 255], dtype=torch.uint8), torch.float32, "symmetric")
        tensor([-1.,  1.])
    """
    if scaling == "symmetric":
        return images.to(dtype).div_(127.5).sub_(1)
    return images.to(dtype).div_(255)
