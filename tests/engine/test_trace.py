"""The trace of a pack against one network at a time and torch.autograd."""

from dataclasses import replace

import pytest
import torch
from oracles import ReferenceNetwork, quadratic_cost
from torch import Tensor
from torch.nn import functional

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.trace import LayerTrace, Trace, take_trace

pytestmark = pytest.mark.usefixtures("one_torch_thread")

N_EXAMPLES, N_INPUTS, N_CLASSES, WIDTH = 13, 7, 3, 20  # none of the last three fills its rows
RAGGED = [
    Architecture("sigmoid", "standard", 2, weight_seed=1),
    Architecture("tanh", "normalized", 4, weight_seed=2),
    Architecture("identity", "normalized", 1, weight_seed=3),
    Architecture("softsign", "standard", 2, weight_seed=4),
    Architecture("tanh", "standard", 3, weight_seed=5),
]
LONE = RAGGED[3:4]
WIDTHS = (20, 12, 33)  # of the pack in which layers differ
UNEQUAL = [
    Architecture(activation, "normalized", len(WIDTHS), weight_seed)
    for weight_seed, activation in enumerate(("relu", "tanh", "softplus"))
]
PACKS = pytest.mark.parametrize(
    "architectures", [RAGGED, LONE, UNEQUAL], ids=["ragged", "lone", "unequal"]
)
# A value takes at most 211 roundings of numbers below 4 on each side, as counted at the top of
# test_against_autograd.py: 2 x 211 x 4 x 2^-53 = 1.9e-13.
CLOSE = 1e-12


