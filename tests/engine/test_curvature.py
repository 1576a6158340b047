"""The back-propagated diagonal of the Hessian: loops, and autograd's own Hessian where it is exact.

All in float64. Sums have at most 23 inputs, 20 units, 9 classes and 40 examples, of numbers below
1: a hundred roundings of 1e-16 stay below 1e-12.
"""

import math

import pytest
import torch
from builders import random_examples
from oracles import ReferenceNetwork, loop_diagonal
from torch import Tensor
from torch.nn import functional

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.torch import passes
from glorot_sweep.engine.torch.curvature import hessian_diagonal
from glorot_sweep.engine.torch.packed import PackedNetwork

EXAMPLES = random_examples(40, 12, 5, seed=4)
X = EXAMPLES.images.double() / 255
ACTIVATIONS = ("sigmoid", "softsign", "tanh", "identity")


def pack(*architectures: Architecture, width: int = 6) -> PackedNetwork:
    network = PackedNetwork(architectures, 12, 5, width, torch.float64)
    network.initialize()
    return network


def diagonal_of(network: PackedNetwork, trial: int, x: Tensor = X) -> list[tuple[Tensor, Tensor]]:
    """Over these examples, five at a time."""
    found = hessian_diagonal(network, x.unsqueeze(0).split(5, 1))
    return network.views(trial, *found)


def reference(network: PackedNetwork, trial: int = 0) -> ReferenceNetwork:
    activation = network.layout.architectures[trial].activation
    layers = network.layers_of(trial)
    found = ReferenceNetwork(activation, [weight for weight, _ in layers], torch.float64)
    with torch.no_grad():
        for linear, (_, bias) in zip(found.linears, layers, strict=True):
            linear.bias.copy_(bias)
    return found


def exact_diagonal(network: ReferenceNetwork) -> list[tuple[Tensor, Tensor]]:
    """The Hessian of the mean loss by two passes of autograd, one row for each parameter."""
    found = []
    for linear in network.linears:
        diagonals = []
        for parameter in (linear.weight, linear.bias):
            loss = functional.cross_entropy(network(X), EXAMPLES.labels)
            (gradient,) = torch.autograd.grad(loss, parameter, create_graph=True)
            flat = [
                torch.autograd.grad(value, parameter, retain_graph=True)[0].flatten()[index]
                for index, value in enumerate(gradient.flatten())
            ]
            diagonals.append(torch.stack(flat).view(parameter.shape))
        found.append((diagonals[0].T, diagonals[1]))
    return found


def exact_gauss_newton(network: ReferenceNetwork, layer: int) -> Tensor:
    """Mean of J^T (diag(p) - p p^T) J of a layer's weights, its diagonal [fan_in, fan_out]."""
    weight = network.linears[layer].weight
    total = torch.zeros_like(weight)
    for x in X:
        logits = network(x.unsqueeze(0))[0]
        rows = [torch.autograd.grad(s, weight, retain_graph=True)[0] for s in logits]
        p = torch.softmax(logits, 0).detach()
        jacobian = torch.stack(rows)
        mean = torch.einsum("k,kij->ij", p, jacobian)
        total += torch.einsum("k,kij->ij", p, jacobian**2) - mean**2
    return (total / len(X)).T


@pytest.mark.slow
@pytest.mark.parametrize("wide", [passes.WIDE, 1])
def test_against_loops_in_a_pack_of_every_kind(wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "WIDE", wide)
    kinds = [
        Architecture(name, "normalized", depth, weight_seed=depth)
        for depth in (1, 3)
        for name in ACTIVATIONS
    ]
    network = pack(*kinds)
    for trial in range(len(kinds)):
        expected = loop_diagonal(reference(network, trial), X[:10])
        for found, right in zip(diagonal_of(network, trial, X[:10]), expected, strict=True):
            for ours, theirs in zip(found, right, strict=True):
                torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
                assert theirs.max() > 1e-7, "a number that could be told from zero"


@pytest.mark.slow
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("depth", [1, 3])
def test_the_output_layer_is_exact(activation: str, depth: int) -> None:
    """Logits are linear in its weights, and two weights of one logit never meet in the diagonal."""
    network = pack(Architecture(activation, "normalized", depth, weight_seed=2))
    weight, bias = diagonal_of(network, 0)[-1]
    exact_weight, exact_bias = exact_diagonal(reference(network))[-1]
    torch.testing.assert_close(weight, exact_weight, rtol=0, atol=1e-12)
    torch.testing.assert_close(bias, exact_bias, rtol=0, atol=1e-12)


def test_exact_in_all_layers_where_nothing_was_left_out() -> None:
    """Identity: no second derivative. One output for each unit: no products of two outputs."""
    network = pack(Architecture("identity", "normalized", 1, weight_seed=3))
    last = network.layers_of(0)[-1][0]
    with torch.no_grad():
        last.mul_(functional.one_hot(torch.arange(len(last)) % 5, 5))
    for found, exact in zip(
        diagonal_of(network, 0), exact_diagonal(reference(network)), strict=True
    ):
        for ours, theirs in zip(found, exact, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_bound_of_the_exact_gauss_newton_diagonal(activation: str, seed: int) -> None:
    """Below one output layer: diag(p) - p p^T is a graph's Laplacian with degrees p (1 - p).

    x^T L x = sum over pairs of p_i p_j (x_i - x_j)^2 <= 2 sum of p_i (1 - p_i) x_i^2.
    """
    network = pack(Architecture(activation, "normalized", 1, weight_seed=seed))
    found = diagonal_of(network, 0)[0][0]
    exact = exact_gauss_newton(reference(network), 0)
    assert (exact > -1e-12).all()
    assert (exact <= 2 * found + 1e-12).all()
    assert not torch.allclose(exact, found, rtol=0.01), "it is an approximation"


@pytest.mark.slow
@pytest.mark.parametrize("initialization", ["standard", "normalized"])
def test_it_ranks_parameters_as_the_exact_hessian_does(initialization: str) -> None:
    """The Hessian's part with f'' has no sign; without it each layer's sum agrees as well.

    Correlation found: 0.79 and 0.63; sums of layers 1.00 to 1.49 of the exact ones.
    """
    network = pack(Architecture("tanh", initialization, 3, weight_seed=5))
    layers, autograd = diagonal_of(network, 0), reference(network)
    found = torch.cat([torch.cat([w.flatten(), b]) for w, b in layers])
    exact = torch.cat([torch.cat([w.flatten(), b]) for w, b in exact_diagonal(autograd)]).abs()
    pair = torch.stack([found.clamp_min(1e-12).log(), exact.clamp_min(1e-12).log()])
    assert torch.corrcoef(pair)[0, 1] > 0.6
    for layer, (weight, _) in enumerate(layers):
        ratio = float(weight.sum() / exact_gauss_newton(autograd, layer).sum())

        assert 0.5 < ratio < 2


def test_padding_has_no_curvature() -> None:
    network = pack(Architecture("sigmoid", "standard", 2, weight_seed=0))
    weights, biases = hessian_diagonal(network, [X.unsqueeze(0)])
    assert weights[1].shape == (2, 16, 16)
    assert not weights[0][:, :, 6:].any()
    assert not weights[1][:, 6:].any()
    assert not weights[2][:, :, 5:].any()
    assert not any(bias[:, :, 6:].any() for bias in biases)
    assert math.isfinite(sum(float(weight.sum()) for weight in weights))


def test_no_examples() -> None:
    with pytest.raises(ValueError, match="needs examples"):
        hessian_diagonal(pack(Architecture("tanh", "standard", 1, 0)), [])
