"""Updates of the whole networks of a pack, one after another."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.torch.curvature import batch_of, hessian_diagonal
from glorot_sweep.engine.torch.descent import Descent, Stacks
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.engine.torch.streams import Streams
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.torch.schedules import factors_of
from glorot_sweep.specs import TrialSpec


class SupervisedUpdates:
    """Buffers for updates of one batch size, and what gives each slice its rate and stream.

    Args:
        network: the pack.
        descent: its steps.
        trials: its trials.
        data_seeds: the distinct streams, in the order in which chunks hold them.
    """

    def __init__(
        self,
        network: PackedNetwork,
        descent: Descent,
        trials: Sequence[TrialSpec],
        data_seeds: Sequence[int],
    ) -> None:
        first, layout = trials[0], network.layout
        self.network, self.descent = network, descent
        self.batch, self.input_scaling = first.batch_size, first.input_scaling
        self.passes = PackedPass(network, first.batch_size, first.variant.cost)
        self.streams = Streams(network, layout.depth, trials, data_seeds)
        self.schedule, self.all_updates = SCHEDULES[first.variant.schedule], first.updates
        rates = [rate / first.batch_size for rate in descent.signal_rates]
        like = network.weights[-1]
        stacked = layout.stacked(rates, layout.depth, 0.0)
        self._whole = like.new_tensor(stacked, dtype=torch.float64).view(-1, 1, 1)
        self._scale, self._factor = self._whole.to(network.dtype, copy=True), 1.0
        self._x, self._y = like.new_empty(0), like.new_empty(0)
        self._positions = [layout.position(trial) for trial in range(len(trials))]

    def apply(
        self, images: Tensor, labels: Tensor, first: int, before: Callable[[int], None]
    ) -> Tensor:
        """Do the updates of a chunk.

        Args:
            images: see `Stepper.update_chunk`.
            labels: the same.
            first: number of its first update, counted from 0.
            before: called before each update with its number.

        Returns:
            Costs in float64 [updates, trials].
        """
        targets = self._one_hot(labels)
        updates = labels.shape[1] // self.batch
        losses = targets.new_zeros(updates, *self.passes.log_probabilities.shape[:2])
        factors = factors_of(self.schedule, first, updates, self.all_updates).tolist()
        for update, factor in enumerate(factors):
            before(first + update)
            self._begin(first + update, factor)
            part = slice(update * self.batch, (update + 1) * self.batch)
            x = scale_pixels(images[:, part], self.network.dtype, self.input_scaling)
            x = self.streams.for_each(x, out=self._x)
            y = self.streams.for_each(targets[:, part], out=self._y)
            log_probabilities = self.passes.forward(x)
            self.passes.backward(y, self._scale, self.descent.descend)
            self.passes.cost.of_examples(log_probabilities, y, losses[update])
        return losses.double().mean(2)[:, self._positions]

    def _begin(self, update: int, factor: float) -> None:
        """Let an update have its share of the learning rates."""
        self.descent.begin(update, factor)
        if self.descent.scales_signal and factor != self._factor:
            self._scale.copy_(self._whole * factor)
            self._factor = factor

    def curvature(self, images: Tensor) -> Stacks:
        """Return the diagonal of the Hessian over 8-bit images [streams, n, inputs]."""
        batches = torch.split(images.to(self.network.device), batch_of(images.shape[1]), 1)
        scaled = (scale_pixels(one, self.network.dtype, self.input_scaling) for one in batches)
        return hessian_diagonal(self.network, (self.streams.for_each(x) for x in scaled))

    def _one_hot(self, labels: Tensor) -> Tensor:
        like = self.network.weights[-1]
        return like.new_zeros(*labels.shape, like.shape[2]).scatter_(-1, labels.unsqueeze(-1), 1)
