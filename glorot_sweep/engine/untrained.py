"""Networks that are looked into before any training, in double precision."""

from collections.abc import Sequence

import torch
from torch import Tensor

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.stepper import ImageStream
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.trace import take_trace
from glorot_sweep.engine.trace import Trace
from glorot_sweep.parts.initializations import INITIALIZATIONS


def trace_untrained(
    architectures: Sequence[Architecture],
    gains: Sequence[float],
    widths: Sequence[int],
    n_classes: int,
    images: Tensor,
    labels: Tensor,
    images_of: ImageStream | None = None,
) -> Trace:
    """Return what examples leave in the layers of networks at their start.

    Args:
        architectures: of networks of one depth.
        gains: factor on the variance of each network's weights between hidden layers.
        widths: units of each hidden layer.
        n_classes: units of the output layer.
        images: 8-bit [n, inputs]; inputs are in [0, 1].
        labels: classes [n].
        images_of: training images, for initializations that look at some; they are the first of the
            stream of the network's own seed.
    """
    pack = PackedNetwork(architectures, images.shape[1], n_classes, widths, torch.float64)
    pack.initialize(lambda trial: _inputs_seen(architectures[trial], images_of))
    for trial, gain in enumerate(gains):
        for weight, _ in pack.layers_of(trial)[1:-1]:  # hidden to hidden
            weight.mul_(gain**0.5)
    return take_trace(pack, scale_pixels(images, torch.float64), labels)


def _inputs_seen(one: Architecture, images_of: ImageStream | None) -> Tensor | None:
    """Return the inputs that a network's initialization looks at; None if it looks at none."""
    count = INITIALIZATIONS[one.initialization].examples
    if not count or images_of is None:
        return None
    return scale_pixels(images_of(one.weight_seed, 0, count), torch.float64)
