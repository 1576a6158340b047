"""A plugin: an activation, an initialization, a step rule and a data set of one's own."""

import math
from pathlib import Path

import torch
from torch import Generator, Tensor

from glorot_sweep import (
    ActivationFunction,
    Examples,
    FiniteDataset,
    Parameters,
    StepFunctions,
    register_activation,
    register_dataset,
    register_initialization,
    register_step_rule,
)

FAR = 2.0**60  # s^2 stays finite; the function is 1 to the last bit from far below on


class InverseSquareRoot(ActivationFunction):
    """f(s) = s / sqrt(1 + s^2), with f'(s) = 1 / sqrt(1 + s^2)^3."""

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write f(s) into `z` and 1 / sqrt(1 + s^2) into `memo`."""
        torch.clamp(s, -FAR, FAR, out=z)
        torch.mul(z, z, out=memo)
        memo.add_(1.0).sqrt_().reciprocal_()
        z.mul_(memo)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write signal * memo^3 into `delta`."""
        torch.mul(signal, memo, out=delta)
        delta.mul_(memo).mul_(memo)


def triangular(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """Draw sums of two uniform numbers, of variance 1 / fan_in."""
    shape = (2, fan_in, fan_out)
    first, second = torch.rand(shape, generator=generator, dtype=torch.float64)
    weights: Tensor = (first + second - 1.0) * math.sqrt(6.0 / fan_in)
    return weights


class SignDescent(StepFunctions):
    """Every parameter moves by the learning rate, whatever the size of its gradient."""

    def step(self, parameters: Parameters, update: int) -> None:
        """Subtract the rate times the sign of the gradient."""
        parameters.values.sub_(parameters.gradient.sign_().mul_(parameters.rate))

    def settle(self, parameters: Parameters) -> None:
        """Nothing is derived: it keeps nothing."""


SIDE = 8  # pixels of an image's side
CLASSES = ("rows", "columns", "noise")


def load_stripes(_folder: Path) -> FiniteDataset:
    """Make images of bright rows, of bright columns, and of noise; nothing is read."""
    random = Generator().manual_seed(2010)

    def part(count: int) -> Examples:
        images = torch.randint(0, 128, (count, SIDE, SIDE), generator=random)
        labels = torch.randint(0, len(CLASSES), (count,), generator=random)
        images[labels == 0, ::2, :] += 20
        images[labels == 1, :, ::2] += 20
        return Examples(images.to(torch.uint8).flatten(1), labels)

    return FiniteDataset("stripes", part(600), part(200), part(200), CLASSES, (SIDE, SIDE, 1))


register_activation("inverse_square_root", InverseSquareRoot, asymptotes=(-1.0, 1.0))
register_initialization("triangular", triangular)
register_step_rule("sign_descent", SignDescent)
register_dataset("stripes", load_stripes)
