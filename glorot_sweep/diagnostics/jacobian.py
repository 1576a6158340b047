"""The layer Jacobian's singular values, Eq. (17)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Spectrum:
    """What singular values come to; the three means are those that Sec. 4.2.1 identifies.

    Attributes:
        mean, std: the standard deviation divides by the number of values.
        minimum, maximum: the extremes.
        rms: root of the mean square; its square is the ratio of variances across the layer.
        geometric_mean: the ratio of volumes, for each dimension; 0 if a singular value is 0.
    """

    mean: float
    std: float
    minimum: float
    maximum: float
    rms: float
    geometric_mean: float


def singular_values(weights: Tensor, derivatives: Tensor) -> Tensor:
    """Decompose J = W diag(f'), whose entry l, k is dz^(i+1)_k / dz^i_l.

    Args:
        weights: [T, fan_in, fan_out].
        derivatives: f'(s) of the units the weights lead to, for m examples [T, m, fan_out].

    Returns:
        Singular values [T, m, min(fan_in, fan_out)] in float64, each row from large to small.

    Example:
        >>> singular_values(torch.eye(2).unsqueeze(0), torch.tensor([[[0.5, 1.0]]])).tolist()
        [[[1.0, 0.5]]]
    """
    # One trial at a time: m Jacobians of a thousand units take 8 m megabytes.
    return torch.stack(
        [
            _decomposed(weight.double() * slopes.double().unsqueeze(1))
            for weight, slopes in zip(weights, derivatives, strict=True)
        ]
    )


def _decomposed(matrices: Tensor) -> Tensor:
    """Singular values of a stack of matrices.

    On the CPU each thread decomposes a matrix of its own. Threads that share one wait for each
    other at every column, which takes minutes beside another busy process.
    """
    if matrices.device.type != "cpu":
        return _svdvals(matrices)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(threads) as pool:
            return torch.stack(list(pool.map(_svdvals, matrices)))
    finally:
        torch.set_num_threads(threads)


def _svdvals(matrices: Tensor) -> Tensor:
    values: Tensor = torch.linalg.svdvals(matrices)
    return values


def spectrum(values: Tensor) -> Spectrum:
    """Pool singular values of any number of examples, given in any shape."""
    mean = values.mean()
    return Spectrum(
        mean=float(mean),
        std=float((values - mean).square().mean().sqrt()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        rms=float(values.square().mean().sqrt()),
        geometric_mean=float(values.log().mean().exp()),
    )
