"""What a plugin registers is tried at once: what cannot work is refused before it trains."""

import math
import re
from dataclasses import fields

import numpy as np
import pytest
import torch
from torch.nn import functional

from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.registration import (
    register_activation,
    register_cost,
    register_initialization,
    register_schedule,
    register_step_rule,
    register_variant,
)
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.torch.activations import ActivationFunction
from glorot_sweep.parts.torch.costs import CostFunction, LogLikelihood, Quadratic
from glorot_sweep.parts.torch.step_rules import Momentum, StepFunctions
from glorot_sweep.parts.variants import VARIANTS, Variant

pytestmark = pytest.mark.usefixtures("unregistered")


class Shifted(ActivationFunction):
    """tanh(s) + offset, whose derivative is `factor` times as large as it should be."""

    factor, offset = 1.0, 0.0

    def forward(self, s, z, memo):
        torch.tanh(s, out=z)
        memo.copy_(1 - z * z)
        z.add_(self.offset)

    def backward(self, signal, z, memo, delta):
        torch.mul(signal, memo * self.factor, out=delta)


class Steep(Shifted):
    factor = 2.0


class High(Shifted):
    offset = 0.5


def register(function, **changes):
    register_activation("mine", function, **{"asymptotes": (-1.0, 1.0), **changes})


def test_an_activation_is_taken_and_its_value_at_0_is_computed():
    register(Shifted)
    assert isinstance(ACTIVATIONS["mine"].function, Shifted)
    assert (ACTIVATIONS["mine"].at_zero, ACTIVATIONS["mine"].asymptotes) == (0.0, (-1.0, 1.0))


def test_a_wrong_derivative_is_refused_with_both_numbers():
    said = "at -2.7 it says 0.0358085, and forward rises by 0.0179042; if that is meant, say surr"
    with pytest.raises(ValueError, match=re.escape(said)):
        register(Steep)
    register(Steep, surrogate_gradient=True)


def test_padded_units_must_be_silent():
    with pytest.raises(ValueError, match=r"exactly 0 at its silent_bias, .* and is 0.5 at 0; give"):
        register(High)


class Mish(ActivationFunction):
    """s tanh(log(1 + exp(s))), which falls to -0.30884 at -1.1925 (D. Misra, 2020)."""

    def forward(self, s, z, memo):
        soft = torch.tanh(functional.softplus(s))
        memo.copy_(soft + s * (1 - soft * soft) * torch.sigmoid(s))
        torch.mul(s, soft, out=z)

    def backward(self, signal, z, memo, delta):
        torch.mul(signal, memo, out=delta)


class MirroredMish(Mish):
    """Mish of -s."""

    def forward(self, s, z, memo):
        super().forward(-s, z, memo)
        memo.neg_()


RISING = {"asymptotes": (0.0, math.inf)}


def test_a_function_that_falls_says_how_far():
    said = "the activation 'mine' falls to -0.30884 at -1.1875, below its only asymptote, 0; give"
    with pytest.raises(ValueError, match=re.escape(said)):
        register(Mish, **RISING)
    with pytest.raises(ValueError, match=r"got -0.5, and its least value is -0.30884, its asymp"):
        register(Mish, **RISING, dip=-0.5)
    assert "mine" not in ACTIVATIONS
    register(Mish, **RISING, dip=-0.3088)
    assert ACTIVATIONS["mine"].dip == -0.3088


def test_a_function_that_falls_from_infinity_says_how_far_too():
    with pytest.raises(ValueError, match=r"falls to -0.30884 at 1.1875, below its only asymptote"):
        register(MirroredMish, asymptotes=(math.inf, 0.0))
    register(MirroredMish, asymptotes=(math.inf, 0.0), dip=-0.3088)
    assert ACTIVATIONS["mine"].asymptotes == (math.inf, 0.0)


@pytest.mark.parametrize("changes", [{}, {"asymptotes": (-math.inf, math.inf)}])
def test_a_dip_is_below_a_lower_asymptote_alone(changes):
    with pytest.raises(
        ValueError, match="dip of the activation 'mine' must be its least value, be"
    ):
        register(Shifted, dip=-1.0, **changes)


@pytest.mark.parametrize("row", [a for a in ACTIVATIONS.values() if a.name in ACTIVATIONS.shipped])
def test_an_activation_of_the_package_would_be_taken(row):
    register(
        type(row.function), asymptotes=row.asymptotes, silent_bias=row.silent_bias, dip=row.dip
    )
    assert ACTIVATIONS["mine"].at_zero == row.at_zero


