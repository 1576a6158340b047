"""The stepper for CPUs: networks trained by the native core, a whole chunk of updates at a time.

A thread takes one network through a chunk before the next, so its weights stay in the core's cache,
and threads never wait for each other. Nothing that a network becomes depends on its neighbours, on
the number of threads or on the kind of vectors.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.engine.choice import missing_form
from glorot_sweep.engine.native.library import load
from glorot_sweep.engine.native.memory import n_weights, trial_bytes
from glorot_sweep.engine.native.networks import NativeNetwork, structures
from glorot_sweep.engine.native.panels import Floats, aligned
from glorot_sweep.engine.native.pretraining import LayerDecoders
from glorot_sweep.engine.native.trace import take_trace
from glorot_sweep.engine.stepper import (
    Answers,
    ImageStream,
    NetworkState,
    Stepper,
    refuse_no_examples,
    whole_updates,
)
from glorot_sweep.engine.torch.initialization import inputs_seen
from glorot_sweep.engine.trace import Trace
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.torch import step_rules
from glorot_sweep.parts.torch.schedules import factors_of
from glorot_sweep.specs import PackSpec


class NativeStepper(Stepper):
    """Networks in float32 on a CPU; see `Stepper`.

    Attributes:
        networks: those of the trials still in training.

    Raises:
        ValueError: another device or precision, or a part that has no native form.
        NativeUnavailable: the core cannot be had on this machine.
    """

    leaves_torch_idle = True
    n_weights = staticmethod(n_weights)
    trial_bytes = staticmethod(trial_bytes)

    def __init__(
        self,
        spec: PackSpec,
        n_inputs: int,
        n_classes: int,
        images_of: ImageStream | None = None,
    ) -> None:
        super().__init__(spec, n_inputs, n_classes, images_of)
        if spec.device != "cpu" or spec.precision != "float32":
            raise ValueError(
                "the native engine trains in float32 on the CPU, got "
                f"{spec.precision} on {spec.device}"
            )
        for trial in spec.trials:
            if missing := missing_form(trial.variant):
                raise ValueError(f"{trial.key}: {missing}")
        self._core = load().functions
        self.networks = [
            NativeNetwork(
                trial, self.data_seeds.index(trial.data_seed), n_inputs, n_classes,
                inputs_seen(trial, images_of),
            )
            for trial in spec.trials
        ]  # fmt: skip
        self._schedule = SCHEDULES[spec.first.variant.schedule]
        self._decoders = LayerDecoders(self.networks)

    def update_chunk(self, images: Tensor, labels: Tensor) -> NDArray[np.float64]:
        """Do consecutive updates; see `Stepper`."""
        self._check(images, labels, streams=len(self.data_seeds))
        batch = self.trials[0].batch_size
        updates, losses, done = whole_updates(images, batch), [], 0
        self._decoders.forget()
        while done < updates:
            some = self._until_curvature(updates - done)
            part = slice(done * batch, (done + some) * batch)
            losses.append(self._update(images[:, part], labels[:, part], some))
            done += some
        return np.concatenate(losses)

    def pretrain_chunk(self, images: Tensor, layer: int) -> None:
        """Do consecutive updates of a hidden layer; see `Stepper`."""
        settings = self.trials[0].pretraining
        assert settings is not None
        self._check(images, streams=len(self.data_seeds))
        updates = whole_updates(images, self.trials[0].batch_size)
        first = self.pretrained - layer * settings.updates
        self._decoders.apply(self._core, images.contiguous(), layer, first, updates, _threads())
        self.pretrained += updates

    def answer(self, images: Tensor, labels: Tensor) -> Answers:
        """Return what the networks say; see `Stepper`."""
        self._check(images, labels)
        refuse_no_examples(images)
        images, labels, count = images.contiguous(), labels.contiguous(), len(self.networks)
        classes = np.empty((count, len(labels)), np.uint8)
        log_likelihoods = np.empty((count, len(labels)), np.float32)
        self._core.gs_answer(
            structures(self.networks, [0.0] * count), count, images.data_ptr(), labels.data_ptr(),
            len(labels), classes.ctypes.data, log_likelihoods.ctypes.data, _threads(),
        )  # fmt: skip
        with np.errstate(over="ignore", invalid="ignore"):  # of a trial that diverges
            sums = np.add.accumulate(log_likelihoods, axis=1, dtype=np.float64)[:, -1]
        return Answers(classes, sums)

    def trace(self, images: Tensor, labels: Tensor) -> Trace:
        """Return what examples leave in all layers; see `Stepper`."""
        self._check(images, labels)
        refuse_no_examples(images)
        return take_trace(self._core, self.networks, images.contiguous(), labels.contiguous())

    def state_of(self, trial: int) -> NetworkState:
        """Return a copy of a trial's state."""
        network = self.networks[trial]
        visible = self._decoders.bias_of(trial, self.pretrained)
        return NetworkState(network.layers(), network.estimates(), visible)

    def load(self, states: Sequence[NetworkState], updates: int, pretrained: int) -> None:
        """Go on from these states; see `Stepper`."""
        for network, state in zip(self.networks, states, strict=True):
            network.load(state.layers, state.estimates)
        self._decoders.restore([state.visible_bias for state in states])
        self.updates, self.pretrained = updates, pretrained

    def keep(self, trials: Sequence[int]) -> None:
        """Drop every trial but these; see `Stepper`."""
        self.trials = [self.trials[trial] for trial in trials]
        self.networks = [self.networks[trial] for trial in trials]
        self._decoders = self._decoders.keep(trials, self.networks)

    def take_curvature(self, update: int) -> None:
        """Take the diagonal of the Hessian; what is seen depends on the update alone."""
        assert self.images_of is not None
        rule, first = self.networks[0].rule, update * self.trials[0].batch_size
        examples = rule.curvature_examples
        images = torch.stack([self.images_of(seed, first, examples) for seed in self.data_seeds])
        diagonals: list[Floats] = [aligned(network.panels.count) for network in self.networks]
        places = np.array([diagonal.ctypes.data for diagonal in diagonals], np.uint64)
        self._core.gs_curvature(
            structures(self.networks, [0.0] * len(diagonals)), len(diagonals), places.ctypes.data,
            images.data_ptr(), examples, _threads(),
        )  # fmt: skip
        for network, diagonal in zip(self.networks, diagonals, strict=True):
            network.take_curvature(diagonal, update // rule.curvature_every)

    def _check(
        self, images: Tensor, labels: Tensor | None = None, streams: int | None = None
    ) -> None:
        """Refuse what would let the core read beyond the end: it believes what it is told.

        Args:
            images: 8-bit [n, inputs], or [streams, n, inputs].
            labels: of these.
            streams: how many there must be; None: the images have no such dimension.
        """
        leading = () if streams is None else (streams,)
        *outer, n_inputs = images.shape
        if images.dtype != torch.uint8 or tuple(outer[:-1]) != leading or n_inputs != self.n_inputs:
            raise ValueError(
                f"8-bit images {[*leading, 'n', self.n_inputs]} are needed, got "
                f"{images.dtype} {list(images.shape)}"
            )
        if labels is None:
            return
        if labels.dtype != torch.int64 or labels.shape != images.shape[:-1]:
            raise ValueError(
                f"labels must be int64 {outer}, got {labels.dtype} {list(labels.shape)}"
            )
        if not labels.numel():
            return
        lowest, highest = (int(end) for end in labels.aminmax())
        if lowest < 0 or highest >= self.n_classes:
            raise ValueError(
                f"labels must be classes 0 .. {self.n_classes - 1}, got {lowest} .. {highest}"
            )

    def _until_curvature(self, updates: int) -> int:
        """Take a diagonal if one is due; return how many of the updates come before the next."""
        every = self.networks[0].rule.curvature_every
        if not every:
            return updates
        if self.updates % every == 0:
            self.take_curvature(self.updates)
        return min(updates, every - self.updates % every)

    def _update(self, images: Tensor, labels: Tensor, updates: int) -> NDArray[np.float64]:
        images, labels, count = images.contiguous(), labels.contiguous(), len(self.networks)
        losses = np.empty((updates, count))
        factors = factors_of(self._schedule, self.updates, updates, self.trials[0].updates)
        described = structures(self.networks, [n.update_scale() for n in self.networks])
        self._core.gs_train(
            described, count, images.data_ptr(), labels.data_ptr(), self.n_inputs,
            self.trials[0].batch_size, updates, self.updates, 1 - step_rules.DECAY,
            factors.ctypes.data, losses.ctypes.data, _threads(),
        )  # fmt: skip
        self.updates += updates
        return losses


def _threads() -> int:
    """As many as torch would use: one setting for both engines."""
    return torch.get_num_threads()
