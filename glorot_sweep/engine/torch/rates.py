"""The learning rate and the weight decay of every slice of a pack, as they are in one update."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.parts.step_rules import StepRule
from glorot_sweep.specs import TrialSpec


@dataclass(frozen=True)
class _Layer:
    """One layer's [height, 1, 1]: as asked for in float64, and now, in the pack's precision."""

    rate: Tensor
    decay: Tensor
    rate_now: Tensor
    decay_now: Tensor
    lost_now: Tensor


class Rates:
    """What a schedule's factor makes of each trial's learning rate and weight decay.

    Args:
        rule: shared by all trials.
        network: the pack.
        trials: its trials; the weights of all of them decay, or of none.

    Attributes:
        decay: whether the weights decay.
        rates: learning rate of each slice of each layer [height, 1, 1].
        decays: what a weight is multiplied by to be added to its gradient, likewise.
        lost: the share of a weight that decoupled decay takes off it, likewise.
    """

    def __init__(self, rule: StepRule, network: PackedNetwork, trials: Sequence[TrialSpec]) -> None:
        self._scales_gradient, self._factor = rule.scales_gradient, 1.0
        self.decay = trials[0].variant.weight_decay > 0
        self._layers = [_layer(network, layer, trials) for layer in range(len(network.weights))]
        self._fill()

    @property
    def rates(self) -> list[Tensor]:
        """See the class; later factors change them in place."""
        return [layer.rate_now for layer in self._layers]

    @property
    def decays(self) -> list[Tensor]:
        """Likewise."""
        return [layer.decay_now for layer in self._layers]

    @property
    def lost(self) -> list[Tensor]:
        """Likewise."""
        return [layer.lost_now for layer in self._layers]

    def set_factor(self, factor: float) -> None:
        """Give all trials this share of their learning rates from now on."""
        if factor != self._factor:
            self._factor = factor
            self._fill()

    def _fill(self) -> None:
        """Round once what is made in double precision, as the native core does."""
        for layer in self._layers:
            rate = layer.rate * self._factor
            layer.lost_now.copy_(rate * layer.decay)
            if self._scales_gradient:  # which holds its share of the decay already
                layer.decay_now.copy_(layer.decay * self._factor)
            else:
                layer.rate_now.copy_(rate)


def _layer(network: PackedNetwork, layer: int, trials: Sequence[TrialSpec]) -> _Layer:
    def stacked(values: list[float]) -> Tensor:
        numbers = network.layout.stacked(values, layer, 0.0)
        return torch.tensor(numbers, dtype=torch.float64, device=network.device).view(-1, 1, 1)

    rate = stacked([trial.learning_rate for trial in trials])
    decay = stacked([trial.variant.weight_decay for trial in trials])
    now = [one.to(network.dtype, copy=True) for one in (rate, decay, rate)]
    return _Layer(rate, decay, *now)
