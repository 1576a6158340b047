"""The Gaussian kernel exp(-gamma |x - y|^2) between 8-bit images with pixels in [0, 1]."""

import torch
from torch import Tensor

BLOCK = 4096  # images turned into floating point at once
LEVELS = 255.0  # grey level v stands for v / 255


def squared_distances(images: Tensor, centres: Tensor) -> Tensor:
    """Return |x - y|^2 for every image x and centre y, pixels in [0, 1].

    Sums of products of grey levels are whole numbers below 2**53, so those are exact and the
    distances differ from the true ones by one rounding, in whatever blocks they are made.

    Args:
        images: 8-bit grey levels [n, inputs].
        centres: likewise [m, inputs].

    Returns:
        float64 [n, m].
    """
    found = torch.empty(len(images), len(centres), dtype=torch.float64)
    for start in range(0, len(centres), BLOCK):
        some = centres[start : start + BLOCK].to(torch.float64)
        lengths = (some * some).sum(1)
        for first in range(0, len(images), BLOCK):
            rows = images[first : first + BLOCK].to(torch.float64)
            part = found[first : first + BLOCK, start : start + BLOCK]
            torch.add((rows * rows).sum(1)[:, None], lengths, out=part)
            part.addmm_(rows, some.T, alpha=-2)
    return found.div_(LEVELS**2)


def kernel_of(distances: Tensor, gamma: float) -> Tensor:
    """Turn squared distances into the kernel, in place.

    Example:
        >>> kernel_of(torch.tensor([[0.0, 2.0]]), gamma=0.5)
        tensor([[1.0000, 0.3679]])
    """
    return distances.mul_(-gamma).exp_()
