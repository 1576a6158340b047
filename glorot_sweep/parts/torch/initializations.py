"""Draws of the first weights of a layer [fan_in, fan_out], in float64.

A draw has the same bits on every CPU: uniform numbers are whole numbers in disguise, and what is
done with them are sums, products, quotients and square roots that round once, in a fixed order.
"""

import math

import torch
from torch import Generator, Tensor

from glorot_sweep.parts.torch.normal_quantiles import normal_quantiles
from glorot_sweep.parts.torch.orthonormal import orthonormal_columns

WITHIN_TWO_DEVIATIONS = 0.9544997361036416  # the share of a normal law
DEVIATION_WITHIN_TWO = 0.8796256610342398  # the standard deviation of that share


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


def he_uniform(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw uniformly within sqrt(6 / fan_in), which has the variance of `he`."""
    return _uniform(fan_in, fan_out, generator) * math.sqrt(6.0 / fan_in)


def lecun_uniform(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw uniformly within sqrt(3 / fan_in): variance 1 / fan_in, three times that of Eq. (1).

    Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, "Efficient BackProp", 1998, Sec. 4.6.
    """
    return _uniform(fan_in, fan_out, generator) * math.sqrt(3.0 / fan_in)


def lecun_normal(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw with standard deviation 1 / sqrt(fan_in), by the same paper; it equals `gaussian`."""
    return gaussian(fan_in, fan_out, generator)


def xavier_normal(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw normally with the variance of Eq. (12), 2 / (fan_in + fan_out), as of Eq. (16)."""
    return _normal(fan_in, fan_out, generator) * math.sqrt(2.0 / (fan_in + fan_out))


def truncated_normal(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw from a normal law cut at two standard deviations; 1 / sqrt(fan_in) is what is left.

    As TensorFlow's `VarianceScaling(1.0, "fan_in", "truncated_normal")`, which its `lecun_normal`
    is, and JAX's: the law before the cut is wider by the constant, so that after it the standard
    deviation is that of `lecun_normal`.
    """
    signed = _signed(fan_in, fan_out, generator) * WITHIN_TWO_DEVIATIONS
    normals = torch.from_numpy(normal_quantiles(signed.numpy())).view(fan_in, fan_out)
    return normals / (DEVIATION_WITHIN_TWO * math.sqrt(fan_in))


def orthogonal(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw orthonormal columns, or rows where there are fewer of them, uniformly.

    A. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", ICLR 2014.
    """
    normals = _normal(min(fan_in, fan_out), max(fan_in, fan_out), generator)
    columns = torch.from_numpy(orthonormal_columns(normals.numpy()))
    return columns if fan_in >= fan_out else columns.T.contiguous()


def _uniform(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Uniform on [-1, 1), multiples of 2**-52: 53 bits of the Mersenne twister for each."""
    return 2.0 * torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64) - 1.0


def _normal(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Normal with standard deviation 1, by inversion; `torch.randn` takes logs and cosines."""
    signed = _signed(fan_in, fan_out, generator)
    return torch.from_numpy(normal_quantiles(signed.numpy())).view(fan_in, fan_out)


def _signed(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Uniform draws in a row, half a step beyond `_uniform`, exactly.

    So they lie symmetrically about 0, and none is at 0 or at an end.
    """
    return (_uniform(fan_in, fan_out, generator) + 2.0**-53).flatten()
