"""Which engine trains a variant, and what is said where it is not the one that was hoped for."""

from dataclasses import replace

import pytest

from glorot_sweep.engine.choice import (
    ENGINES,
    NO_CORE,
    Resolved,
    engines_from,
    resolve_engine,
    same_on_every_cpu,
)
from glorot_sweep.engine.native import forms
from glorot_sweep.errors import UserError
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.costs import COSTS, Cost
from glorot_sweep.parts.initializations import INITIALIZATIONS, Initialization
from glorot_sweep.parts.schedules import SCHEDULES, Schedule
from glorot_sweep.parts.step_rules import STEP_RULES, StepRule
from glorot_sweep.parts.variants import VARIANTS

TANH = VARIANTS["tanh"]


def nothing():
    return None


def no_compiler():
    return "no C compiler was found"


def not_asked():
    pytest.fail("the core was looked for")


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=list(VARIANTS))
def test_every_variant_that_comes_with_the_package_has_a_native_form(variant):
    assert resolve_engine("auto", variant, lacks=nothing) == Resolved("native")
    assert resolve_engine("native", variant, lacks=nothing) == Resolved("native")


def test_torch_is_torch_without_a_look_at_the_core():
    assert resolve_engine("torch", TANH, lacks=not_asked) == Resolved("torch")


OWN = "glorot_sweep.parts.torch.activations:Tanh"
WITHOUT_NATIVE_FORM = {
    "a name that the core does not know": (
        ACTIVATIONS, Activation("odd", OWN), "activation",
    ),
    "a known name with functions of a user": (
        ACTIVATIONS, Activation("tanh", "mine:Tanh"), "activation",
    ),
    "a user's cost": (COSTS, Cost("odd", "mine:Cost"), "cost"),
    "a user's step rule": (STEP_RULES, StepRule("odd", "mine:Rule"), "step rule"),
    "a user's linear step rule": (STEP_RULES, StepRule("odd"), "step rule"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("registry", "part", "kind"), WITHOUT_NATIVE_FORM.values(), ids=WITHOUT_NATIVE_FORM
)
def test_a_users_part_is_trained_by_torch_and_never_taken_for_ours(
    monkeypatch, registry, part, kind
):
    monkeypatch.setitem(registry, part.name, part)
    variant = replace(TANH, **{kind.replace(" ", "_"): part.name})
    reason = f"its {kind} {part.name!r} has no native form"
    assert resolve_engine("auto", variant, lacks=not_asked) == Resolved("torch", reason)
    with pytest.raises(UserError, match=f"'tanh' cannot have it: {reason}.*auto or torch"):
        resolve_engine("native", variant, lacks=not_asked)


@pytest.mark.parametrize(
    ("device", "precision", "lacks", "reason"),
    [
        ("cuda", "float32", not_asked, "the device is cuda, and the native engine is for CPUs"),
        ("cpu", "float64", not_asked, "the native engine computes in float32, not in float64"),
        ("cpu", "float32", no_compiler, f"{NO_CORE}: no C compiler was found"),
    ],
)
def test_where_the_native_engine_cannot_be_had(device, precision, lacks, reason):
    assert resolve_engine("auto", TANH, device, precision, lacks) == Resolved("torch", reason)
    with pytest.raises(UserError, match=f"native was asked for.*'tanh' cannot have it: {reason}"):
        resolve_engine("native", TANH, device, precision, lacks)


def test_without_vectors_auto_takes_the_faster_one_and_native_what_was_asked_for(monkeypatch):
    monkeypatch.delenv(forms.VARIABLE, raising=False)
    monkeypatch.setattr(forms, "forms_here", lambda: ("scalar",))
    found = resolve_engine("auto", TANH, lacks=nothing)
    assert (found.engine, "no vectors that the native core knows" in found.reason) == (
        "torch",
        True,
    )
    assert resolve_engine("native", TANH, lacks=nothing) == Resolved("native")
    monkeypatch.setenv(forms.VARIABLE, "scalar")
    assert resolve_engine("auto", TANH, lacks=nothing) == Resolved("native")


def test_an_unknown_word_is_refused_with_the_nearest():
    assert ENGINES == ("auto", "native", "torch")
    with pytest.raises(UserError, match=r"unknown engine 'nativ'.*native"):
        resolve_engine("nativ", TANH)


def test_networks_of_the_native_engine_are_the_same_everywhere_if_their_draw_is(monkeypatch):
    assert all(same_on_every_cpu("native", name) for name in INITIALIZATIONS)
    assert not same_on_every_cpu("native", "not registered here")
    monkeypatch.setitem(INITIALIZATIONS, "mine", Initialization("mine", "mine:draw"))
    assert not same_on_every_cpu("native", "mine")
    assert not any(same_on_every_cpu("torch", name) for name in INITIALIZATIONS)


def test_and_if_their_schedule_is(monkeypatch):
    assert all(same_on_every_cpu("native", "he", name) for name in SCHEDULES)
    assert not same_on_every_cpu("native", "he", "not registered here")
    monkeypatch.setitem(SCHEDULES, "mine", Schedule("mine", "mine:factors"))
    assert not same_on_every_cpu("native", "he", "mine")


def test_the_engines_of_a_stored_sweep_are_read_and_earlier_versions_had_torch():
    stored = {"engines": {"a": {"engine": "native", "reason": ""}}}
    assert engines_from(stored, ["a"]) == {"a": Resolved("native")}
    assert engines_from({}, ["a", "b"]) == dict.fromkeys("ab", Resolved("torch"))
