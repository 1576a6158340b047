"""Steps of a rule against one network at a time, autograd, and every gradient kept in a list.

How far two correct programs may differ: see test_against_autograd. A rule adds five roundings to
a step, and its divisor has the relative error of the gradients it was made of, N u, so that a
step is off by at most (2 N + 5) u |step|. In the second update of the gradient variance the divisor
is a difference of two gradients, but damped by at least DAMPING: its error is counted by GROWTH,
measured like there by changing every initial weight by 1e-9.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, toy_dataset
from oracles import ReferenceNetwork, largest_difference, loop_diagonal, reference_of
from steppers import AT_ITS_BEST
from torch import Tensor
from torch.nn import functional

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.engine.stepper import Stepper
from glorot_sweep.engine.torch import curvature, descent
from glorot_sweep.engine.torch.descent import Descent, make_descent
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.stepper import TorchStepper
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.torch import step_rules
from glorot_sweep.specs import TORCH, TrialSpec

pytestmark = pytest.mark.usefixtures("one_torch_thread")

DATASET = toy_dataset()
UPDATES = 16
DAMPING = 0.05
OPERATIONS = 211  # see test_against_autograd
LARGEST_WEIGHT, LARGEST_STEP, GROWTH = 1.0, 0.2, 3  # growth measured: 2.2


def bound(precision: str) -> float:
    unit = torch.finfo(getattr(torch, precision)).eps / 2
    return UPDATES * GROWTH * unit * (LARGEST_WEIGHT + (2 * OPERATIONS + 5) * LARGEST_STEP)


def trials(estimate: str) -> list[TrialSpec]:
    return [
        a_trial(
            f"{variant}-{depth}",
            variant=f"{variant}_{estimate}",
            depth=depth,
            updates=UPDATES,
            learning_rate=0.004 + 0.002 * depth,
            damping=DAMPING * depth,
            weight_seed=depth,
        )
        for variant in ("tanh", "tanh_n")
        for depth in (1, 3)
    ]


@pytest.fixture
def short(monkeypatch):
    """Refreshes and forgetting within a few updates; few examples."""
    often = replace(STEP_RULES["hessian"], curvature_every=7, curvature_examples=6)
    monkeypatch.setitem(STEP_RULES, "hessian", often)
    monkeypatch.setattr(curvature, "BATCH", 3)
    monkeypatch.setattr(step_rules, "DECAY", 0.8)
    monkeypatch.setattr(descent, "PIECE", 3 * 23 * 32)  # three slices of the first layer


def images_of(data_seed: int, first: int, count: int) -> Tensor:
    return DATASET.training(data_seed, first, count).images


def packed(engine: str, pack: list[TrialSpec], precision: str = "float64") -> Stepper:
    """Train in chunks of 5."""
    spec = a_pack(*pack, precision=precision)
    stepper = make_stepper(engine, spec, DATASET.n_inputs, DATASET.n_classes, images_of)
    for first in range(0, UPDATES, 5):
        part = DATASET.training(1, first * 10, min(5, UPDATES - first) * 10)
        stepper.update_chunk(part.images[None], part.labels[None])
    return stepper


def inputs(trial: TrialSpec, first: int, count: int) -> tuple[Tensor, Tensor]:
    part = DATASET.training(trial.data_seed, first, count)
    return part.images.double() / 255, part.labels


def train(trial: TrialSpec, shift: float = 0.0) -> ReferenceNetwork:
    """Train one network; `shift` is added to every initial weight."""
    network = reference_of(trial, DATASET, torch.float64)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(shift)
    parameters = [p for linear in network.linears for p in (linear.weight, linear.bias)]
    gradients: list[list[Tensor]] = []
    diagonals: list[list[Tensor]] = []
    for update in range(trial.updates):
        if update % 7 == 0:
            x, _ = inputs(trial, update * 10, 6)
            diagonals.append([one for w, b in loop_diagonal(network, x) for one in (w.T, b)])
        x, y = inputs(trial, update * 10, 10)
        loss = functional.cross_entropy(network(x), y)
        gradients.append(list(torch.autograd.grad(loss, parameters)))
        if trial.variant.step_rule == "hessian":
            estimates = [weighted_mean(list(kept), 0.5) for kept in zip(*diagonals, strict=True)]
        else:
            estimates = [variance(list(kept)) for kept in zip(*gradients, strict=True)]
        with torch.no_grad():
            for parameter, gradient, estimate in zip(
                parameters, gradients[-1], estimates, strict=True
            ):
                parameter.sub_(trial.learning_rate * gradient / (estimate + trial.damping))
    return network


def weights_of(count: int, least: float) -> list[float]:
    """What each of `count` values weighs when each new one gets max(1 / number, least)."""
    shares = [max(1 / number, least) for number in range(1, count + 1)]
    return [
        share * float(np.prod([1 - later for later in shares[i + 1 :]]))
        for i, share in enumerate(shares)
    ]


def weighted_mean(values: list[Tensor], least: float) -> Tensor:
    weighted = zip(values, weights_of(len(values), least), strict=True)
    return torch.stack([value * weight for value, weight in weighted]).sum(0)


def variance(gradients: list[Tensor]) -> Tensor:
    mean = weighted_mean(gradients, 0.2)
    return weighted_mean([(gradient - mean) ** 2 for gradient in gradients], 0.2)


@pytest.mark.slow
@pytest.mark.usefixtures("short")
@AT_ITS_BEST
@pytest.mark.parametrize("estimate", ["hessian", "gradient_variance"])
def test_against_one_network_at_a_time(engine: str, precision: str, estimate: str) -> None:
    """Bounds 4.6e-13 and 2.5e-4; found 1.1e-16 and 1.2e-7."""
    pack = trials(estimate)
    stepper = packed(engine, pack, precision)
    for index, trial in enumerate(pack):
        reference, layers = train(trial), stepper.state_of(index).layers

        assert largest_difference(layers, reference) < bound(precision), trial.key
        start = reference_of(trial, DATASET, torch.float64)
        assert largest_difference(layers, start) > 0.02, "it must have moved"
        if trial is pack[-1]:
            assert growth(reference, train(trial, 1e-9)) < GROWTH


def growth(one: ReferenceNetwork, shifted: ReferenceNetwork) -> float:
    pairs = zip(one.parameters(), shifted.parameters(), strict=True)
    return max(float((a - b).detach().abs().max()) for a, b in pairs) / 1e-9


def test_plain_variance_until_the_decay_is_reached() -> None:
    """The first thousand gradients count alike: numpy's variance of the list of them."""
    _, rule = lone_rule("gradient_variance")
    generator = torch.Generator().manual_seed(0)
    gradients = []
    for update in range(50):
        rule.update = update
        below = torch.rand(2, 10, 16, generator=generator, dtype=torch.float64)
        delta = torch.rand(2, 10, 16, generator=generator, dtype=torch.float64)
        rule.descend(1, below, delta)
        gradients.append(torch.einsum("bi,bj->ij", below[0], delta[0])[:6, :5].numpy())
    found = rule.kept_of(0)
    # fifty sums of ten products below 1, squared: 500 roundings of numbers below 100
    np.testing.assert_allclose(found["mean"][1][0], np.mean(gradients, 0), rtol=0, atol=5e-12)
    np.testing.assert_allclose(found["variance"][1][0], np.var(gradients, 0), rtol=0, atol=5e-12)
    assert np.var(gradients, 0).min() > 0.01


