"""Functions of tensors whose results have the same bits on every CPU.

PyTorch takes its own from the maker's library or from vector code for one family of CPUs, and each
rounds in its own way, square roots included. Sums, products and quotients are safe everywhere.
"""

import math

import numpy as np
import torch
from torch import Tensor

_LN_2 = 0.6931471805599453
_LARGEST = 64.0  # 2**-64 is lost beside 1
_SQUARINGS = 8
_SERIES = [1.0 / math.factorial(n) for n in range(11)]  # on [-0.174, 0] it errs by less than 2e-16


def square_root(x: Tensor) -> Tensor:
    """Return square roots, correctly rounded.

    Args:
        x: float32 or float64. On a CPU numpy computes, by the processor's own instruction.

    Example:
        >>> square_root(torch.tensor([2.0], dtype=torch.float64)).item() == math.sqrt(2)
        True
    """
    return torch.from_numpy(np.sqrt(x.numpy())) if x.device.type == "cpu" else x.sqrt()


def power_of_half(exponents: Tensor) -> Tensor:
    """Return 2**-x, to 1e-13 of it, by products and sums that round once each.

    Args:
        exponents: float64; below 0 they count as 0, above 64 as 64; NaN stays NaN.

    Example:
        >>> powers = power_of_half(torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64))
        >>> [round(y, 12) for y in powers.tolist()]
        [1.0, 0.5, 0.125]
    """
    x = exponents.clamp(0.0, _LARGEST).mul_(-_LN_2 / (1 << _SQUARINGS))
    power = x * _SERIES[-1]
    for coefficient in _SERIES[-2:0:-1]:
        power.add_(coefficient).mul_(x)
    power.add_(_SERIES[0])
    for _ in range(_SQUARINGS):
        power.mul_(power)
    return power
