"""Steps that follow more than the newest gradient.

The first two give each parameter a learning rate of its own, rate / (estimate + damping). The
estimate is the diagonal of the Hessian (Y. LeCun, L. Bottou, G. Orr, K.-R. Muller, Efficient
BackProp, 1998) or the variance of the batch gradient. The others keep running sums of gradients:
momentum, Nesterov's, Adam. Only operations that round once are used, one after another: an element
then gets the same bits at any place in a stack, which a fused multiply-add in one half of a loop
would not promise (`add_` with an `alpha` is one).
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

LEAST_SHARE = 0.5  # of the newest diagonal in the running mean; the first ones share equally
DECAY = 0.999  # of the gradient's running mean and variance
MOMENTUM = 0.9  # share of a velocity that is left after an update
MEAN_DECAY, SQUARE_DECAY = 0.9, 0.999  # of Adam's running means
LEAST_ROOT = 1e-8  # added to the root of Adam's mean square


@dataclass(frozen=True)
class Parameters:
    """Some parameters of several trials, and what belongs to each of them, all of one shape.

    Attributes:
        values: the parameters [trials, rows, columns], changed in place.
        gradient: of the mean cost of the batch; may be written over.
        spare: as many as `StepFunctions.n_spare` asks for; what they hold is lost.
        kept: what the rule keeps and derives, by the names that its row gives.
        rate: learning rate of each trial [trials, 1, 1].
        damping: of each trial [trials, 1, 1], positive.
    """

    values: Tensor
    gradient: Tensor
    spare: tuple[Tensor, ...]
    kept: Mapping[str, Tensor]
    rate: Tensor
    damping: Tensor


class StepFunctions(ABC):
    """What a step rule does; each function changes its arguments in place.

    What is kept and derived is 0 at the start.
    """

    n_spare = 0

    @abstractmethod
    def step(self, parameters: Parameters, update: int) -> None:
        """Change the values by their gradient, in an update counted from 0."""

    @abstractmethod
    def settle(self, parameters: Parameters) -> None:
        """Compute what is derived from what is kept; called whenever that was loaded."""

    def take_curvature(self, parameters: Parameters, diagonal: Tensor, number: int) -> None:
        """Take in a diagonal of the Hessian; of rules that ask for it.

        Args:
            parameters: their gradient means nothing here.
            diagonal: of these parameters; may be written over.
            number: of the diagonal, counted from 0.
        """
        raise NotImplementedError(f"{type(self).__name__} has no use for diagonals of the Hessian")


class Hessian(StepFunctions):
    """The estimate is a running mean of diagonals of the Hessian, taken now and then."""

    def step(self, parameters: Parameters, update: int) -> None:
        """Subtract the gradient times the step size."""
        parameters.values.sub_(parameters.gradient.mul_(parameters.kept["step"]))

    def settle(self, parameters: Parameters) -> None:
        """Compute rate / (curvature + damping)."""
        step = parameters.kept["step"]
        torch.add(parameters.kept["curvature"], parameters.damping, out=step)
        torch.div(parameters.rate, step, out=step)

    def take_curvature(self, parameters: Parameters, diagonal: Tensor, number: int) -> None:
        """Bring a new diagonal into the running mean; the first one replaces the start."""
        share, mean = max(1 / (number + 1), LEAST_SHARE), parameters.kept["curvature"]
        mean.add_(diagonal.sub_(mean).mul_(share))
        self.settle(parameters)


class GradientVariance(StepFunctions):
    """The estimate is the running variance of the batch gradient.

    Mean and variance are plain ones of all updates until there have been 1 / (1 - `DECAY`) of
    them, and exponentially weighted ones from then on (D. H. D. West, 1979).
    """

    n_spare = 2

    def settle(self, parameters: Parameters) -> None:
        """Nothing follows from mean and variance that is kept."""

    def step(self, parameters: Parameters, update: int) -> None:
        """Bring the gradient into mean and variance, then subtract it divided by the latter."""
        share = max(1 / (update + 1), 1 - DECAY)
        gradient, (change, deviation) = parameters.gradient, parameters.spare
        mean, variance = parameters.kept["mean"], parameters.kept["variance"]
        torch.sub(gradient, mean, out=deviation)
        torch.mul(deviation, share, out=change)
        mean.add_(change)
        variance.add_(change.mul_(deviation)).mul_(1 - share)
        torch.add(variance, parameters.damping, out=change)
        parameters.values.sub_(gradient.div_(change).mul_(parameters.rate))


class _WithoutDerived(StepFunctions):
    """A rule all of whose numbers are kept."""

    def settle(self, parameters: Parameters) -> None:
        """Nothing is derived."""


class Gradient(_WithoutDerived):
    """The step is the rate times the gradient: plain descent, where an engine cannot fold it."""

    def step(self, parameters: Parameters, update: int) -> None:
        """Subtract the gradient times the rate."""
        parameters.values.sub_(parameters.gradient.mul_(parameters.rate))


class Momentum(_WithoutDerived):
    """The step follows a sum of gradients that fade (B. T. Polyak, 1964).

    In the form of I. Sutskever et al. (2013) as PyTorch has it: the rate is that of the step, not
    of the sum, so that a schedule changes what earlier gradients do too.
    """

    def step(self, parameters: Parameters, update: int) -> None:
        """Bring the gradient into the velocity, then step along that."""
        gradient, velocity = parameters.gradient, parameters.kept["velocity"]
        velocity.mul_(MOMENTUM).add_(gradient)
        torch.mul(velocity, parameters.rate, out=gradient)
        parameters.values.sub_(gradient)


class Nesterov(_WithoutDerived):
    """The same, along where the velocity will have gone (Y. Nesterov, 1983), as PyTorch has it."""

    n_spare = 1

    def step(self, parameters: Parameters, update: int) -> None:
        """Bring the gradient into the velocity, then step along both."""
        gradient, velocity = parameters.gradient, parameters.kept["velocity"]
        velocity.mul_(MOMENTUM).add_(gradient)
        torch.mul(velocity, MOMENTUM, out=parameters.spare[0])
        parameters.values.sub_(gradient.add_(parameters.spare[0]).mul_(parameters.rate))


class Adam(_WithoutDerived):
    """The step is the mean gradient over the root of the mean square (D. Kingma, J. Ba, 2015)."""

    n_spare = 1

    def step(self, parameters: Parameters, update: int) -> None:
        """Bring the gradient into both means, then step by their quotient."""
        gradient, (step,) = parameters.gradient, parameters.spare
        mean, square = parameters.kept["mean"], parameters.kept["square"]
        of_mean, of_root = bias_corrections(update)
        torch.sub(gradient, mean, out=step)
        mean.add_(step.mul_(1 - MEAN_DECAY))
        square.mul_(SQUARE_DECAY).add_(gradient.mul_(gradient).mul_(1 - SQUARE_DECAY))
        torch.sqrt(square, out=gradient).mul_(of_root).add_(LEAST_ROOT)
        torch.div(mean, gradient, out=step)
        parameters.values.sub_(step.mul_(parameters.rate).mul_(of_mean))


@lru_cache(maxsize=2)
def bias_corrections(update: int) -> tuple[float, float]:
    """Return what makes up for Adam's means having begun at 0: of the mean, of the square's root.

    Args:
        update: counted from 0.

    Example:
        >>> bias_corrections(0)
        (10.000000000000002, 31.62277660168378)
    """
    of_mean = 1 / (1 - power(MEAN_DECAY, update + 1))
    return of_mean, math.sqrt(1 / (1 - power(SQUARE_DECAY, update + 1)))


def power(base: float, exponent: int) -> float:
    """Return a power by products in a fixed order; a C library's function rounds its own way."""
    result = 1.0
    while exponent:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result
