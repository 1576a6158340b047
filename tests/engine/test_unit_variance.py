"""Layer-sequential unit variance against the paper's algorithm, written as anybody would."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, every_kind_of_trial, toy_dataset
from oracles import FUNCTIONS
from steppers import EACH_STEPPER

from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.engine.stepper import Layers, Stepper
from glorot_sweep.engine.torch.initialization import initial_weights
from glorot_sweep.engine.torch.unit_variance import (
    exact_product,
    exact_variance,
    with_unit_variance,
)
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.torch.activations import Tanh
from glorot_sweep.parts.torch.portable_values import exponentials, portable_values
from glorot_sweep.specs import TrialSpec
from glorot_sweep.training.fit import fit_pack

DATASET = toy_dataset()
SIZES = [23, 40, 30, 9]


def some_inputs() -> torch.Tensor:
    return torch.rand(50, SIZES[0], generator=torch.manual_seed(3), dtype=torch.float64)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_values_without_a_library(name: str) -> None:
    """The tail of GELU's normal law is right to 1e-8, all others to some roundings of 2^-53."""
    s = torch.linspace(-40, 40, 20_001, dtype=torch.float64).view(1, -1)
    found = portable_values(ACTIVATIONS[name].function, s.numpy())
    expected = FUNCTIONS[name](s).numpy()
    within = 1e-8 if name == "gelu" else 8 * 2.0**-53
    np.testing.assert_allclose(found, expected, rtol=within, atol=within)


def test_exponentials() -> None:
    """Of nearly all numbers whose exponential is one: found 2 units of 2^-53."""
    x = -(np.linspace(0, 26, 200_001) ** 2)
    np.testing.assert_allclose(exponentials(x), np.exp(x), rtol=4 * 2.0**-53)
    assert exponentials(np.zeros(1)) == 1


def test_a_users_function_computes_its_own_values() -> None:
    """Even if it is derived from one of ours, whose values it does not have."""

    class Doubled(Tanh):
        def forward(self, s: torch.Tensor, z: torch.Tensor, memo: torch.Tensor) -> None:
            super().forward(s, z, memo)
            z.mul_(2)

    s = np.linspace(-3, 3, 50).reshape(5, 10)
    np.testing.assert_allclose(portable_values(Doubled(), s), 2 * np.tanh(s), rtol=1e-15)


@pytest.mark.parametrize("shape", [(3, 5, 4), (7, 1, 3), (2, 3000, 2)])
def test_products_and_variances_are_exact(shape: tuple[int, int, int]) -> None:
    """Those of what inputs are rounded to, by whole numbers of any length; and near the others."""
    n, k, m = shape
    generator = np.random.default_rng(1)
    a, b = generator.normal(size=(n, k)), generator.normal(size=(k, m)) / 7
    bits = (53 - k.bit_length()) // 2
    scale_a, scale_b = (2.0 ** (bits - np.frexp(np.abs(x).max())[1]) for x in (a, b))
    whole_a = [[round(v) for v in row] for row in (a * scale_a).tolist()]
    whole_b = [[round(v) for v in row] for row in (b * scale_b).tolist()]
    exact = [
        [sum(x * whole_b[i][j] for i, x in enumerate(row)) / (scale_a * scale_b) for j in range(m)]
        for row in whole_a
    ]
    found = exact_product(a, b)
    assert found.tolist() == exact
    # Rounded by half of 2^-bits of the largest; k products of two below 5 sizes each.
    np.testing.assert_allclose(found, a @ b, atol=10 * k * 2.0**-bits)
    assert exact_variance(found) == pytest.approx(float(np.var(found)), rel=1e-4)


def papers_algorithm(name: str, inputs: torch.Tensor, seed: int) -> list[torch.Tensor]:
    """Algorithm 1 with a tolerance of 1e-9 and up to ten rounds, always on the same examples."""
    weights = [w.clone() for w in initial_weights("orthogonal", SIZES, seed)]
    for layer, weight in enumerate(weights):
        for _ in range(10):
            blob = inputs
            for number, below in enumerate(weights[: layer + 1]):
                blob = (FUNCTIONS[name](blob) if number else blob) @ below
            variance = blob.var(correction=0)
            if abs(variance - 1) < 1e-9:
                break
            weight.div_(variance.sqrt())
    return weights


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_the_papers_algorithm(name: str) -> None:
    """Its weights, up to what the rounding to 22 bits changes in a standard deviation."""
    inputs = some_inputs()
    found = initial_weights("lsuv", SIZES, 5, name, inputs)
    for ours, theirs in zip(found, papers_algorithm(name, inputs, 5), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=0)


