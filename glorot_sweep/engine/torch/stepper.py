"""The stepper for any device and any part: stacks of weights, one batched product a layer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.stepper import (
    Answers,
    ImageStream,
    Layers,
    NetworkState,
    Stepper,
    refuse_no_examples,
    whole_updates,
)
from glorot_sweep.engine.torch import memory
from glorot_sweep.engine.torch.answering import answers
from glorot_sweep.engine.torch.descent import Descent, LayerViews, make_descent
from glorot_sweep.engine.torch.initialization import inputs_seen
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.pretraining import LayerPretraining
from glorot_sweep.engine.torch.supervised import SupervisedUpdates
from glorot_sweep.engine.torch.trace import take_trace
from glorot_sweep.engine.trace import Trace
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.specs import PackSpec, TrialSpec

PRECISIONS = {"float32": torch.float32, "float64": torch.float64}


class TorchStepper(Stepper):
    """Packed networks in torch; see `Stepper`.

    Attributes:
        network: the weights.
        descent: how they follow their gradients.
    """

    n_weights = staticmethod(memory.n_weights)
    trial_bytes = staticmethod(memory.trial_bytes)

    def __init__(
        self,
        spec: PackSpec,
        n_inputs: int,
        n_classes: int,
        images_of: ImageStream | None = None,
    ) -> None:
        super().__init__(spec, n_inputs, n_classes, images_of)
        self.device, self.rule = torch.device(spec.device), STEP_RULES[spec.first.variant.step_rule]
        self.network = PackedNetwork(
            [architecture(trial) for trial in spec.trials],
            n_inputs,
            n_classes,
            spec.first.widths or spec.first.width,
            PRECISIONS[spec.precision],
            self.device,
        )
        self.network.initialize(lambda trial: inputs_seen(spec.trials[trial], images_of))
        self.descent = self._make_descent()
        self._supervised: SupervisedUpdates | None = None
        self._pretraining: LayerPretraining | None = None
        self._visible_biases: list[NDArray[Any] | None] = [None] * len(self.trials)

    @torch.no_grad()
    def update_chunk(self, images: Tensor, labels: Tensor) -> NDArray[np.float64]:
        """Do consecutive updates; see `Stepper`."""
        whole_updates(images, self.trials[0].batch_size)
        self._pretraining = None
        losses = self._prepared().apply(images, labels, self.updates, self._before)
        self.updates += len(losses)
        found: NDArray[np.float64] = losses.cpu().numpy()
        return found

    @torch.no_grad()
    def pretrain_chunk(self, images: Tensor, layer: int) -> None:
        """Do consecutive updates of a hidden layer; see `Stepper`."""
        settings = self.trials[0].pretraining
        assert settings is not None
        whole_updates(images, self.trials[0].batch_size)
        prepared = self._prepared_layer(layer)
        self.pretrained += prepared.apply(images, self.pretrained - layer * settings.updates)

    def answer(self, images: Tensor, labels: Tensor) -> Answers:
        """Return what the networks say; see `Stepper`."""
        refuse_no_examples(images)
        return answers(self.network, images, labels, self.trials[0].input_scaling)

    def trace(self, images: Tensor, labels: Tensor) -> Trace:
        """Return what examples leave in all layers; see `Stepper`."""
        refuse_no_examples(images)
        first, device = self.trials[0], self.device
        x = scale_pixels(images.to(device), self.network.dtype, first.input_scaling)
        return take_trace(self.network, x, labels.to(device), first.variant.cost)

    def state_of(self, trial: int) -> NetworkState:
        """Return a copy of a trial's state."""
        kept = self.descent.kept_of(trial)
        return NetworkState(
            _arrays(self.network.layers_of(trial)),
            {name: _arrays(layers) for name, layers in kept.items()},
            self._visible_bias(trial),
        )

    @torch.no_grad()
    def load(self, states: Sequence[NetworkState], updates: int, pretrained: int) -> None:
        """Go on from these states; see `Stepper`."""
        for trial, state in enumerate(states):
            for ours, stored in zip(self.network.layers_of(trial), state.layers, strict=True):
                for tensor, values in zip(ours, stored, strict=True):
                    tensor.copy_(torch.from_numpy(values))
            kept = {name: _tensors(layers) for name, layers in state.estimates.items()}
            self.descent.load(trial, kept)
        self.descent.settle()
        self._visible_biases = [state.visible_bias for state in states]
        self._pretraining = None
        self.updates, self.pretrained = updates, pretrained

    @torch.no_grad()
    def keep(self, trials: Sequence[int]) -> None:
        """Drop every trial but these; see `Stepper`."""
        kept = [self.descent.kept_of(trial) for trial in trials]
        self._visible_biases = [self._visible_bias(trial) for trial in trials]
        self.network = self.network.keep(trials)
        self.trials = [self.trials[trial] for trial in trials]
        self.descent = self._make_descent()
        for trial, theirs in enumerate(kept):
            self.descent.load(trial, theirs)
        self.descent.settle()
        self._supervised = self._pretraining = None

    def take_curvature(self, update: int) -> None:
        """Take the diagonal of the Hessian; what is seen depends on the update alone."""
        first = update * self.trials[0].batch_size
        images = self._images(first, self.rule.curvature_examples)
        diagonal = self._prepared().curvature(images)
        self.descent.take_curvature(diagonal, update // self.rule.curvature_every)

    def _before(self, update: int) -> None:
        every = self.rule.curvature_every
        if every and update % every == 0:
            self.take_curvature(update)

    def _images(self, first: int, count: int) -> Tensor:
        """Training images of every stream [streams, count, inputs]."""
        assert self.images_of is not None
        return torch.stack([self.images_of(seed, first, count) for seed in self.data_seeds])

    def _make_descent(self) -> Descent:
        return make_descent(self.rule, self.network, self.trials)

    def _prepared(self) -> SupervisedUpdates:
        if self._supervised is None:
            self._supervised = SupervisedUpdates(
                self.network, self.descent, self.trials, self.data_seeds
            )
        return self._supervised

    def _prepared_layer(self, layer: int) -> LayerPretraining:
        """Buffers of the layer in pre-training; those of the one before are given up."""
        if self._pretraining is None or self._pretraining.layer != layer:
            self._pretraining = LayerPretraining(self.network, self.trials, self.data_seeds, layer)
            self._pretraining.restore(self._visible_biases)
            self._visible_biases = [None] * len(self.trials)
        return self._pretraining

    def _visible_bias(self, trial: int) -> NDArray[Any] | None:
        """The decoder's bias of a layer that is not yet finished."""
        if self._pretraining is None:
            return self._visible_biases[trial]
        settings = self.trials[trial].pretraining
        is_between = settings is not None and self.pretrained % settings.updates == 0
        return None if is_between else self._pretraining.visible_bias(trial)


def architecture(trial: TrialSpec) -> Architecture:
    """Return what a trial contributes to a pack's networks."""
    variant = trial.variant
    return Architecture(variant.activation, variant.initialization, trial.depth, trial.weight_seed)


def _tensors(layers: Layers) -> LayerViews:
    return [(torch.from_numpy(weight), torch.from_numpy(bias)) for weight, bias in layers]


def _arrays(layers: LayerViews) -> Layers:
    return tuple(
        (weight.cpu().numpy().copy(), bias.cpu().numpy().copy()) for weight, bias in layers
    )
