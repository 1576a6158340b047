"""Signals below 2^-100 become 0, in every form at the same place; nothing else does."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from builders import a_trial

from glorot_sweep.parts.step_rules import STEP_RULES
from native.cases import Case, digest, stepper_of, variant_of
from native.functions import EACH_FORM

DUST = np.float32(2.0**-100)
DEPTH, WIDTH, INPUTS, CLASSES = 2, 20, 23, 9
pytestmark = pytest.mark.usefixtures("one_torch_thread")


def stepper_with(form, activation, rule, last):
    """A network of two hidden layers whose output layer has these weights [width, classes]."""
    trial = a_trial(
        variant=variant_of(activation, "log_likelihood", rule),
        depth=DEPTH, width=WIDTH, learning_rate=0.1,
        damping=0.5 if STEP_RULES[rule].has_damping else None,
    )  # fmt: skip
    case = Case((trial,), INPUTS, CLASSES, updates=1)
    stepper = stepper_of(case, form)
    state = stepper.state_of(0)
    layers = (*state.layers[:-1], (last, state.layers[-1][1]))
    stepper.load([replace(state, layers=layers)], updates=0, pretrained=0)
    return stepper, case.part([1], 0, 10)


def faint():
    """Signs, and powers of two on both sides of the threshold, times what is no power."""
    exponents = np.linspace(-107, -87, WIDTH * CLASSES).reshape(WIDTH, CLASSES)
    signs = np.where(np.arange(CLASSES) % 2, 1, -1)
    return (signs * 2.0**exponents).astype(np.float32)


@EACH_FORM
def test_signals_of_a_trace(form):
    """With a single class that has a weight, each signal is one product, rounded once."""
    last = np.where(np.arange(CLASSES) == 4, faint(), np.float32(0))
    stepper, part = stepper_with(form, "identity", "sgd", last)
    trace = stepper.trace(part.images[0], part.labels[0])
    delta, found = (seen.gradients[0].numpy() for seen in (trace.output, trace.hidden[1]))
    whole = delta[:, 4:5] * last[:, 4]
    is_dust = np.abs(whole) < DUST
    assert 20 < is_dust.sum() < is_dust.size - 20
    assert np.array_equal(found, np.where(is_dust, np.float32(0), whole))
    below = np.abs(trace.hidden[0].gradients.numpy())
    assert below[below > 0].min() >= DUST


@EACH_FORM
def test_the_threshold_itself_is_no_dust(form):
    """Weights that make signals of exactly 2^-100, and of the float below."""
    last = np.zeros((WIDTH, CLASSES), np.float32)
    stepper, part = stepper_with(form, "identity", "sgd", last)
    delta = stepper.trace(part.images[0], part.labels[0]).output.gradients[0, 0].numpy()
    label = int(part.labels[0, 0])
    assert delta[label] == np.float32(1 / 9) - 1
    other = (label + 1) % CLASSES
    last[:, other] = DUST / delta[other]
    last[: WIDTH // 2, other] = np.nextafter(DUST, np.float32(0)) / delta[other]
    stepper, part = stepper_with(form, "identity", "sgd", last)
    trace = stepper.trace(part.images[0, :1], part.labels[0, :1])
    whole = last[:, other] * trace.output.gradients[0, 0, other].numpy()
    assert {*whole} == {DUST, np.nextafter(DUST, np.float32(0))}
    assert np.array_equal(trace.hidden[1].gradients[0, 0].numpy(), np.where(whole < DUST, 0, DUST))


@EACH_FORM
@pytest.mark.parametrize("rule", ["sgd", "hessian", "gradient_variance"])
@pytest.mark.parametrize("activation", ["identity", "tanh", "softsign", "softplus"])
def test_updates(activation, rule, form):
    """The second hidden layer's biases leave 0 where a signal, scaled for a step, is no dust."""
    stepper, part = stepper_with(form, activation, rule, faint())
    plain, _ = stepper_with("scalar", activation, rule, faint())
    signals = plain.trace(part.images[0], part.labels[0]).hidden[1].gradients[0].numpy()
    scaled = np.abs(signals).max(axis=0) * abs(plain.networks[0].update_scale())
    for one in (stepper, plain):
        one.update_chunk(part.images, part.labels)
    state, expected = stepper.state_of(0), plain.state_of(0)
    for found, known in zip(state.layers, expected.layers, strict=True):
        assert digest(*found) == digest(*known)
    moved = state.layers[1][1] != 0
    assert 3 < moved.sum() < WIDTH - 3
    assert np.array_equal(moved, scaled >= DUST)


@EACH_FORM
@pytest.mark.parametrize("rule", ["momentum", "nesterov", "adam", "adamw"])
def test_what_a_rule_keeps(rule, form):
    """Where an input is always 0 a velocity or a mean fades; below the threshold it is 0."""
    stepper, part = stepper_with(form, "tanh", rule, np.zeros((WIDTH, CLASSES), np.float32))
    state = stepper.state_of(0)
    assert state.estimates
    kept = {  # of which 0.9 are above the threshold, and below
        name: ((np.full((INPUTS, WIDTH), DUST / 0.8), np.full(WIDTH, DUST / 2)), *layers[1:])
        for name, layers in state.estimates.items()
    }
    stepper.load([replace(state, estimates=kept)], updates=0, pretrained=0)
    black = np.zeros_like(part.images[:, :10])
    stepper.update_chunk(torch.from_numpy(black), part.labels)
    for weight, bias in (layers[0] for layers in stepper.state_of(0).estimates.values()):
        assert (weight > DUST).all()
        assert not bias.any()
