"""What every stepper offers: it holds the networks of a pack and applies updates to them.

Trials are numbered in the order in which they were given, whatever order a stepper has them in.
Images come in as 8-bit tensors; numbers go out as arrays.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.engine.trace import Trace
from glorot_sweep.specs import PackSpec, TrialSpec

Layers = tuple[tuple[NDArray[Any], NDArray[Any]], ...]
"""Weights [fan_in, fan_out] and biases [fan_out] of each layer, or what belongs to these."""

ImageStream = Callable[[int, int, int], Tensor]
"""`images_of(data_seed, first, count)`: 8-bit training images [count, inputs] of a stream."""


@dataclass(frozen=True)
class NetworkState:
    """One trial's network in the middle of its training.

    Attributes:
        layers: weights and biases.
        estimates: what the step rule keeps for each parameter, by name.
        visible_bias: decoder's bias [inputs] of the layer that is being pre-trained; None if the
            trial is not amid a layer.
    """

    layers: Layers
    estimates: Mapping[str, Layers] = field(default_factory=dict)
    visible_bias: NDArray[Any] | None = None


@dataclass(frozen=True)
class Answers:
    """What the networks of a pack say to some examples.

    Attributes:
        classes: the most probable class [trials, n].
        log_likelihoods: log-probability of the label, summed over the examples [trials], nats.
    """

    classes: NDArray[np.uint8]
    log_likelihoods: NDArray[np.float64]


def whole_updates(images: Tensor, batch: int) -> int:
    """Return how many updates a chunk is.

    Args:
        images: [streams, n, inputs].
        batch: examples of an update.

    Raises:
        ValueError: the chunk has no update, or ends amid one.
    """
    examples = images.shape[1]
    if not examples or examples % batch:
        raise ValueError(
            f"a chunk is one or more whole updates of {batch} examples, got {examples} examples"
        )
    return examples // batch


def refuse_no_examples(images: Tensor) -> None:
    """Refuse to ask networks about nothing.

    Args:
        images: [n, inputs].

    Raises:
        ValueError: n is 0.
    """
    if not len(images):
        raise ValueError("networks are asked about one or more examples, got none")


class Stepper(ABC):
    """Networks of a pack, and what is done to them.

    Args:
        spec: the pack; its trials begin with the weights that their seeds give.
        n_inputs, n_classes: of the data set.
        images_of: training images, for a step rule that must see some before an update.

    Attributes:
        n_classes: of the data set.
        trials: those still in training.
        data_seeds: the distinct streams, in the order in which chunks hold them.
        updates: updates of the whole networks done.
        pretrained: updates of pre-training done, a hidden layer at a time.
        device: where images and labels of chunks are expected.
        leaves_torch_idle: whether torch's threads have nothing to do in a chunk of updates.
    """

    device = torch.device("cpu")
    leaves_torch_idle = False

    def __init__(
        self,
        spec: PackSpec,
        n_inputs: int,
        n_classes: int,
        images_of: ImageStream | None = None,
    ) -> None:
        self.n_inputs, self.n_classes, self.images_of = n_inputs, n_classes, images_of
        self.trials = list(spec.trials)
        self.data_seeds = list(dict.fromkeys(trial.data_seed for trial in spec.trials))
        self.updates = self.pretrained = 0

    @staticmethod
    @abstractmethod
    def n_weights(trial: TrialSpec, n_inputs: int, n_classes: int) -> int:
        """Return the numbers that are stored for weights and biases of a trial."""

    @staticmethod
    @abstractmethod
    def trial_bytes(trial: TrialSpec, n_inputs: int, n_classes: int, n_traced: int) -> int:
        """Return about how much memory a trial takes, traces of so many examples included."""

    @abstractmethod
    def update_chunk(self, images: Tensor, labels: Tensor) -> NDArray[np.float64]:
        """Do consecutive updates of all trials.

        Args:
            images: 8-bit [streams, updates * batch, inputs].
            labels: [streams, updates * batch].

        Returns:
            Each trial's cost before each update, mean over its batch [updates, trials].

        Raises:
            ValueError: the chunk has no update, or ends amid one.
        """

    @abstractmethod
    def pretrain_chunk(self, images: Tensor, layer: int) -> None:
        """Do consecutive updates of a hidden layer, from 0, as a denoising autoencoder.

        Args:
            images: 8-bit [streams, updates * batch, inputs].
            layer: of the trials that have it.

        Raises:
            ValueError: the chunk has no update, or ends amid one.
        """

    @abstractmethod
    def answer(self, images: Tensor, labels: Tensor) -> Answers:
        """Return what the networks say to 8-bit images [n, inputs] with labels [n], n above 0."""

    @abstractmethod
    def trace(self, images: Tensor, labels: Tensor) -> Trace:
        """Return what 8-bit images [n, inputs] with labels [n], n above 0, leave in all layers."""

    @abstractmethod
    def state_of(self, trial: int) -> NetworkState:
        """Return a copy of a trial's state."""

    @abstractmethod
    def load(self, states: Sequence[NetworkState], updates: int, pretrained: int) -> None:
        """Go on from these states, one for each trial, after so many updates of either kind."""

    @abstractmethod
    def keep(self, trials: Sequence[int]) -> None:
        """Drop every trial but these: the pack becomes smaller, its work really less."""