def examples(dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(N_EXAMPLES, N_INPUTS, generator=generator, dtype=torch.float64)
    return x.to(dtype), torch.randint(0, N_CLASSES, (N_EXAMPLES,), generator=generator)


def a_network(
    architectures: list[Architecture], dtype: torch.dtype = torch.float64
) -> PackedNetwork:
    """A pack whose biases are not 0 any more, as after some updates."""
    width = WIDTHS if architectures is UNEQUAL else WIDTH
    network = PackedNetwork(architectures, N_INPUTS, N_CLASSES, width, dtype)
    network.initialize()
    for trial, architecture in enumerate(architectures):
        generator = torch.Generator().manual_seed(architecture.weight_seed)
        for _, bias in network.layers_of(trial):
            bias.copy_(0.3 * torch.randn(len(bias), generator=generator, dtype=torch.float64))
    return network


def reference_of(network: PackedNetwork, trial: int) -> ReferenceNetwork:
    layers = network.layers_of(trial)
    activation = network.layout.architectures[trial].activation
    reference = ReferenceNetwork(activation, [weight for weight, _ in layers], torch.float64)
    with torch.no_grad():
        for linear, (_, bias) in zip(reference.linears, layers, strict=True):
            linear.bias.copy_(bias)
    return reference


def layers_of(trace: Trace, trial: int) -> list[tuple[LayerTrace, int]]:
    """The layers that a trial has, and its place in each."""
    layers = [*(layer for layer in trace.hidden if trial in layer.trials), trace.output]
    return [(layer, layer.trials.index(trial)) for layer in layers]


def same(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=0, atol=CLOSE)


@PACKS
def test_activations(architectures: list[Architecture]) -> None:
    network, (x, labels) = a_network(architectures), examples()
    trace = take_trace(network, x, labels)
    for trial, architecture in enumerate(architectures):
        reference = reference_of(network, trial)
        logits = reference(x).detach()
        *hidden, (output, place) = layers_of(trace, trial)
        assert len(hidden) == architecture.depth
        below = x
        for (layer, at), s in zip(hidden, reference.pre_activations, strict=True):
            entering = layer.entering[0 if len(layer.entering) == 1 else at]
            same(entering, below)
            below = reference.function(s).detach()
            assert layer.activations is not None
            same(layer.activations[at], below)
        same(output.entering[place], below)
        same(trace.log_probabilities[place], logits.log_softmax(1))
    assert torch.equal(trace.labels, labels)


@PACKS
def test_gradients_of_each_example(architectures: list[Architecture]) -> None:
    """By the summed cost, so that an example's gradient is not divided by their number."""
    network, (x, labels) = a_network(architectures), examples()
    trace = take_trace(network, x, labels)
    for trial in range(len(architectures)):
        reference = reference_of(network, trial)
        logits = reference(x)
        cost = functional.cross_entropy(logits, labels, reduction="sum")
        expected = torch.autograd.grad(cost, [*reference.pre_activations, logits])
        for (layer, place), gradient in zip(layers_of(trace, trial), expected, strict=True):
            same(layer.gradients[place], gradient)
            assert gradient.abs().max() > 1e-3, "a gradient that could be told from zero"


def test_gradients_of_the_quadratic_cost() -> None:
    network, (x, labels) = a_network(RAGGED), examples()
    trace = take_trace(network, x, labels, "quadratic")
    for trial in range(len(RAGGED)):
        reference = reference_of(network, trial)
        logits = reference(x)
        cost = N_EXAMPLES * quadratic_cost(logits, labels)
        expected = torch.autograd.grad(cost, [*reference.pre_activations, logits])
        for (layer, place), gradient in zip(layers_of(trace, trial), expected, strict=True):
            same(layer.gradients[place], gradient)
            assert gradient.abs().max() > 1e-3, "a gradient that could be told from zero"


@PACKS
def test_derivatives(architectures: list[Architecture]) -> None:
    network, (x, labels) = a_network(architectures), examples()
    trace = take_trace(network, x, labels)
    for trial in range(len(architectures)):
        reference = reference_of(network, trial)
        reference(x)
        hidden = layers_of(trace, trial)[:-1]
        for (layer, place), s in zip(hidden, reference.pre_activations, strict=True):
            (slope,) = torch.autograd.grad(reference.function(s).sum(), s)
            assert layer.derivatives is not None
            same(layer.derivatives[place], slope)
    assert trace.output.derivatives is None
    assert trace.output.activations is None


@PACKS
def test_weights_and_names_are_the_trials_own(architectures: list[Architecture]) -> None:
    network, (x, labels) = a_network(architectures), examples()
    trace = take_trace(network, x, labels)
    for trial, architecture in enumerate(architectures):
        traced = layers_of(trace, trial)
        for (layer, place), (weight, bias) in zip(traced, network.layers_of(trial), strict=True):
            assert layer.activation_names[place] == architecture.activation
            assert torch.equal(layer.weights[place], weight)
            assert torch.equal(layer.biases[place], bias)


def test_layers_hold_no_padding_and_only_their_trials() -> None:
    trace = take_trace(a_network(RAGGED), *examples())
    owners = [{i for i, a in enumerate(RAGGED) if a.depth >= number} for number in (1, 2, 3, 4)]
    assert [set(layer.trials) for layer in trace.hidden] == owners
    for layer, members in zip(trace.hidden, owners, strict=True):
        shape = (len(members), N_EXAMPLES, WIDTH)
        assert layer.activations is not None
        assert layer.derivatives is not None
        assert layer.activations.shape == layer.derivatives.shape == layer.gradients.shape == shape
        assert layer.weights.shape == (len(members), layer.entering.shape[2], WIDTH)
        assert layer.biases.shape == (len(members), WIDTH)
    assert trace.hidden[0].entering.shape == (1, N_EXAMPLES, N_INPUTS)
    assert trace.output.entering.shape == (5, N_EXAMPLES, WIDTH)
    assert trace.output.gradients.shape == trace.log_probabilities.shape == (5, N_EXAMPLES, 3)
    assert trace.output.weights.shape == (5, WIDTH, N_CLASSES)
    assert trace.output.biases.shape == (5, N_CLASSES)


@PACKS
def test_taking_a_trace_changes_nothing(architectures: list[Architecture]) -> None:
    network = a_network(architectures)
    before = [tensor.clone() for tensor in [*network.weights, *network.biases]]
    take_trace(network, *examples())
    after = [*network.weights, *network.biases]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("trial", range(5))
def test_a_trial_alone_leaves_the_same_bits(trial: int) -> None:
    """In single precision, where another order of summation would show."""
    x, labels = examples(torch.float32)
    packed = take_trace(a_network(RAGGED, torch.float32), x, labels)
    alone = take_trace(a_network([RAGGED[trial]], torch.float32), x, labels)
    pairs = zip(layers_of(packed, trial), layers_of(alone, 0), strict=True)
    for (layer, place), (lone, only) in pairs:
        assert lone.gradients.dtype == torch.float32
        assert torch.equal(layer.gradients[place], lone.gradients[only])
        if layer.activations is not None and layer.derivatives is not None:
            assert lone.activations is not None
            assert lone.derivatives is not None
            assert torch.equal(layer.activations[place], lone.activations[only])
            assert torch.equal(layer.derivatives[place], lone.derivatives[only])


def test_inputs_may_come_in_another_precision() -> None:
    """They are rounded to the network's precision before the pass, not after."""
    x, labels = examples()
    network = a_network(RAGGED, torch.float32)
    trace, rounded = take_trace(network, x, labels), take_trace(network, x.float(), labels)
    assert torch.equal(trace.log_probabilities, rounded.log_probabilities)
    assert trace.hidden[0].entering.dtype == torch.float32


def test_neighbours_of_a_trial_that_is_no_number() -> None:
    """A diverged trial does not reach into its neighbours' layers."""
    network, (x, labels) = a_network(RAGGED), examples()
    healthy = take_trace(network, x, labels)
    clean = [layer.gradients.clone() for layer in healthy.hidden]
    for weight, _ in network.layers_of(1):
        weight.fill_(float("nan"))
    poisoned = take_trace(network, x, labels)
    for layer, gradients in zip(poisoned.hidden, clean, strict=True):
        for place, trial in enumerate(layer.trials):
            assert torch.equal(layer.gradients[place], gradients[place]) == (trial != 1)


def test_the_weights_matter() -> None:
    """That the comparisons above can fail: another seed, other activations."""
    x, labels = examples()
    ours = take_trace(a_network(LONE), x, labels)
    other = take_trace(a_network([replace(LONE[0], weight_seed=9)]), x, labels)
    with pytest.raises(AssertionError):
        same(ours.log_probabilities, other.log_probabilities)