def lone_rule(name: str) -> tuple[PackedNetwork, Descent]:
    network = PackedNetwork([Architecture("tanh", "standard", 1, 0)], 12, 5, 6, torch.float64)
    network.initialize()
    trial = replace(a_trial(depth=1), learning_rate=0.1, damping=0.5)
    return network, make_descent(STEP_RULES[name], network, [trial])


def test_hessian_step_is_rate_over_curvature_plus_damping() -> None:
    network, rule = lone_rule("hessian")
    before = network.layers_of(0)[1][0].clone()
    ones = (
        [torch.ones_like(w) for w in network.weights],
        [torch.ones_like(b) for b in network.biases],
    )
    rule.take_curvature(ones, number=0)
    rule.descend(1, torch.ones(2, 1, 16).double(), torch.full((2, 1, 16), 3.0).double())
    after = network.layers_of(0)[1][0]
    torch.testing.assert_close(before - after, torch.full((6, 5), 0.1 * 3 / 1.5).double())


def test_running_mean_of_diagonals() -> None:
    """1, 3, then 7: the mean of the first two is 2; the third weighs a half."""
    network, rule = lone_rule("hessian")
    for number, value in enumerate((1.0, 3.0, 7.0)):
        weights = [torch.full_like(w, value) for w in network.weights]
        biases = [torch.full_like(b, value) for b in network.biases]
        rule.take_curvature((weights, biases), number)
    for kept in rule.kept_of(0)["curvature"][0]:
        assert {float(v) for v in kept.flatten()} == {4.5}


