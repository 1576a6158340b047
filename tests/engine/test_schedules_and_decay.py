"""Step rules, schedules and weight decay against torch's own, and each trial by itself.

How far two correct programs may differ: see test_step_rules. A rule here adds up to ten roundings
to a step. Adam divides by roots of mean squares, whose relative error is that of the gradients;
GROWTH counts what that does later, measured like there by changing every initial weight by 1e-9.
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, ruled, toy_dataset
from oracles import ReferenceNetwork, largest_difference, reference_of
from steppers import AT_ITS_BEST, EACH_STEPPER
from torch.nn import functional
from torch.optim import SGD, Adam, AdamW, Optimizer, lr_scheduler

from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.engine.stepper import Stepper
from glorot_sweep.engine.torch import descent
from glorot_sweep.engine.torch.stepper import TorchStepper
from glorot_sweep.parts.schedules import SCHEDULES, Schedule
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.specs import NATIVE, TORCH, TrialSpec

pytestmark = pytest.mark.usefixtures("one_torch_thread", "small_pieces")

DATASET = toy_dataset()
UPDATES, CHUNK = 24, 7
OPERATIONS = 221  # see test_step_rules; ten of the rule
LARGEST_WEIGHT, LARGEST_STEP, GROWTH = 0.6, 0.05, 10  # measured: 0.51, 0.043 and 6.8
KINDS = (  # each rule, each schedule, and decay with each rule that has one
    ("sgd", "step", 0.0), ("sgd", "constant", 0.05), ("momentum", "cosine", 0.05),
    ("nesterov", "warm_up", 0.05), ("adam", "warm_up_cosine", 0.05), ("adamw", "cosine", 0.05),
    ("adam", "constant", 0.0), ("adamw", "constant", 0.0),
)  # fmt: skip
EACH_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind)))


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of two or three slices."""
    monkeypatch.setattr(descent, "PIECE", 1)


def trials(kind: tuple[str, str, float]) -> list[TrialSpec]:
    rule, schedule, decay = kind
    rate = 0.002 if rule.startswith("adam") else 0.02
    return [
        a_trial(
            f"{variant}-{depth}",
            variant=ruled(variant, rule, schedule=schedule, weight_decay=decay * depth),
            depth=depth, updates=UPDATES, learning_rate=rate * depth, weight_seed=depth,
        )
        for variant, depth in (("tanh_n", 1), ("tanh", 2), ("tanh_n", 3))
    ]  # fmt: skip


def stepper_of(engine: str, pack: list[TrialSpec], precision: str = "float32") -> Stepper:
    spec = a_pack(*pack, precision=precision)
    return make_stepper(engine, spec, DATASET.n_inputs, DATASET.n_classes)


def go_on(stepper: Stepper, until: int = UPDATES, chunk: int = CHUNK) -> Stepper:
    while stepper.updates < until:
        count = min(chunk, until - stepper.updates)
        part = DATASET.training(1, stepper.updates * 10, count * 10)
        stepper.update_chunk(part.images[None], part.labels[None])
    return stepper


def optimizer_of(trial: TrialSpec, network: ReferenceNetwork) -> Optimizer:
    """As anybody would make it; biases do not decay."""
    linears, rate = network.linears, trial.learning_rate
    groups = [
        {"params": [one.weight for one in linears], "weight_decay": trial.variant.weight_decay},
        {"params": [one.bias for one in linears], "weight_decay": 0.0},
    ]
    if trial.variant.step_rule in {"adam", "adamw"}:
        kind: Any = {"adam": Adam, "adamw": AdamW}[trial.variant.step_rule]
        return kind(groups, lr=rate)
    momentum = 0.0 if trial.variant.step_rule == "sgd" else 0.9
    return SGD(groups, lr=rate, momentum=momentum, nesterov=trial.variant.step_rule == "nesterov")


