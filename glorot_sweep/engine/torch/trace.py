"""The trace: what one forward and backward pass leaves in every layer, for all trials of a pack."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from glorot_sweep.engine.torch.activations import ACTIVATIONS
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.parts.variants import Cost


@dataclass(frozen=True)
class LayerTrace:
    """One layer of the trials that have it; views without padding, valid until the next pass.

    T trials, n examples. Of the output layer, activations and derivatives are None.

    Attributes:
        trials: number of the trial at each place, as given to the pack.
        activation_names: the hidden activation function of each trial.
        entering: what enters the layer [T or 1, n, fan_in].
        activations: z [T, n, fan_out].
        derivatives: f'(s) [T, n, fan_out].
        gradients: dCost/ds of each example, not divided by n [T, n, fan_out].
        weights: [T, fan_in, fan_out].
        biases: [T, fan_out].
    """

    trials: tuple[int, ...]
    activation_names: tuple[str, ...]
    entering: Tensor
    activations: Tensor | None
    derivatives: Tensor | None
    gradients: Tensor
    weights: Tensor
    biases: Tensor


@dataclass(frozen=True)
class Trace:
    """All layers of a pack.

    Attributes:
        hidden: the hidden layers, from the input upwards; deeper ones have fewer trials.
        output: the output layer, which every trial has.
        labels: classes of the examples [n].
        log_probabilities: [K, n, classes], trials as in `output.trials`.
    """

    hidden: tuple[LayerTrace, ...]
    output: LayerTrace
    labels: Tensor
    log_probabilities: Tensor


@torch.no_grad()
def take_trace(
    network: PackedNetwork, x: Tensor, labels: Tensor, cost: Cost = "log_likelihood"
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
    passes.backward(targets.unsqueeze(0), ones, update=False)
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
    for run in network.layout.runs(layer):
        part, activation = slice(run.start, run.stop), ACTIVATIONS[run.activation]
        activation.forward(s[part], z[part], memo[part])
        activation.backward(torch.ones_like(s[part]), z[part], memo[part], found[part])
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