class Cost(LogLikelihood):
    """The log-likelihood, whose gradient is `factor` times as large as it should be."""

    factor = 1.0

    def gradient(self, log_probabilities, targets, out):
        return super().gradient(log_probabilities, targets, out).mul_(self.factor)


class Rising(Cost):
    factor = -1.0


class Smoothed(CostFunction):
    """The log-likelihood of labels a tenth of which is spread over all classes."""

    def smooth(self, log_probabilities, targets):
        return 0.9 * targets + 0.1 / targets.shape[-1]

    def of_examples(self, log_probabilities, targets, out):
        out.copy_(-(self.smooth(log_probabilities, targets) * log_probabilities).sum(-1))

    def gradient(self, log_probabilities, targets, out):
        labels = self.smooth(log_probabilities, targets)
        return out.copy_(log_probabilities.exp() - labels)


class SmoothedOverRealClasses(Smoothed):
    def smooth(self, log_probabilities, targets):
        real = (log_probabilities > -1e29).to(targets.dtype)
        return 0.9 * targets + 0.1 * real / real.sum(-1, keepdim=True)


class Lost(Cost):
    """Its gradient lies where nobody looks."""

    def gradient(self, log_probabilities, targets, out):
        return log_probabilities.exp() - targets


class Overflowing(Cost):
    """Squares of log-probabilities, infinite in single precision."""

    def of_examples(self, log_probabilities, targets, out):
        out.copy_((log_probabilities.square() * targets).sum(-1))


COSTS_THAT_ARE_NONE = {
    Rising: "gradient of the cost 'mine' is not the derivative of of_examples: for a logit of "
            "class 0 it says 0.654615, and the cost rises by -0.654615",
    Smoothed: "padded classes, of log-probability -1e+30 and target 0, must add 0 to the cost "
              "'mine' and have the gradient 0: with two of them it is 4e+28 instead of ",
    Overflowing: "with two of them it is nan instead of",
    Lost: "gradient of the cost 'mine' must write into `out` and return it",
    int: "the cost 'mine' must be a class derived from CostFunction, got <class 'int'>",
    CostFunction: "must have all functions of CostFunction, and lacks gradient, of_examples",
}  # fmt: skip


@pytest.mark.parametrize("cost", COSTS_THAT_ARE_NONE)
def test_a_cost_that_is_none_is_refused(cost):
    with pytest.raises(ValueError, match=re.escape(COSTS_THAT_ARE_NONE[cost])):
        register_cost("mine", cost)
    assert "mine" not in COSTS


@pytest.mark.parametrize("cost", [LogLikelihood, Quadratic, SmoothedOverRealClasses])
def test_a_cost_is_taken(cost):
    register_cost("mine", cost)
    assert isinstance(COSTS["mine"].function, cost)


def test_an_activation_is_a_class_of_its_kind():
    with pytest.raises(ValueError, match="must be a class derived from ActivationFunction, got 5"):
        register(5)


def unseeded(fan_in, fan_out, _generator):
    return torch.rand((fan_in, fan_out), dtype=torch.float64)


def single(fan_in, fan_out, generator):
    return torch.rand((fan_in, fan_out), generator=generator)


def turned(fan_in, fan_out, generator):
    return torch.rand((fan_out, fan_in), generator=generator, dtype=torch.float64)


DRAWS = {
    single: r"thus [3, 2], got torch.float32 [3, 2]",
    turned: r"got torch.float64 [2, 3]",
    unseeded: "must draw from the generator that it is given and from nothing else",
    (lambda *_: 1.0): "got float",
}


@pytest.mark.parametrize("draw", DRAWS)
def test_a_draw_that_is_none_is_refused(draw):
    with pytest.raises(ValueError, match=re.escape(DRAWS[draw])):
        register_initialization("mine", draw)
    assert "mine" not in INITIALIZATIONS


class Falling(Momentum):
    """A step along a sum of gradients."""

    def take_curvature(self, parameters, diagonal, number):
        """Nothing is made of it."""


class Stepping(StepFunctions):
    """It has nothing to settle, and does not say so."""

    def step(self, parameters, update):
        parameters.values.sub_(parameters.gradient)


