"""The denoising autoencoder of one layer against torch.autograd, one trial at a time."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.torch.autoencoder import PackedAutoencoder
from glorot_sweep.engine.torch.masking_noise import MaskingNoise
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.parts.activations import ACTIVATIONS

FUNCTIONS = {
    "identity": torch.clone,
    "sigmoid": torch.sigmoid,
    "softsign": functional.softsign,
    "tanh": torch.tanh,
}
SPANS = {"identity": None, "sigmoid": (0, 1), "softsign": (-1, 1), "tanh": (-1, 1)}
INPUTS, WIDTH, BATCH = 23, 33, 10
KINDS = [(name, depth) for depth in (1, 2, 4) for name in FUNCTIONS] + [("tanh", 5)]
# A sum of up to 43 products of numbers below 4 rounds by less than 43 * 4 * 2**-53 = 2e-14, and
# passes through at most six layers and 2 x 10 examples.
TOLERANCE = 1e-12


def a_network(kinds: list[tuple[str, int]], dtype: torch.dtype = torch.float64) -> PackedNetwork:
    architectures = [Architecture(f, "normalized", d, 7 + d) for f, d in kinds]
    network = PackedNetwork(architectures, INPUTS, 9, WIDTH, dtype)
    network.initialize()
    generator = torch.Generator().manual_seed(3)
    for trial in range(len(kinds)):
        for _, bias in network.layers_of(trial):
            bias.copy_(torch.rand(bias.shape, generator=generator, dtype=torch.float64) - 0.5)
    return network


def a_batch(streams: int = 1, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(streams, BATCH, INPUTS, generator=generator, dtype=torch.float64)


class Reference:
    """One trial's layer, written with autograd and the cost itself."""

    def __init__(self, network: PackedNetwork, trial: int, layer: int) -> None:
        self.name = network.layout.architectures[trial].activation
        layers = [(w.clone(), b.clone()) for w, b in network.layers_of(trial)]
        self.below, (weight, bias) = layers[:layer], layers[layer]
        visible = weight.new_zeros(len(weight))
        self.parameters = [p.requires_grad_() for p in (weight, bias, visible)]
        self.span = SPANS[self.name] if layer else (0, 1)

    def clean(self, x: Tensor) -> Tensor:
        for weight, bias in self.below:
            x = FUNCTIONS[self.name](x @ weight + bias)
        return x

    def cost(self, x: Tensor, hidden: Tensor) -> Tensor:
        """Mean over the batch."""
        weight, bias, visible = self.parameters
        clean = self.clean(x)
        code = FUNCTIONS[self.name](torch.where(hidden, 0.0, clean) @ weight + bias)
        unit = code @ weight.T + visible
        if self.span is None:
            return 0.5 * (unit - clean).square().sum(1).mean()
        low, high = self.span
        target = (clean - low) / (high - low)
        losses = functional.binary_cross_entropy_with_logits(unit, target, reduction="none")
        return losses.sum(1).mean()

    def step(self, x: Tensor, hidden: Tensor, rate: float) -> None:
        gradients = torch.autograd.grad(self.cost(x, hidden), self.parameters)
        with torch.no_grad():
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                parameter.sub_(rate * gradient)


def updates(
    network: PackedNetwork, layer: int, rates: list[float], x: Tensor, number: int, p: float = 0.25
) -> tuple[PackedAutoencoder, list[Tensor]]:
    """Train a layer on one batch; return it and the noise of each update, by place."""
    coder = PackedAutoencoder(network, layer, BATCH)
    order = network.layout.order[: coder.members]
    noise = MaskingNoise([50 + t for t in order], [p] * len(order), layer, (BATCH, coder.inputs))
    scale = torch.zeros(network.layout.height(layer), 1, 1, dtype=network.dtype)
    scale[: len(order), 0, 0] = torch.tensor([rates[t] / BATCH for t in order], dtype=scale.dtype)
    drawn = []
    for update in range(number):
        hidden = noise.hidden(update)
        drawn.append(hidden.clone())
        coder.update(x, hidden, scale)
    return coder, drawn


@pytest.mark.parametrize("layer", [0, 1, 3])
@pytest.mark.parametrize("streams", [1, len(KINDS)])
def test_steps_are_those_of_autograd(layer: int, streams: int) -> None:
    """Every activation, at every depth, on pixels and on codes; each trial at its own rate."""
    network, x = a_network(KINDS), a_batch(streams)
    rates = [0.004 + 0.001 * trial for trial in range(len(KINDS))]
    references = {t: Reference(network, t, layer) for t in network.layout.order
                  if KINDS[t][1] > layer}  # fmt: skip
    coder, noise = updates(network, layer, rates, x, 5)
    assert coder.members == len(references)
    for trial, reference in references.items():
        place = network.layout.position(trial)
        own = x[place % streams]
        before = [p.detach().clone() for p in reference.parameters]
        for hidden in noise:
            reference.step(own, hidden[place], rates[trial])
        weight, bias = network.layers_of(trial)[layer]
        found = (weight, bias, coder.visible_biases[place, 0])
        for ours, theirs, start in zip(found, reference.parameters, before, strict=True):
            torch.testing.assert_close(ours, theirs.detach(), rtol=0, atol=TOLERANCE)
            assert float((ours - start).abs().max()) > 1e-4


