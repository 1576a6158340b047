"""Updates of one hidden layer of a pack as a denoising autoencoder, one after another."""

from collections.abc import Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.engine.inputs import INPUT_SPANS, scale_pixels
from glorot_sweep.engine.torch.autoencoder import PackedAutoencoder
from glorot_sweep.engine.torch.masking_noise import MaskingNoise
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.streams import Streams
from glorot_sweep.specs import TrialSpec


class LayerPretraining:
    """Trains one hidden layer of those trials of a pack that have it.

    Args:
        network: the pack.
        trials: its trials; all of them are pre-trained.
        data_seeds: the distinct streams, in the order in which chunks hold them.
        layer: the hidden layer, from 0.
    """

    def __init__(
        self,
        network: PackedNetwork,
        trials: Sequence[TrialSpec],
        data_seeds: Sequence[int],
        layer: int,
    ) -> None:
        first, layout = trials[0], network.layout
        self.network, self.layer = network, layer
        self.batch, self.input_scaling = first.batch_size, first.input_scaling
        span = INPUT_SPANS[first.input_scaling]
        self.autoencoder = PackedAutoencoder(network, layer, first.batch_size, span)
        members = [trials[i] for i in layout.order[: self.autoencoder.members]]
        self.noise = MaskingNoise(
            [trial.weight_seed for trial in members],
            [trial.pretraining.noise for trial in members if trial.pretraining],
            layer,
            (first.batch_size, self.autoencoder.inputs),
            network.device,
        )
        self.streams = Streams(network, layer, trials, data_seeds)
        own = [trial.pretraining.learning_rate for trial in trials if trial.pretraining]
        rates = layout.stacked([rate / first.batch_size for rate in own], layer, 0.0)
        self._scale = network.weights[0].new_tensor(rates).view(-1, 1, 1)

    def apply(self, images: Tensor, first: int) -> int:
        """Do the updates of a chunk of this layer, and return how many they are.

        Args:
            images: see `Stepper.pretrain_chunk`.
            first: number of its first update, counted from 0 for each layer.
        """
        updates = images.shape[1] // self.batch
        for update in range(updates):
            part = slice(update * self.batch, (update + 1) * self.batch)
            x = scale_pixels(images[:, part], self.network.dtype, self.input_scaling)
            hidden = self.noise.hidden(first + update)
            self.autoencoder.update(self.streams.for_each(x), hidden, self._scale)
        return updates

    def visible_bias(self, trial: int) -> NDArray[Any] | None:
        """Return the bias of a trial's decoder [inputs]; None if the trial has no such layer."""
        position = self.network.layout.position(trial)
        if position >= self.autoencoder.members:
            return None
        bias: NDArray[Any] = self.autoencoder.visible_biases[position, 0].cpu().numpy().copy()
        return bias

    def restore(self, visible_biases: Sequence[NDArray[Any] | None]) -> None:
        """Go on with these, one for each trial."""
        for trial, stored in enumerate(visible_biases):
            if stored is not None:
                position = self.network.layout.position(trial)
                self.autoencoder.visible_biases[position, 0].copy_(torch.from_numpy(stored))
