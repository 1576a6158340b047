"""What a native stepper refuses."""

import re
from dataclasses import replace

import pytest
from builders import a_pack, a_trial

from glorot_sweep.engine.choice import missing_form
from glorot_sweep.engine.native.stepper import NativeStepper
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.step_rules import STEP_RULES, StepRule
from glorot_sweep.parts.variants import VARIANTS, Variant


def own_activation(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "mine", Activation("mine", "somewhere:Mine"))
    return {"activation": "mine"}


def own_activation_of_a_known_name(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "tanh", Activation("tanh", "somewhere:Tanh"))
    return {"activation": "tanh"}


def own_cost(monkeypatch):
    monkeypatch.setitem(COSTS, "mine", replace(COSTS["quadratic"], name="mine"))
    return {"cost": "mine"}


def own_step_rule(monkeypatch):
    monkeypatch.setitem(STEP_RULES, "mine", StepRule("mine", "somewhere:Mine"))
    return {"step_rule": "mine"}


@pytest.mark.parametrize(
    ("register", "line"),
    [
        (own_activation, "its activation 'mine' has no native form"),
        (own_activation_of_a_known_name, "its activation 'tanh' has no native form"),
        (own_cost, "its cost 'mine' has no native form"),
        (own_step_rule, "its step rule 'mine' has no native form"),
    ],
)
def test_a_part_without_a_native_form(register, line, monkeypatch):
    """Wherever in the pack; nothing is trained as something else."""
    changes = {"activation": "tanh", "initialization": "normalized", **register(monkeypatch)}
    trial = a_trial("odd", variant=Variant("row", "Row", **changes))
    assert missing_form(trial.variant) == line
    usual = replace(trial, key="usual", variant=Variant("s", "S", "sigmoid", "standard"))
    pack = [usual, trial] if trial.pace == usual.pace else [trial]
    with pytest.raises(ValueError, match=re.escape(f"odd: {line}")):
        NativeStepper(a_pack(*pack), 23, 9)


@pytest.mark.parametrize("name", VARIANTS)
def test_all_of_our_own_has_a_native_form(name):
    assert missing_form(VARIANTS[name]) is None


@pytest.mark.parametrize(
    "changes", [{"precision": "float64"}, {"device": "cuda"}], ids=["precision", "device"]
)
def test_another_device_or_precision(changes):
    with pytest.raises(ValueError, match=r"float32 on the CPU, got float(32|64) on (cuda|cpu)"):
        NativeStepper(a_pack(a_trial(), **changes), 23, 9)
