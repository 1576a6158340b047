"""Networks that are looked into before any training, in double precision."""

from collections.abc import Sequence

import torch
from torch import Tensor

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.trace import take_trace
from glorot_sweep.engine.trace import Trace


def trace_untrained(
    architectures: Sequence[Architecture],
    gains: Sequence[float],
    widths: Sequence[int],
    n_classes: int,
    images: Tensor,
    labels: Tensor,
    cost: str = "log_likelihood",
    inputs: Tensor | None = None,
    input_scaling: str = "unit",
) -> Trace:
    """Return what examples leave in the layers of networks at their start.

    Args:
        architectures: of networks of one depth.
        gains: factor on the variance of each network's weights between hidden layers.
        widths: units of each hidden layer.
        n_classes: units of the output layer.
        images: 8-bit [n, inputs].
        labels: classes [n].
        cost: what the gradients are of.
        inputs: in float64 [examples, inputs], for initializations that look at some.
        input_scaling: see `scale_pixels`.
    """
    pack = PackedNetwork(architectures, images.shape[1], n_classes, widths, torch.float64)
    pack.initialize(lambda _: inputs)
    for trial, gain in enumerate(gains):
        for weight, _ in pack.layers_of(trial)[1:-1]:  # hidden to hidden
            weight.mul_(gain**0.5)
    return take_trace(pack, scale_pixels(images, torch.float64, input_scaling), labels, cost)
