"""Steps with a learning rate of its own for each parameter: rate / (estimate + damping).

The estimate is the diagonal of the Hessian (Y. LeCun, L. Bottou, G. Orr, K.-R. Muller, Efficient
BackProp, 1998) or the variance of the batch gradient. Only operations that round once are used, one
after another: an element then gets the same bits at any place in a stack, which a fused
multiply-add in one half of a loop would not promise.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

LEAST_SHARE = 0.5  # of the newest diagonal in the running mean; the first ones share equally
DECAY = 0.999  # of the gradient's running mean and variance


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
