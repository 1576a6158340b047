"""Slow, obvious doubles of what the package computes: one network, autograd, torch's own SGD."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from glorot_sweep.data.dataset import Examples, ImageDataset
from glorot_sweep.engine.stepper import Layers
from glorot_sweep.engine.torch.initialization import initial_weights, inputs_seen
from glorot_sweep.specs import TrialSpec

FUNCTIONS = {
    "elu": functional.elu,
    "gelu": lambda s: s * torch.special.ndtr(s),
    "hard_tanh": functional.hardtanh,
    "identity": torch.clone,
    "leaky_relu": functional.leaky_relu,
    "relu": functional.relu,
    "selu": functional.selu,
    "sigmoid": torch.sigmoid,
    "silu": functional.silu,
    "softplus": lambda s: torch.logaddexp(s, torch.zeros_like(s)),
    "softsign": functional.softsign,
    "tanh": torch.tanh,
}


def quadratic_cost(logits: Tensor, labels: Tensor) -> Tensor:
    """Squared distance of the probabilities from the one-hot label, mean over the batch."""
    targets = functional.one_hot(labels, logits.shape[1])
    return ((logits.softmax(1) - targets) ** 2).sum(1).mean()


COSTS = {"log_likelihood": functional.cross_entropy, "quadratic": quadratic_cost}


class ReferenceNetwork(nn.Module):
    """One fully connected network as anybody would write it.

    Args:
        activation: name of the hidden activation function.
        weights: start of each layer, [fan_in, fan_out]; biases start at 0.
        dtype: precision.
    """

    def __init__(self, activation: str, weights: Sequence[Tensor], dtype: torch.dtype) -> None:
        super().__init__()
        self.function = FUNCTIONS[activation]
        self.linears = nn.ModuleList()
        for weight in weights:
            linear = nn.Linear(*weight.shape, dtype=dtype)
            with torch.no_grad():
                linear.weight.copy_(weight.T)
                linear.bias.zero_()
            self.linears.append(linear)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits and keep every pre-activation for autograd to look at."""
        self.pre_activations = []
        for linear in self.linears[:-1]:
            s = linear(x)
            self.pre_activations.append(s)
            x = self.function(s)
        return self.linears[-1](x)


def reference_of(trial: TrialSpec, dataset: ImageDataset, dtype: torch.dtype) -> ReferenceNetwork:
    """Start the network of a trial."""
    sizes = [dataset.n_inputs, *trial.layer_widths, dataset.n_classes]
    variant = trial.variant
    inputs = inputs_seen(trial, lambda *which: dataset.training(*which).images)
    weights = initial_weights(
        variant.initialization, sizes, trial.weight_seed, variant.activation, inputs
    )
    return ReferenceNetwork(variant.activation, weights, dtype)


def train_reference(
    trial: TrialSpec, dataset: ImageDataset, dtype: torch.dtype
) -> tuple[ReferenceNetwork, list[float]]:
    """Train with autograd and torch.optim.SGD; return the network and every update's loss."""
    network = reference_of(trial, dataset, dtype)
    optimizer = torch.optim.SGD(network.parameters(), lr=trial.learning_rate)
    losses = []
    for update in range(trial.updates):
        part = dataset.training(trial.data_seed, update * trial.batch_size, trial.batch_size)
        optimizer.zero_grad()
        logits = network(part.images.to(dtype) / 255)
        loss = COSTS[trial.variant.cost](logits, part.labels)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return network, losses


def largest_difference(layers: Layers, reference: ReferenceNetwork) -> float:
    """Return the largest absolute difference of any weight or bias."""
    differences = []
    for (weight, bias), linear in zip(layers, reference.linears, strict=True):
        differences.append(float(np.abs(weight - linear.weight.detach().T.numpy()).max()))
        differences.append(float(np.abs(bias - linear.bias.detach().numpy()).max()))
    return math.nan if any(map(math.isnan, differences)) else max(differences)


def count_wrong(predictions: Sequence[int], examples: Examples) -> int:
    """Count wrong answers one by one."""
    wrong = 0
    for answer, label in zip(predictions, examples.labels.tolist(), strict=True):
        if int(answer) != label:
            wrong += 1
    return wrong


@torch.no_grad()
def loop_diagonal(network: ReferenceNetwork, x: Tensor) -> list[tuple[Tensor, Tensor]]:
    """The Gauss-Newton diagonal of LeCun et al. (1998), one example and one unit after another.

    Returns:
        Means over examples for each layer's weights [fan_in, fan_out] and biases [fan_out].
    """
    totals = [
        (torch.zeros_like(linear.weight.T), torch.zeros_like(linear.bias))
        for linear in network.linears
    ]
    for one in x:
        entering = [one]
        probabilities = torch.softmax(network(one.unsqueeze(0))[0], 0)
        arguments = [s[0] for s in network.pre_activations]
        entering += [network.function(s) for s in arguments]
        eta = [float(p * (1 - p)) for p in probabilities]
        for layer in range(len(totals) - 1, -1, -1):
            weight, (weights, biases) = network.linears[layer].weight, totals[layer]
            for k, own in enumerate(eta):
                biases[k] += own / len(x)
                weights[:, k] += entering[layer] ** 2 * own / len(x)
            if layer:
                slopes = _slopes(network, arguments[layer - 1])
                eta = [
                    float(
                        slopes[j] ** 2 * sum(weight[k, j] ** 2 * own for k, own in enumerate(eta))
                    )
                    for j in range(len(slopes))
                ]
    return totals


def _slopes(network: ReferenceNetwork, s: Tensor) -> Tensor:
    with torch.enable_grad():
        s = s.clone().requires_grad_()
        (slopes,) = torch.autograd.grad(network.function(s).sum(), s)
    return slopes