def scheduler_of(schedule: str, optimizer: Optimizer, updates: int) -> Any:
    if schedule == "step":
        return lr_scheduler.MultiStepLR(optimizer, [updates // 2, 3 * updates // 4])
    if schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, updates)
    warming = -(-updates // 20)
    factors = {
        "constant": lambda _: 1.0,
        "warm_up": lambda update: min(1.0, (update + 1) / warming),
        "warm_up_cosine": lambda update: (
            (update + 1) / warming if update < warming
            else (1 + math.cos(math.pi * (update - warming) / (updates - warming))) / 2
        ),
    }  # fmt: skip
    return lr_scheduler.LambdaLR(optimizer, factors[schedule])


def train(trial: TrialSpec, shift: float = 0.0) -> ReferenceNetwork:
    """By autograd and torch's optimizer in float64; `shift` is added to every initial weight."""
    network = reference_of(trial, DATASET, torch.float64)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(shift)
    optimizer = optimizer_of(trial, network)
    scheduler = scheduler_of(trial.variant.schedule, optimizer, trial.updates)
    for update in range(trial.updates):
        part = DATASET.training(1, update * 10, 10)
        optimizer.zero_grad()
        functional.cross_entropy(network(part.images.double() / 255), part.labels).backward()
        optimizer.step()
        scheduler.step()
    return network


def bound(precision: str, updates: int = UPDATES) -> float:
    unit = torch.finfo(getattr(torch, precision)).eps / 2
    return updates * GROWTH * unit * (LARGEST_WEIGHT + 2 * OPERATIONS * LARGEST_STEP)


def growth(one: ReferenceNetwork, shifted: ReferenceNetwork) -> float:
    pairs = zip(one.parameters(), shifted.parameters(), strict=True)
    return max(float((a - b).detach().abs().max()) for a, b in pairs) / 1e-9


@pytest.mark.slow
@EACH_KIND
@AT_ITS_BEST
def test_against_an_optimizer_of_torch(engine: str, precision: str, kind: Any) -> None:
    """Bounds 6.1e-13 and 3.3e-4; found 6.7e-16 and 1.6e-7."""
    pack = trials(kind)[::2]
    stepper = go_on(stepper_of(engine, pack, precision))
    for index, trial in enumerate(pack):
        layers, reference = stepper.state_of(index).layers, train(trial)
        assert largest_difference(layers, reference) < bound(precision), trial.key
        start = reference_of(trial, DATASET, torch.float64)
        assert largest_difference(layers, start) > 0.02, "it must have moved"
    assert growth(reference, train(trial, 1e-9)) < GROWTH


def same(one: Stepper, index: int, other: Stepper, place: int = 0) -> bool:
    found, expected = one.state_of(index).layers, other.state_of(place).layers
    pairs = [
        (a, b) for f, e in zip(found, expected, strict=True) for a, b in zip(f, e, strict=True)
    ]
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.slow
@EACH_KIND
@EACH_STEPPER
def test_neighbours_chunks_and_an_interruption_change_no_bit(engine: str, kind: Any) -> None:
    pack = trials(kind)
    packed = go_on(stepper_of(engine, pack))
    alone = [go_on(stepper_of(engine, [trial]), chunk=5) for trial in pack]
    assert [same(packed, index, alone[index]) for index in range(3)] == [True] * 3

    half = go_on(stepper_of(engine, pack), until=11)
    resumed = stepper_of(engine, pack[::-1])
    resumed.load([half.state_of(index) for index in (2, 1, 0)], updates=11, pretrained=0)
    resumed.keep([0, 2])
    go_on(resumed, chunk=3)
    assert same(packed, 2, resumed, 0)
    assert same(packed, 0, resumed, 1)


@EACH_STEPPER
def test_each_of_them_matters(engine: str) -> None:
    """That the comparisons above can fail."""
    (trial, *_) = trials(("adamw", "cosine", 0.05))
    whole = go_on(stepper_of(engine, [trial]))
    for changes in (
        {"schedule": "step"}, {"weight_decay": 0.04}, {"weight_decay": 0.0}, {"step_rule": "adam"},
    ):  # fmt: skip
        other = replace(trial, variant=replace(trial.variant, **changes))
        assert not same(go_on(stepper_of(engine, [other])), 0, whole), changes


STRIDED: dict[str, Any] = {
    "one number for all": lambda update, _: np.broadcast_to(0.5, update.shape),
    "reversed": lambda update, updates: ((update[0] + update[-1] - update) / updates)[::-1],
}


@EACH_STEPPER
@pytest.mark.parametrize("form", STRIDED)
def test_factors_are_read_wherever_a_schedule_of_ones_own_has_them(
    engine: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of a copy that lies in one piece."""
    found = []
    for name, function in (
        ("strided", STRIDED[form]),
        ("copied", lambda *numbers: np.array(STRIDED[form](*numbers), order="C")),
    ):
        monkeypatch.setitem(SCHEDULES, name, Schedule(name, "mine:form", given=function))
        variant = ruled("tanh_n", "sgd", schedule=name)
        found.append(go_on(stepper_of(engine, [a_trial(variant=variant, updates=UPDATES)])))
    assert same(found[0], 0, found[1])


@EACH_STEPPER
@pytest.mark.parametrize("rule", [r for r, row in STEP_RULES.items() if not row.has_damping])
def test_biases_do_not_decay(engine: str, rule: str) -> None:
    """In one update from biases of 1; were they to decay, they would differ by 0.005."""
    found = []
    for decay in (0.0, 0.5):
        variant = ruled("tanh_n", rule, weight_decay=decay)
        stepper = stepper_of(engine, [a_trial(variant=variant, updates=1, learning_rate=0.01)])
        state = stepper.state_of(0)
        layers = tuple((weight, np.ones_like(bias)) for weight, bias in state.layers)
        stepper.load([replace(state, layers=layers)], updates=0, pretrained=0)
        found.append(go_on(stepper, until=1).state_of(0).layers)
    for (weight, bias), (decayed, other_bias) in zip(*found, strict=True):
        np.testing.assert_allclose(bias, other_bias, rtol=0, atol=2.0**-23)
        assert np.abs(weight - decayed).max() > 5e-4


def test_late_updates_of_adam_are_corrected_alike() -> None:
    """5,000 updates from the start; a mean uncorrected would make the first step a tenth of it."""
    (trial, *_) = trials(("adam", "constant", 0.0))
    trial = replace(trial, updates=6_000, evaluate_at=(6_000,))
    found = []
    for engine in (TORCH, NATIVE):
        stepper = stepper_of(engine, [trial])
        stepper.load([stepper.state_of(0)], updates=5_000, pretrained=0)
        found.append(go_on(stepper, until=5_003, chunk=3).state_of(0).layers)
    begun = reference_of(trial, DATASET, torch.float64)
    assert all(largest_difference(layers, begun) > 0.01 for layers in found)
    for pair in zip(*found, strict=True):
        for one, other in zip(*pair, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=bound("float32", 3))


@pytest.mark.parametrize("kind", [KINDS[2], KINDS[4], KINDS[5]])
def test_padded_units_stay_silent(kind: Any) -> None:
    stepper = go_on(stepper_of(TORCH, trials(kind)))
    assert isinstance(stepper, TorchStepper)
    first, *inner, last = stepper.network.weights
    assert not first[:, :, 20:].any()
    assert not any(weight[:, 20:].any() or weight[:, :, 20:].any() for weight in inner)
    assert not last[:, 20:].any()
    assert not last[:, :, 9:].any()


def test_packs_share_a_schedule_and_whether_weights_decay() -> None:
    first, *_ = trials(("momentum", "cosine", 0.05))
    for changes in ({"schedule": "constant"}, {"weight_decay": 0.0}):
        other = replace(first, key="b", variant=replace(first.variant, **changes))
        with pytest.raises(ValueError, match="must share"):
            a_pack(first, other)
    a_pack(first, replace(first, key="b", variant=replace(first.variant, weight_decay=0.1)))


def test_all_schedules_and_rules_are_looked_at() -> None:
    assert {kind[1] for kind in KINDS} == set(SCHEDULES)
    assert {kind[0] for kind in KINDS} == {
        r for r, row in STEP_RULES.items() if not row.has_damping
    }
