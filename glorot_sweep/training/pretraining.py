"""Pre-training of a pack: one hidden layer after another as a denoising autoencoder."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from glorot_sweep.data.datamodule import Chunk
from glorot_sweep.data.dataset import scale_pixels
from glorot_sweep.engine.torch.autoencoder import PackedAutoencoder
from glorot_sweep.engine.torch.masking_noise import MaskingNoise
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.specs import TrialSpec

INPUT_SPANS = {"unit": (0.0, 1.0), "symmetric": (-1.0, 1.0)}  # see `scale_pixels`

VisibleBias = NDArray[Any] | None
"""A decoder's bias [inputs]; None for a trial that has no such layer."""


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
        data_seeds: list[int],
        layer: int,
    ) -> None:
        self.network, self.layer = network, layer
        first = trials[0]
        assert first.pretraining is not None
        self.layer_updates, self.batch = first.pretraining.updates, first.batch_size
        self.input_scaling = first.input_scaling
        span = INPUT_SPANS[first.input_scaling]
        self.autoencoder = PackedAutoencoder(network, layer, first.batch_size, span)
        members = [trials[i] for i in network.layout.order[: self.autoencoder.members]]
        settings = [trial.pretraining for trial in members if trial.pretraining]
        self.noise = MaskingNoise(
            [trial.weight_seed for trial in members],
            [one.noise for one in settings],
            layer,
            (first.batch_size, self.autoencoder.inputs),
            network.device,
        )
        idle = network.layout.height(layer) - len(members)
        rates = [one.learning_rate / first.batch_size for one in settings] + [0.0] * idle
        streams = [data_seeds.index(trial.data_seed) for trial in members] + [0] * idle
        scale = torch.tensor(rates, dtype=network.dtype, device=network.device)
        self._scale = scale.view(-1, 1, 1)
        self._streams = torch.tensor(streams, device=network.device)
        self._is_one_stream = len(data_seeds) == 1

    def apply(self, chunk: Chunk) -> None:
        """Apply every update of a chunk of this layer."""
        first = chunk.first_update - self.layer * self.layer_updates
        for update in range(chunk.updates):
            part = slice(update * self.batch, (update + 1) * self.batch)
            x = scale_pixels(chunk.images[:, part], self.network.dtype, self.input_scaling)
            if not self._is_one_stream:  # each trial its own stream
                x = torch.index_select(x, 0, self._streams)
            self.autoencoder.update(x, self.noise.hidden(first + update), self._scale)

    def visible_bias(self, trial: int) -> VisibleBias:
        """Return the bias of a trial's decoder, for a checkpoint."""
        place = self.network.layout.position(trial)
        if place >= self.autoencoder.members:
            return None
        return np.ascontiguousarray(self.autoencoder.visible_biases[place, 0].cpu().numpy())

    def restore(self, visible_biases: Sequence[VisibleBias]) -> None:
        """Go on with these, one for each trial."""
        for trial, stored in enumerate(visible_biases):
            if stored is not None:
                place = self.network.layout.position(trial)
                self.autoencoder.visible_biases[place, 0].copy_(torch.from_numpy(stored))