@pytest.mark.parametrize("rule", ["hessian", "gradient_variance"])
def test_padded_units_stay_silent(rule: str) -> None:
    trial = trials(rule)[1]
    stepper = packed(TORCH, [trial])
    assert isinstance(stepper, TorchStepper)
    network = stepper.network
    first, *inner, last = network.weights
    assert not first[:, :, trial.width :].any()
    assert len(inner) == 2
    for weight in inner:
        assert not weight[:, trial.width :].any()
        assert not weight[:, :, trial.width :].any()
    assert not last[:, trial.width :].any()
    assert not last[:, :, 9:].any()
    assert not any(bias[:, :, trial.width :].any() for bias in network.biases[:-1])


@pytest.mark.parametrize("damping", [None, 0.0, -1.0, float("nan")])
def test_a_damping_that_is_not_positive(damping: float | None) -> None:
    trial = replace(trials("hessian")[0], damping=damping)
    with pytest.raises(ValueError, match="the damping must be positive, got"):
        make_stepper(TORCH, a_pack(trial), 23, 9, images_of)


def test_the_hessian_needs_examples() -> None:
    with pytest.raises(ValueError, match="needs a stream of images"):
        make_stepper(TORCH, a_pack(trials("hessian")[0]), 23, 9)


def test_a_diagonal_is_of_any_number_of_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """120, which are no multiple of how many are seen at a time; 500 sums of numbers below 1."""
    row = replace(STEP_RULES["hessian"], curvature_examples=120)
    monkeypatch.setitem(STEP_RULES, "hessian", row)
    found = []
    for batch in (50, 120):
        monkeypatch.setattr(curvature, "BATCH", batch)
        spec = a_pack(trials("hessian")[1], precision="float64")
        stepper = make_stepper(TORCH, spec, DATASET.n_inputs, DATASET.n_classes, images_of)
        assert isinstance(stepper, TorchStepper)
        stepper.take_curvature(0)
        found.append(stepper.state_of(0).estimates["curvature"])
    for layer, other in zip(*found, strict=True):
        for one, two in zip(layer, other, strict=True):
            np.testing.assert_allclose(one, two, rtol=0, atol=1e-12)
    assert max(float(np.max(weight)) for weight, _ in found[0]) > 1e-3


def test_a_linear_rule_takes_no_curvature() -> None:
    network, rule = lone_rule("sgd")
    with pytest.raises(NotImplementedError, match="no use for diagonals"):
        rule.take_curvature((network.weights, network.biases), 0)
    assert rule.kept_of(0) == {}


def test_a_rule_that_asks_for_curvature_must_take_it() -> None:
    network, rule = lone_rule("gradient_variance")
    with pytest.raises(NotImplementedError, match="GradientVariance has no use for diagonals"):
        rule.take_curvature((network.weights, network.biases), 0)


def test_an_unknown_engine() -> None:
    with pytest.raises(ValueError, match="unknown engine 'torhc'; did you mean 'torch'"):
        make_stepper("torhc", a_pack(a_trial()), 23, 9)


def test_powers_and_corrections_of_adam() -> None:
    """Against whole-number arithmetic; a square has twice its root's error and a rounding more."""
    for base in (0.9, 0.999):
        for exponent in (1, 2, 3, 10, 999, 1_000):
            exact = Fraction(base) ** exponent
            found = step_rules.power(base, exponent)
            assert abs(Fraction(found) / exact - 1) < exponent * 2.0**-52
    of_mean, of_root = step_rules.bias_corrections(9)
    assert of_mean == pytest.approx(1 / (1 - 0.9**10), rel=1e-14)
    assert of_root == pytest.approx((1 - 0.999**10) ** -0.5, rel=1e-12)
    assert [step_rules.bias_corrections(update)[0].hex() for update in (0, 9, 999)] == [
        "0x1.4000000000001p+3", "0x1.890c09af90d24p+0", "0x1.0000000000000p+0"
    ]  # fmt: skip