@pytest.mark.parametrize("span", [(0.0, 1.0), (-1.0, 1.0)])
def test_pixels_of_both_scalings(span: tuple[float, float]) -> None:
    network = a_network([("tanh", 1)])
    x = a_batch() * (span[1] - span[0]) + span[0]
    reference = Reference(network, 0, 0)
    reference.span = span
    coder = PackedAutoencoder(network, 0, BATCH, span)
    hidden = torch.rand(1, BATCH, INPUTS) < 0.3
    coder.update(x, hidden, torch.tensor([0.1 / BATCH, 0], dtype=x.dtype).view(2, 1, 1))
    reference.step(x[0], hidden[0], 0.1)
    found = network.layers_of(0)[0][0]
    torch.testing.assert_close(found, reference.parameters[0].detach(), rtol=0, atol=TOLERANCE)


def test_nothing_else_is_changed() -> None:
    """Other layers, shallower trials and padding stay as they were."""
    network = a_network(KINDS)
    before = [tensor.clone() for tensor in [*network.weights, *network.biases]]
    rates = [0.1] * len(KINDS)
    updates(network, 2, rates, a_batch(), 5)
    after = [*network.weights, *network.biases]
    depth = network.layout.depth + 1
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        if number % depth != 2:
            assert torch.equal(old, new)
    padding = [(network.weights[2], before[2]), (network.biases[2], before[2 + depth])]
    for new, old in padding:
        assert torch.equal(new[..., WIDTH:], old[..., WIDTH:])
        assert not torch.equal(new[..., :WIDTH], old[..., :WIDTH])
    assert not network.weights[2][:, WIDTH:].any()


@pytest.mark.slow
@pytest.mark.parametrize("layer", [0, 2])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_reconstruction_error_falls(name: str, layer: int) -> None:
    network, x = a_network([(name, 3), (name, 3)]), a_batch()
    reference = Reference(network, 0, layer)
    nothing = torch.zeros(BATCH, network.layers_of(0)[layer][0].shape[0], dtype=torch.bool)
    before = float(reference.cost(x[0], nothing).detach())
    coder, _ = updates(network, layer, [0.05, 0.05], x, 200)
    trained = (*network.layers_of(0)[layer], coder.visible_biases[0, 0])
    reference.parameters = [p.clone() for p in trained]
    assert float(reference.cost(x[0], nothing).detach()) < before


QUICK = {"sigmoid", "relu"}  # the others take long, and so does double precision


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        pytest.param(name, dtype, marks=() if quick else pytest.mark.slow)
        for dtype, names in (
            (torch.float32, ACTIVATIONS),
            (torch.float64, ("sigmoid", "relu", "softplus", "tanh", "gelu")),
        )
        for name in names
        for quick in [name in QUICK and dtype == torch.float32]
    ],
)
def test_alone_and_in_a_pack_to_the_last_bit(name: str, dtype: torch.dtype) -> None:
    asked, x = (name, 3), a_batch().to(dtype)
    for layer in range(3):
        expected = None
        for size, place in ((1, 0), (2, 0), (2, 1), (7, 3), (len(KINDS), 5)):
            kinds = [kind for kind in KINDS if kind != asked][: size - 1]
            kinds.insert(place, asked)
            network = a_network(kinds, dtype)
            for (weight, bias), (drawn, _) in zip(
                network.layers_of(place), a_network([asked], dtype).layers_of(0), strict=True
            ):
                weight.copy_(drawn)
                bias.zero_()
            seeds = [1000 + i for i in range(size)]
            seeds[place] = 1
            found = trained(network, layer, seeds, x)[place]
            expected = expected or found
            for ours, alone in zip(found, expected, strict=True):
                assert torch.equal(ours, alone), (size, place)


def trained(
    network: PackedNetwork, layer: int, seeds: list[int], x: Tensor
) -> dict[int, tuple[Tensor, ...]]:
    """Train a layer for 50 updates; return what each trial has learned."""
    coder = PackedAutoencoder(network, layer, BATCH)
    order = network.layout.order[: coder.members]
    noise = MaskingNoise([seeds[t] for t in order], [0.3] * len(order), layer,
                         (BATCH, coder.inputs))  # fmt: skip
    scale = torch.full((network.layout.height(layer), 1, 1), 0.01, dtype=network.dtype)
    for update in range(50):
        coder.update(x, noise.hidden(update), scale)
    return {
        trial: (*network.layers_of(trial)[layer], coder.visible_biases[place, 0])
        for place, trial in enumerate(order)
    }
