"""Steps with a learning rate of its own for each parameter: rate / (estimate + damping).

The estimate is the diagonal of the Hessian (Y. LeCun, L. Bottou, G. Orr, K.-R. Muller, Efficient
BackProp, 1998) or the variance of the batch gradient. Both lie stacked as the weights do. Only
operations that round once are used, one after another: an element then gets the same bits at any
place in a stack, which a fused multiply-add in one half of a loop would not promise.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from glorot_sweep.engine.torch.layout import SMALLEST_STACK
from glorot_sweep.engine.torch.packed import PackedNetwork

PIECE = 2**18  # numbers of a layer that are changed at once on a CPU: they stay in its cache
LEAST_SHARE = 0.5  # of the newest diagonal in the running mean; the first ones share equally
DECAY = 0.999  # of the gradient's running mean and variance

LayerState = list[tuple[Tensor, Tensor]]
"""What is kept for the weights [fan_in, fan_out] and the biases [fan_out] of each layer."""


@dataclass(frozen=True)
class _Part:
    """Some slices of a layer: what is changed, and what it is changed by."""

    slices: slice
    values: Tensor
    kept: tuple[Tensor, ...]
    buffers: tuple[Tensor, ...]
    rate: Tensor
    damping: Tensor


class StepRule(nn.Module, ABC):
    """How the parameters of a pack follow their gradients.

    Args:
        network: the pack whose parameters are changed.
        rates: learning rate of each trial.
        dampings: of each trial, positive.

    Attributes:
        stored: names of what must outlive an interruption, for each parameter.
    """

    stored: tuple[str, ...]
    derived: tuple[str, ...] = ()
    n_buffers = 1

    def __init__(
        self, network: PackedNetwork, rates: Sequence[float], dampings: Sequence[float]
    ) -> None:
        super().__init__()
        self._network, self._rates, self._dampings = (network,), tuple(rates), tuple(dampings)
        self._parts: list[tuple[list[_Part], _Part]] = []
        for name in (*self.stored, *self.derived):
            for layer, (weight, bias) in enumerate(
                zip(network.weights, network.biases, strict=True)
            ):
                self.register_buffer(f"{name}_weight_{layer}", torch.zeros_like(weight))
                self.register_buffer(f"{name}_bias_{layer}", torch.zeros_like(bias))

    @property
    def network(self) -> PackedNetwork:
        """The pack; held so that it is no part of this module."""
        return self._network[0]

    def begin(self, update: int) -> None:
        """Get ready for one update of all layers, counted from 0."""

    @abstractmethod
    def settle(self) -> None:
        """Bring what follows from the stored estimates up to date."""

    def descend(self, layer: int, below: Tensor, delta: Tensor) -> None:
        """Do the step of one layer.

        Args:
            layer: counted from 0; the output layer is the last.
            below: what enters the layer [height, batch, fan_in].
            delta: dCost/ds, averaged over the batch [height, batch, fan_out].
        """
        if not self._parts:
            self._parts = self._make_parts()
        weights, bias = self._parts[layer]
        for part in weights:
            entering = below[part.slices].transpose(1, 2)
            torch.bmm(entering, delta[part.slices], out=part.buffers[0])
            self._step(part)
        torch.sum(delta, 1, keepdim=True, out=bias.buffers[0])
        self._step(bias)

    @abstractmethod
    def _step(self, part: _Part) -> None:
        """Change some values by their gradient, which is in the first buffer."""

    def stacks(self, name: str) -> tuple[list[Tensor], list[Tensor]]:
        """Return what is kept under a name for all weights and biases, as stacks."""
        layers = range(len(self.network.weights))
        return (
            [self.get_buffer(f"{name}_weight_{layer}") for layer in layers],
            [self.get_buffer(f"{name}_bias_{layer}") for layer in layers],
        )

    def state_of(self, trial: int) -> dict[str, LayerState]:
        """Return views of what is stored for one trial, unpadded."""
        return {name: self.network.views(trial, *self.stacks(name)) for name in self.stored}

    def keep(self, network: PackedNetwork, trials: Sequence[int]) -> "StepRule":
        """Return the rule of a smaller pack of these trials, with copies of their state."""
        rates = [self._rates[trial] for trial in trials]
        kept = type(self)(network, rates, [self._dampings[trial] for trial in trials])
        for new, old in enumerate(trials):
            kept.load(new, self.state_of(old))
        kept.settle()
        return kept

    def load(self, trial: int, state: dict[str, LayerState]) -> None:
        """Take over what was stored for a trial; `settle` must follow."""
        for name, layers in self.state_of(trial).items():
            for ours, theirs in zip(layers, state[name], strict=True):
                for tensor, values in zip(ours, theirs, strict=True):
                    tensor.copy_(values)

    def per_slice(self, height: int) -> tuple[Tensor, Tensor]:
        """Return rate and damping of each slice of a stack [height, 1, 1]; an idle one rests."""
        order = self.network.layout.order[:height]
        idle = height - len(order)
        rates = [self._rates[trial] for trial in order] + [0.0] * idle
        dampings = [self._dampings[trial] for trial in order] + [1.0] * idle
        like = self.network.weights[0]
        return (like.new_tensor(rates).view(-1, 1, 1), like.new_tensor(dampings).view(-1, 1, 1))

    def _make_parts(self) -> list[tuple[list[_Part], _Part]]:
        network = self.network
        layers = list(zip(network.weights, network.biases, strict=True))
        cuts = [_slices(weight) for weight, _ in layers]
        largest = max(
            weight[part].numel()
            for (weight, _), parts in zip(layers, cuts, strict=True)
            for part in parts
        )
        buffers = [network.weights[0].new_zeros(largest) for _ in range(self.n_buffers)]
        kept = [self.stacks(name) for name in (*self.derived, *self.stored)]
        return [
            (
                [
                    self._part(weight, [k[0][layer] for k in kept], buffers, part)
                    for part in cuts[layer]
                ],
                self._part(bias, [k[1][layer] for k in kept], buffers, slice(0, len(bias))),
            )
            for layer, (weight, bias) in enumerate(layers)
        ]

    def _part(
        self, values: Tensor, kept: list[Tensor], buffers: list[Tensor], slices: slice
    ) -> _Part:
        rate, damping = self.per_slice(len(values))
        own = values[slices]
        views = tuple(buffer[: own.numel()].view(own.shape) for buffer in buffers)
        mine = tuple(stack[slices] for stack in kept)
        return _Part(slices, own, mine, views, rate[slices], damping[slices])


class HessianRule(StepRule):
    """The estimate is a running mean of diagonals of the Hessian, taken now and then."""

    stored, derived = ("curvature",), ("step",)

    def take(self, weights: Sequence[Tensor], biases: Sequence[Tensor], number: int) -> None:
        """Bring a new diagonal into the running mean.

        Args:
            weights: the diagonal, stacked as the weights are; overwritten.
            biases: the same for the biases.
            number: of the diagonal, counted from 0; the first one replaces the start.
        """
        share = max(1 / (number + 1), LEAST_SHARE)
        means = self.stacks("curvature")
        for mean, new in zip((*means[0], *means[1]), (*weights, *biases), strict=True):
            mean.add_(new.sub_(mean).mul_(share))
        self.settle()

    def settle(self) -> None:
        """Compute rate / (curvature + damping)."""
        means, steps = self.stacks("curvature"), self.stacks("step")
        for mean, step in zip((*means[0], *means[1]), (*steps[0], *steps[1]), strict=True):
            rate, damping = self.per_slice(len(mean))
            torch.add(mean, damping, out=step)
            torch.div(rate, step, out=step)

    def _step(self, part: _Part) -> None:
        gradient, step = part.buffers[0], part.kept[0]
        part.values.sub_(gradient.mul_(step))


class GradientVarianceRule(StepRule):
    """The estimate is the running variance of the batch gradient.

    Mean and variance are plain ones of all updates until there have been 1 / (1 - `DECAY`) of
    them, and exponentially weighted ones from then on (D. H. D. West, 1979).
    """

    stored = ("mean", "variance")
    n_buffers = 3
    _share = 1.0

    def begin(self, update: int) -> None:
        """Note the weight that this update's gradient has."""
        self._share = max(1 / (update + 1), 1 - DECAY)

    def settle(self) -> None:
        """Nothing follows from mean and variance that is kept."""

    def _step(self, part: _Part) -> None:
        (gradient, change, deviation), (mean, variance) = part.buffers, part.kept
        torch.sub(gradient, mean, out=deviation)
        torch.mul(deviation, self._share, out=change)
        mean.add_(change)
        variance.add_(change.mul_(deviation)).mul_(1 - self._share)
        torch.add(variance, part.damping, out=change)
        part.values.sub_(gradient.div_(change).mul_(part.rate))


RULES: dict[str, type[StepRule]] = {
    "gradient_variance": GradientVarianceRule,
    "hessian": HessianRule,
}


def _slices(weight: Tensor) -> list[slice]:
    """Cut a stack into parts of two slices or more, as few on a GPU, small ones on a CPU."""
    height, one = len(weight), weight[0].numel()
    count = max(SMALLEST_STACK, PIECE // one) if weight.device.type == "cpu" else height
    starts = range(0, max(height - 1, 1), count)
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], height], strict=True)]