VELOCITY = {"kept": ("velocity",)}
STEP_RULES_THAT_ARE_NONE = {
    "no tuple": (Falling, {"kept": "velocity"}, "kept must be a tuple of names, got 'velocity'; "
                 "write ('velocity',)"),
    "derived": (Falling, {**VELOCITY, "derived": "step"}, "derived must be a tuple of names, got"),
    "abstract": (Stepping, {}, "must have all functions of StepFunctions, and lacks settle"),
    "no class": (len, {}, "must be a class derived from StepFunctions, got <built-in function len"),
    "no estimate": (Falling, {**VELOCITY, "has_damping": True}, "so estimate must be the name in "
                    "kept of what it is added to, got '' and kept ('velocity',)"),
    "no examples": (Falling, {**VELOCITY, "curvature_every": 50}, "is given the curvature every "
                    "50 updates, so curvature_examples must be 1 or more, got 0"),
}  # fmt: skip


@pytest.mark.parametrize("case", STEP_RULES_THAT_ARE_NONE)
def test_a_step_rule_that_is_none_is_refused(case):
    functions, row, said = STEP_RULES_THAT_ARE_NONE[case]
    with pytest.raises(ValueError, match="the step rule 'mine'") as error:
        register_step_rule("mine", functions, **row)
    assert said in str(error.value)
    assert "mine" not in STEP_RULES


def test_a_step_rule_does_a_step_when_it_is_registered():
    with pytest.raises(KeyError, match="velocity"):
        register_step_rule("mine", Falling)
    with pytest.raises(NotImplementedError, match="Momentum has no use for diagonals of the Hess"):
        register_step_rule("mine", Momentum, **VELOCITY, curvature_every=5, curvature_examples=7)
    assert "mine" not in STEP_RULES
    register_step_rule("mine", Falling, **VELOCITY, curvature_every=5, curvature_examples=7)
    assert isinstance(STEP_RULES["mine"].functions, Falling)


@pytest.mark.parametrize("rule", [row for row in STEP_RULES.values() if not row.is_linear])
def test_a_rule_of_the_package_would_be_taken(rule):
    row = {
        each.name: getattr(rule, each.name)
        for each in fields(rule)
        if each.name not in ("name", "source", "given")
    }
    register_step_rule("mine", type(rule.functions), **row)
    assert STEP_RULES["mine"].kept == rule.kept


SCHEDULES_THAT_ARE_NONE = {
    "a number": lambda *_: 0.5,
    "too few": lambda *_: [1.0],
    "infinite": lambda update, _: 1 / (0.0 * update),
    "negative": lambda update, _: -(update + 1.0),
}


@pytest.mark.parametrize("case", SCHEDULES_THAT_ARE_NONE)
@pytest.mark.filterwarnings("ignore:divide by zero|invalid value:RuntimeWarning")
def test_a_schedule_that_is_none_is_refused(case):
    said = "the schedule 'mine' must give each update a finite factor, 0 or more; for 3 updates"
    with pytest.raises(ValueError, match=said):
        register_schedule("mine", SCHEDULES_THAT_ARE_NONE[case])
    assert "mine" not in SCHEDULES


def test_a_schedule_is_taken():
    register_schedule("mine", lambda update, updates: 1 - update / updates)
    assert not SCHEDULES["mine"].is_constant


@pytest.mark.parametrize("label", [7, "a\nb", "\x1b[31mred", " a", "x" * 61])
def test_a_label_is_what_a_table_can_write(label):
    with pytest.raises(ValueError, match=r"'mine': a label is one line of at most 60 characters"):
        register_variant(Variant("mine", label, "tanh", "he"))
    assert "mine" not in VARIANTS


def test_a_label_is_that_of_one_variant():
    with pytest.raises(ValueError, match="'mine' would be written as 'tanh_n' is, 'Tanh N'; give"):
        register_variant(Variant("mine", "Tanh N", "tanh", "he"))
    register_variant(Variant("mine", "Mine", "tanh", "he"))
    register_variant(Variant("mine", "Mine", "tanh", "he"))  # a notebook's cell, run again


@pytest.mark.parametrize("decay", [np.float32(0.25), np.float64(0.25), 0.25])
def test_a_weight_decay_of_numpy_is_kept_as_a_plain_number(decay):
    register_variant(Variant("mine", "", "tanh", "he", weight_decay=decay))
    assert type(VARIANTS["mine"].weight_decay) is float
    assert VARIANTS["mine"].weight_decay == 0.25


def test_a_variant_without_a_label_gets_one_made_of_its_parts():
    register_variant(Variant("mine", "", "tanh", "he", pretrained=True))
    assert VARIANTS["mine"].label == "Tanh, he, pretrained"
    with pytest.raises(ValueError, match="'Mine' is no name of a variant: a name has 1 to 40"):
        register_variant(Variant("Mine", "", "tanh", "he"))
