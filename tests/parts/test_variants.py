"""The registry of variants, and how a user adds one."""

import re
from dataclasses import replace

import pytest
import torch
from builders import a_pack, a_trial, toy_dataset
from sweep_builders import config

from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.initializations import INITIALIZATIONS, Initialization
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.torch.activations import Tanh
from glorot_sweep.parts.variants import PAPER_VARIANTS, VARIANTS, Variant, content_of, register
from glorot_sweep.training.fit import fit_pack

WIDE = {"growing": (600, 800, 1000, 1200, 1400), "shrinking": (1400, 1200, 1000, 800, 600)}


@pytest.fixture
def registry():
    """Takes what a test has added out of the registries again."""
    registries = (VARIANTS, ACTIVATIONS, INITIALIZATIONS)
    before = [dict(one) for one in registries]
    yield
    for one, names in zip(registries, before, strict=True):
        for name in set(one) - set(names):
            del one[name]


class ScaledTanh(Tanh):
    """2 tanh(s), for the example."""

    def forward(self, s, z, memo):
        super().forward(s, memo, memo)
        torch.mul(memo, 2, out=z)

    def backward(self, signal, z, memo, delta):
        super().backward(signal, memo, memo, delta)
        delta.mul_(2)


def half(fan_in, fan_out, generator):
    """Half of a unit Gaussian, for the example."""
    return 0.5 * torch.randn(fan_in, fan_out, generator=generator, dtype=torch.float64)


@pytest.mark.usefixtures("registry", "one_torch_thread")
def test_how_a_user_adds_a_variant():
    """A line if its parts are known; for each new part a row, and a function that it points to."""
    register(Variant("softsign_he", "Softsign, He", "softsign", "he"))

    ACTIVATIONS.add(Activation("scaled_tanh", f"{__name__}:ScaledTanh", asymptotes=(-2.0, 2.0)))
    INITIALIZATIONS.add(Initialization("half", f"{__name__}:half"))
    register(Variant("mine", "Mine", "scaled_tanh", "half"))

    settings = config({"variants": ["tanh", "softsign_he", "mine"]})
    assert settings.variants == ("tanh", "softsign_he", "mine")
    trials = [a_trial(name, variant=name, updates=30) for name in settings.variants]
    results = fit_pack(a_pack(*trials), toy_dataset()).trials
    assert [result.state for result in results] == ["complete"] * 3
    assert len({result.validation_error for result in results}) > 1
    alone = fit_pack(a_pack(trials[2]), toy_dataset()).trials[0]
    assert replace(alone, weights=None, test_predictions=None) == replace(
        results[2], weights=None, test_predictions=None
    )
    exported = SingleNetwork("scaled_tanh", results[2].weights)(toy_dataset().test.images.float())
    assert (exported.argmax(1).numpy() == results[2].test_predictions).mean() > 0.95


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(ValueError, match="there is a variant 'tanh' already"):
        register(Variant("tanh", "Another", "tanh", "he"))


UNKNOWN = {
    "activation": "names an unknown activation 'tnah'; did you mean 'tanh'? Known: elu, gelu",
    "initialization": "names an unknown initialization 'tnah'. Known: gaussian, he, he_uniform",
    "cost": "names an unknown cost 'tnah'. Known: log_likelihood, quadratic",
    "step_rule": "names an unknown step rule 'tnah'. Known: adam, adamw, gradient_variance, hess",
    "schedule": "names an unknown schedule 'tnah'. Known: constant, cosine, step, warm_up",
}


@pytest.mark.parametrize("field", UNKNOWN)
def test_a_variant_of_parts_that_do_not_exist_is_refused(field):
    with pytest.raises(ValueError, match=re.escape(f"the variant 'tanh' {UNKNOWN[field]}")):
        register(replace(VARIANTS["tanh"], **{field: "tnah"}))


def test_labels_and_names_differ_and_parts_are_known():
    for row in VARIANTS.values():
        row.check_parts()
    assert len({variant.label for variant in VARIANTS.values()}) == len(VARIANTS)
    assert list(VARIANTS)[: len(PAPER_VARIANTS)] == list(PAPER_VARIANTS)


@pytest.mark.parametrize("profile", ["growing", "shrinking"])
def test_widths_of_a_profile(profile):
    """600 to 1400 units around 1000 in five layers, whatever else the variant is."""
    for name in (f"tanh_{profile}", f"tanh_n_{profile}"):
        assert VARIANTS[name].widths(1000, 5) == WIDE[profile]
        assert VARIANTS[name].widths(1000, 1) == (1000,)


NOT_A_SHARE = r"the variant 'tanh': weight_decay must be a number from 0 on that is less than 1"


@pytest.mark.parametrize("decay", [-0.1, 1, 1.5, float("nan"), float("inf"), "0.1", True, None])
def test_a_weight_decay_that_is_none(decay):
    with pytest.raises(ValueError, match=f"{NOT_A_SHARE}, got {decay!r}; 0.0001 to 0.01 are usual"):
        replace(VARIANTS["tanh"], weight_decay=decay).check_parts()


@pytest.mark.parametrize("rule", [row.name for row in STEP_RULES.values() if row.has_damping])
def test_weights_do_not_decay_where_steps_are_divided_by_an_estimate_of_the_cost(rule):
    with pytest.raises(ValueError, match=f"the step rule '{rule}' divides by an estimate of the "):
        replace(VARIANTS["tanh"], step_rule=rule, weight_decay=0.1).check_parts()


@pytest.mark.parametrize("rule", [row.name for row in STEP_RULES.values() if row.curvature_every])
def test_a_rule_takes_the_cost_alone_whose_curvature_it_is_given(rule):
    match = f"the step rule '{rule}' divides by the curvature of the log-likelihood, .* 'quadratic'"
    with pytest.raises(ValueError, match=match):
        register(Variant("mine", "", "tanh", "standard", cost="quadratic", step_rule=rule))
    assert "mine" not in VARIANTS


NONE = {
    "profile": ("groving", "names an unknown profile 'groving'; did you mean 'growing'? Known: "),
    "pretrained": ("no", "pretrained must be True or False, got 'no'"),
}


@pytest.mark.parametrize("field", NONE)
def test_what_is_no_profile_or_no_truth_value_is_refused(field):
    value, said = NONE[field]
    with pytest.raises(ValueError, match=re.escape(said)):
        register(replace(VARIANTS["tanh"], name="mine", **{field: value}))
    assert "mine" not in VARIANTS


def test_a_row_that_has_what_all_had_before_is_stored_as_before():
    found = content_of(VARIANTS["tanh_n"])
    assert list(found) == [
        "name", "label", "activation", "initialization", "cost", "step_rule", "pretrained",
        "profile",
    ]  # fmt: skip
    assert content_of(replace(VARIANTS["tanh_n"], weight_decay=0)) == found
    assert content_of(VARIANTS["tanh_n_cosine"])["schedule"] == "cosine"
    assert content_of(VARIANTS["tanh_n_adamw"])["weight_decay"] == 0.01
