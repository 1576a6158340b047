"""A step rule of one's own: a row, its functions, a variant that names it, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, toy_dataset
from oracles import largest_difference, reference_of
from pydantic import ValidationError
from steppers import IN_DOUBLE
from sweep_builders import config
from torch.nn import functional

from glorot_sweep.parts.step_rules import STEP_RULES, StepRule
from glorot_sweep.parts.torch.step_rules import StepFunctions
from glorot_sweep.parts.variants import VARIANTS, Variant
from glorot_sweep.specs import NATIVE
from glorot_sweep.training.fit import fit_pack

pytestmark = pytest.mark.usefixtures("one_torch_thread", "fading")
DATASET = toy_dataset()
SHARE = 0.9
RANGE = {"low": 0.001, "high": 0.1}


class Fading(StepFunctions):
    """The step follows a sum of gradients, each of which fades; damped, to have a damping."""

    def settle(self, parameters):
        """Nothing follows from the velocity."""

    def step(self, parameters, update):
        velocity = parameters.kept["velocity"]
        velocity.mul_(SHARE).add_(parameters.gradient.mul_(parameters.rate))
        parameters.values.sub_(velocity)


@pytest.fixture
def fading(monkeypatch):
    rule = StepRule("fading", f"{__name__}:Fading", has_damping=True, kept=("velocity",))
    monkeypatch.setitem(STEP_RULES, "fading", rule)
    row = Variant("tanh_fading", "Tanh, fading", "tanh", "standard", step_rule="fading")
    monkeypatch.setitem(VARIANTS, "tanh_fading", row)


def trials():
    return [
        a_trial(
            f"depth {depth}", variant="tanh_fading", depth=depth, updates=40, damping=1.0,
            learning_rate=0.01 * depth, evaluate_at=(20, 40),
        )
        for depth in (1, 2, 3)
    ]  # fmt: skip


@IN_DOUBLE
def test_it_trains_as_torch_does(engine):
    """40 updates in double precision; weights are returned in single precision: 2^-24 of 2."""
    found = fit_pack(a_pack(*trials(), precision="float64"), DATASET, engine=engine)
    for trial, result in zip(trials(), found.trials, strict=True):
        network = reference_of(trial, DATASET, torch.float64)
        optimizer = torch.optim.SGD(network.parameters(), lr=trial.learning_rate, momentum=SHARE)
        for update in range(trial.updates):
            part = DATASET.training(trial.data_seed, update * 10, 10)
            optimizer.zero_grad()
            functional.cross_entropy(network(part.images.double() / 255), part.labels).backward()
            optimizer.step()
        layers = [(result.weights[f"weight_{i}"], result.weights[f"bias_{i}"])
                  for i in range(trial.depth + 1)]  # fmt: skip
        assert largest_difference(layers, network) < 2**-23
        start = reference_of(trial, DATASET, torch.float64)
        assert largest_difference(layers, start) > 0.05


@pytest.mark.slow
@IN_DOUBLE
def test_what_it_keeps_stays_with_the_trial(engine):
    """Alone, in a pack, and after a neighbour was dropped: the same bits."""
    packed = fit_pack(a_pack(*trials()), DATASET, lambda update, _: ["depth 2"] * (update == 20),
                      engine=engine)  # fmt: skip
    assert [result.state for result in packed.trials] == ["complete", "pruned", "complete"]
    for index in (0, 2):
        alone = fit_pack(a_pack(trials()[index]), DATASET, engine=engine).trials[0]
        for name, values in alone.weights.items():
            assert np.array_equal(values, packed.trials[index].weights[name])


def test_the_native_engine_refuses_it():
    """It has no native form; nothing may be trained as something else."""
    with pytest.raises(ValueError, match="its step rule 'fading' has no native form"):
        fit_pack(a_pack(*trials()), DATASET, engine=NATIVE)


def test_a_sweep_file_may_give_its_space():
    space = {"learning_rate": RANGE, "damping": RANGE}
    changes = {"variants": ["tanh_fading"], "search.step_rules": {"fading": space}}
    settings = config(changes)
    assert settings.search.step_rule("fading").damping.high == 0.1
    assert settings.identity()["search"]["step_rules"]["fading"] == space
    with pytest.raises(ValidationError, match=r"needs search\.step_rules\.fading"):
        config({"variants": ["tanh_fading"]})


def test_a_rule_that_others_use_changes_no_file_without_it():
    """A stored configuration names the first two rules whether it gives them or not; no other."""
    assert config().identity()["search"]["step_rules"] == {
        "hessian": None, "gradient_variance": None
    }  # fmt: skip


def test_a_linear_rule_has_no_space(monkeypatch):
    monkeypatch.setitem(STEP_RULES, "fading", replace(STEP_RULES["sgd"], name="fading"))
    space = {"learning_rate": RANGE, "damping": RANGE}
    match = "the step rule 'fading' has no damping, so .* in search.learning_rates"
    with pytest.raises(ValidationError, match=match):
        config({"search.step_rules": {"fading": space}})
