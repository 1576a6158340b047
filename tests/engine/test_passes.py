"""One pass of a pack, forward and back, against torch.autograd in double precision."""

import pytest
import torch
from builders import a_trial, every_kind_of_trial, toy_dataset
from oracles import ReferenceNetwork, reference_of
from torch import Tensor
from torch.nn import functional

from glorot_sweep.engine.torch.descent import LinearDescent
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.engine.torch.stepper import architecture
from glorot_sweep.parts.step_rules import STEP_RULES

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset()


class OnePass:
    """All variants and depths at their start, one batch, both ways."""

    def __init__(self) -> None:
        self.trials = every_kind_of_trial(width=33)
        self.network = PackedNetwork(
            [architecture(trial) for trial in self.trials],
            DATASET.n_inputs,
            DATASET.n_classes,
            width=33,
            dtype=torch.float64,
        )
        self.network.initialize()
        part = DATASET.training(3, 0, 10)
        self.x, self.labels = part.images.double() / 255, part.labels
        self.targets = functional.one_hot(part.labels, 16).double().unsqueeze(0)
        self.scale = torch.full((25, 1, 1), 1 / 10, dtype=torch.float64)
        self.passes = PackedPass(self.network, batch=10)

    def reference(self, index: int) -> tuple[ReferenceNetwork, Tensor]:
        network = reference_of(self.trials[index], DATASET, torch.float64)
        return network, functional.cross_entropy(network(self.x), self.labels)


def test_back_propagated_gradients() -> None:
    """dCost/ds of every layer, Eq. (2); 211 roundings of numbers below 1 stay below 1e-12."""
    one = OnePass()
    log_probabilities = one.passes.forward(one.x.unsqueeze(0))
    one.passes.backward(one.targets, one.scale)
    for index, trial in enumerate(one.trials):
        network, loss = one.reference(index)
        position = one.network.layout.position(index)
        picked = log_probabilities[position].gather(1, one.labels.unsqueeze(1))
        assert float(-picked.mean()) == pytest.approx(float(loss.detach()), abs=1e-12)
        gradients = torch.autograd.grad(loss, network.pre_activations)
        assert len(gradients) == trial.depth
        for layer, gradient in enumerate(gradients):
            s = one.passes.pre_activations[layer][position, :, :33]
            delta = one.passes.deltas[layer][position, :, :33]
            expected = network.pre_activations[layer].detach()
            torch.testing.assert_close(s, expected, rtol=0, atol=1e-12)
            torch.testing.assert_close(delta, gradient, rtol=0, atol=1e-12)
            assert gradient.abs().max() > 1e-6, "a gradient that could be told from zero"


def test_backward_alone_changes_no_weight() -> None:
    one = OnePass()
    before = [weight.clone() for weight in [*one.network.weights, *one.network.biases]]
    one.passes.forward(one.x.unsqueeze(0))
    one.passes.backward(one.targets, one.scale)
    after = [*one.network.weights, *one.network.biases]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_one_step_is_the_gradient() -> None:
    """With learning rate 1 the step is dCost/dW, Eq. (3), in every layer."""
    one = OnePass()
    before = [
        [(weight.clone(), bias.clone()) for weight, bias in one.network.layers_of(index)]
        for index in range(25)
    ]
    descent = LinearDescent(STEP_RULES["sgd"], one.network, [a_trial(learning_rate=1.0)] * 25)
    one.passes.forward(one.x.unsqueeze(0))
    one.passes.backward(one.targets, one.scale, descent.descend)
    for index in range(25):
        network, loss = one.reference(index)
        loss.backward()
        layers = zip(before[index], one.network.layers_of(index), network.linears, strict=True)
        for (weight, bias), (new_weight, new_bias), linear in layers:
            torch.testing.assert_close(
                weight - new_weight, linear.weight.grad.T, rtol=0, atol=1e-12
            )
            torch.testing.assert_close(bias - new_bias, linear.bias.grad, rtol=0, atol=1e-12)