def test_one_variance_is_one_whatever_the_scale_of_the_inputs() -> None:
    """The first layer takes it in; above it nothing depends on it but by rounding."""
    inputs = some_inputs()
    small, large = (
        initial_weights("lsuv", SIZES, 5, "tanh", inputs * factor) for factor in (1e-3, 1e3)
    )
    torch.testing.assert_close(small[0], large[0] * 1e6, rtol=1e-5, atol=0)
    torch.testing.assert_close(small[2], large[2], rtol=1e-5, atol=0)
    assert float((inputs * 1e-3 @ small[0]).var(correction=0)) == pytest.approx(1, rel=1e-5)


def test_a_layer_without_variance_keeps_its_orthonormal_weights() -> None:
    """Black images; a function that kills everything; one that is not finite."""
    drawn = initial_weights("orthogonal", SIZES, 5)
    black = initial_weights("lsuv", SIZES, 5, "relu", torch.zeros(50, SIZES[0]).double())

    class Endless(Tanh):
        def forward(self, s: torch.Tensor, z: torch.Tensor, memo: torch.Tensor) -> None:
            z.fill_(torch.inf)

    endless = with_unit_variance(drawn, Endless(), some_inputs())
    for layer, weight in enumerate(drawn):
        assert torch.equal(black[layer], weight)
        assert torch.equal(endless[layer], weight) == (layer > 0)


def test_without_examples_it_is_refused() -> None:
    with pytest.raises(ValueError, match="the initialization 'lsuv' needs training examples"):
        initial_weights("lsuv", SIZES, 5, "tanh")


def stepper_of(engine: str, *trials: TrialSpec) -> Stepper:
    def images_of(seed: int, first: int, count: int) -> torch.Tensor:
        return DATASET.training(seed, first, count).images

    return make_stepper(engine, a_pack(*trials), DATASET.n_inputs, DATASET.n_classes, images_of)


def start_of(engine: str, *trials: TrialSpec) -> list[Layers]:
    stepper = stepper_of(engine, *trials)
    return [stepper.state_of(number).layers for number in range(len(trials))]


@EACH_STEPPER
@pytest.mark.parametrize("scaling", ["unit", "symmetric"])
def test_a_trial_starts_by_the_first_examples_of_its_own_stream(engine: str, scaling: str) -> None:
    """Whatever is beside it in the pack; both engines have the same weights."""
    trial = a_trial(variant="relu_lsuv", depth=3, data_seed=5, input_scaling=scaling)
    other = replace(trial, key="other", data_seed=6)
    count = INITIALIZATIONS["lsuv"].examples
    images = DATASET.training(5, 0, count).images.double() / 255
    inputs = images if scaling == "unit" else 2 * images - 1
    sizes = [DATASET.n_inputs, 20, 20, 20, DATASET.n_classes]
    drawn = initial_weights("lsuv", sizes, trial.weight_seed, "relu", inputs)
    ((alone,), (theirs, ours)) = start_of(engine, trial), start_of(engine, other, trial)
    for (weight, bias), (beside, _), (foreign, _), wanted in zip(
        alone, ours, theirs, drawn, strict=True
    ):
        np.testing.assert_allclose(weight, wanted, rtol=2.0**-22)  # of inputs that round otherwise
        assert np.array_equal(weight, beside)
        assert not np.array_equal(weight, foreign)
        assert not bias.any()


def test_both_engines_start_from_the_same_bits() -> None:
    trial = a_trial(variant="tanh_lsuv", depth=3)
    native, torchs = (start_of(engine, trial)[0] for engine in ("native", "torch"))
    for ours, theirs in zip(itertools.chain(*native), itertools.chain(*torchs), strict=True):
        assert np.array_equal(ours, theirs)


@EACH_STEPPER
def test_alone_and_in_a_pack_to_the_last_bit(engine: str) -> None:
    trial = a_trial("asked", variant="relu_lsuv", updates=30)
    beside = every_kind_of_trial(updates=30)[5:9]
    alone = fit_pack(a_pack(trial), DATASET, engine=engine).trials[0]
    packed = fit_pack(a_pack(*beside, trial), DATASET, engine=engine).trials[-1]
    assert alone.weights is not None
    assert packed.weights is not None
    for name, values in alone.weights.items():
        assert np.array_equal(packed.weights[name], values), name


@EACH_STEPPER
def test_a_continuation_goes_on_with_its_own_weights(engine: str) -> None:
    """They are scaled before update 0 alone."""
    part = DATASET.training(1, 0, 100)
    images, labels = part.images.unsqueeze(0), part.labels.unsqueeze(0)
    first, second = (stepper_of(engine, a_trial(variant="relu_lsuv")) for _ in range(2))
    first.update_chunk(images, labels)
    second.load([first.state_of(0)], updates=10, pretrained=0)
    for stepper in (first, second):
        stepper.update_chunk(images, labels)
    ours, theirs = (itertools.chain(*stepper.state_of(0).layers) for stepper in (first, second))
    for array, other in zip(ours, theirs, strict=True):
        assert np.array_equal(array, other)
