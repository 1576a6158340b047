"""Hidden layers of a native pack as denoising autoencoders: what each needs besides its weights."""

import ctypes
from collections.abc import Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.engine.inputs import INPUT_SPANS
from glorot_sweep.engine.native.library import Decoder
from glorot_sweep.engine.native.networks import NativeNetwork, structures
from glorot_sweep.engine.native.panels import Floats, aligned
from glorot_sweep.engine.torch.masking_noise import noise_bound, noise_key
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.splitmix import mix64


class LayerDecoders:
    """The decoders of the layer in pre-training, one for each network that has the layer.

    Args:
        networks: of the pack.
    """

    def __init__(self, networks: Sequence[NativeNetwork]) -> None:
        self.networks = networks
        self.forget()

    def forget(self) -> None:
        """Give the decoders up: no layer is in pre-training."""
        self._layer: int | None = None
        self._biases: list[Floats | None] = [None] * len(self.networks)

    def restore(self, biases: Sequence[NDArray[Any] | None]) -> None:
        """Go on with these biases, one for each network."""
        self.forget()
        self._biases = [None if bias is None else _copied(bias) for bias in biases]

    def keep(self, trials: Sequence[int], networks: Sequence[NativeNetwork]) -> "LayerDecoders":
        """Return those of some networks."""
        kept = LayerDecoders(networks)
        kept._layer, kept._biases = self._layer, [self._biases[trial] for trial in trials]
        return kept

    def bias_of(self, trial: int, pretrained: int) -> NDArray[Any] | None:
        """Return the biases of a decoder amid a layer [inputs], None between two layers."""
        settings, bias = self.networks[trial].trial.pretraining, self._biases[trial]
        if settings is None or bias is None or pretrained % settings.updates == 0:
            return None
        return bias.copy()

    def apply(
        self,
        core: ctypes.CDLL,
        images: Tensor,
        layer: int,
        first: int,
        updates: int,
        threads: int,
    ) -> None:
        """Do consecutive updates of a layer.

        Args:
            core: the functions of the native core.
            images: 8-bit [streams, updates * batch, inputs].
            layer: hidden layer, from 0.
            first: number of the first update, counted from 0 for each layer.
            updates: how many.
            threads: that share the networks.
        """
        self._enter(layer)
        members = [i for i, n in enumerate(self.networks) if n.trial.depth > layer]
        networks = [self.networks[member] for member in members]
        decoders = [self._decoder(member, layer) for member in members]
        core.gs_pretrain(
            structures(networks, [_scale(network) for network in networks]),
            (Decoder * len(decoders))(*decoders), len(decoders), images.data_ptr(),
            networks[0].trial.batch_size, updates, first, layer, threads,
        )  # fmt: skip

    def _enter(self, layer: int) -> None:
        """Begin a layer with biases of 0, unless it has been begun or restored."""
        if self._layer is not None and self._layer != layer:
            self.forget()
        self._layer = layer
        for number, network in enumerate(self.networks):
            if self._biases[number] is None and network.trial.depth > layer:
                self._biases[number] = aligned(network.panels.sizes[layer])

    def _decoder(self, member: int, layer: int) -> Decoder:
        trial, bias = self.networks[member].trial, self._biases[member]
        assert trial.pretraining is not None
        assert bias is not None
        spans = INPUT_SPANS[trial.input_scaling], ACTIVATIONS[trial.variant.activation].asymptotes
        low, high = spans[layer > 0]
        key = mix64(torch.tensor([noise_key(trial.weight_seed, layer)])).item()
        bound = noise_bound(trial.pretraining.noise)
        return Decoder(key=key, bound=bound, low=low, high=high, visible=bias.ctypes.data)


def _scale(network: NativeNetwork) -> float:
    settings = network.trial.pretraining
    assert settings is not None
    return -settings.learning_rate / network.trial.batch_size


def _copied(values: NDArray[Any]) -> Floats:
    copy = aligned(len(values))
    copy[:] = values
    return copy
