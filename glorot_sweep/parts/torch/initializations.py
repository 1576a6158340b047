"""Draws of the first weights of a layer [fan_in, fan_out], in float64."""

import math

import torch
from torch import Generator, Tensor


def standard_bound(fan_in: int) -> float:
    """Return 1 / sqrt(fan_in), Eq. (1)."""
    return 1.0 / math.sqrt(fan_in)


def normalized_bound(fan_in: int, fan_out: int) -> float:
    """Return sqrt(6) / sqrt(fan_in + fan_out), Eq. (16)."""
    return math.sqrt(6.0) / math.sqrt(fan_in + fan_out)


def standard(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw uniformly within the bound of Eq. (1)."""
    return _uniform(fan_in, fan_out, generator) * standard_bound(fan_in)


def normalized(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw uniformly within the bound of Eq. (16)."""
    return _uniform(fan_in, fan_out, generator) * normalized_bound(fan_in, fan_out)


def gaussian(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw with standard deviation 1 / sqrt(fan_in), which fulfills Eq. (10)."""
    return _normal(fan_in, fan_out, generator) / math.sqrt(fan_in)


def unit_gaussian(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw with standard deviation 1 whatever the fan-in: the one that saturates."""
    return _normal(fan_in, fan_out, generator)


def he(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw with standard deviation sqrt(2 / fan_in), which keeps E[z^2] of rectifiers.

    K. He et al., "Delving deep into rectifiers", ICCV 2015, Eq. (10).
    """
    return _normal(fan_in, fan_out, generator) * math.sqrt(2.0 / fan_in)


def orthogonal(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw orthonormal columns, or rows where there are fewer of them, uniformly.

    A. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", ICLR 2014. The signs of R make the draw uniform: F. Mezzadri, Notices of the AMS
    54 (2007).
    """
    q, r = _decomposed(_normal(max(fan_in, fan_out), min(fan_in, fan_out), generator))
    q = q * r.diagonal().sign()
    return q if fan_in >= fan_out else q.T.contiguous()


def _uniform(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Uniform on [-1, 1)."""
    return 2.0 * torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64) - 1.0


def _normal(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    return torch.randn(fan_in, fan_out, generator=generator, dtype=torch.float64)


def _decomposed(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Q and R, on one thread: their last bits depend on how many there are."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        q, r = torch.linalg.qr(matrix)
        return q, r
    finally:
        torch.set_num_threads(threads)
