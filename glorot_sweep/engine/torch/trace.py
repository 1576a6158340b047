"""Takes a trace with the pack's own passes."""

import torch
from torch import Tensor
from torch.nn import functional

from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.engine.trace import LayerTrace, Trace
from glorot_sweep.parts.activations import ACTIVATIONS


@torch.no_grad()
def take_trace(
    network: PackedNetwork, x: Tensor, labels: Tensor, cost: str = "log_likelihood"
) -> Trace:
    """Run the pack's own forward and backward pass over some examples; no weight changes.

    Args:
        network: the pack.
        x: scaled inputs [n, inputs], the same for all trials.
        labels: classes [n].
        cost: what the gradients are of.
    """
    passes = PackedPass(network, len(x), cost)
    passes.forward(x.to(network.dtype).unsqueeze(0))
    targets = functional.one_hot(labels, network.weights[-1].shape[2]).to(network.dtype)
    ones = network.weights[-1].new_ones(network.layout.output_height, 1, 1)
    passes.backward(targets.unsqueeze(0), ones)
    hidden = []
    entering = x.to(network.dtype).unsqueeze(0)
    for layer in range(network.layout.depth):
        hidden.append(_hidden(network, passes, layer, entering))
        entering = passes.activations[layer][:, :, : network.widths[layer]]
    return Trace(
        tuple(hidden),
        _output(network, passes),
        labels,
        passes.log_probabilities[: len(network), :, : network.n_classes],
    )


def _hidden(network: PackedNetwork, passes: PackedPass, layer: int, entering: Tensor) -> LayerTrace:
    layout, width = network.layout, network.widths[layer]
    trials = layout.order[: layout.members(layer)]
    members = slice(0, len(trials))
    names = tuple(layout.architectures[trial].activation for trial in trials)
    part = (members, slice(None), slice(0, width))
    return LayerTrace(
        trials,
        names,
        entering[members],
        passes.activations[layer][part],
        _derivatives(network, passes, layer)[part],
        passes.deltas[layer][part],
        network.weights[layer][members, : entering.shape[-1], :width],
        network.biases[layer][members, 0, :width],
    )


def _derivatives(network: PackedNetwork, passes: PackedPass, layer: int) -> Tensor:
    """f'(s): the back-propagation of a signal of ones."""
    s, z = passes.pre_activations[layer], passes.activations[layer]
    memo, found = torch.empty_like(s), torch.zeros_like(s)
    for segment in network.layout.segments(layer):
        part = slice(segment.start, segment.stop)
        function = ACTIVATIONS[segment.activation].function
        function.forward(s[part], z[part], memo[part])
        function.backward(torch.ones_like(s[part]), z[part], memo[part], found[part])
    return found


def _output(network: PackedNetwork, passes: PackedPass) -> LayerTrace:
    layout, n, width = network.layout, len(network), network.widths[-1]
    return LayerTrace(
        layout.order,
        tuple(layout.architectures[trial].activation for trial in layout.order),
        passes.entering_output[:n, :, :width],
        None,
        None,
        passes.output_deltas[:n, :, : network.n_classes],
        network.weights[-1][:n, :width, : network.n_classes],
        network.biases[-1][:n, 0, : network.n_classes],
    )
