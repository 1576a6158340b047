"""Packs against one network at a time, torch.autograd and torch.optim.SGD.

How far two correct programs may differ. One update rounds a weight once, by at most u |W|, and
its step by at most u N |step|, where N counts the operations between a batch and a weight's step:
the sums over inputs (23), over width forward and backward (2 x 4 x 20), over classes twice
(2 x 9) and over the batch (10), so 211 at depth 5. Later updates multiply what differs by GROWTH:
the factor by which a change of 1e-9 in every initial weight has grown at the end, at most, in the
reference itself, in float64. Over T updates: T u GROWTH (|W| + N |step|).

Learning rates stay below 0.04 because the bound means nothing in a chaotic regime: up to 0.09 the
growth over 1,000 updates already reaches 5e7, in the deepest networks.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, every_kind_of_trial, further_trials, toy_dataset
from oracles import largest_difference, reference_of, train_reference
from steppers import AT_ITS_BEST, EACH_STEPPER, IN_DOUBLE

from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.engine.stepper import Stepper
from glorot_sweep.engine.torch import passes
from glorot_sweep.specs import TORCH, TrialSpec

pytestmark = pytest.mark.usefixtures("one_torch_thread")

OPERATIONS = 211
LARGEST_STEP = 0.02  # measured in the last updates: 0.007 and 0.010
GROWTH = {100: 3, 1_000: 15}  # measured: 2.35 and 13.3
LARGEST_WEIGHT = {100: 0.6, 1_000: 1.2}  # measured: 0.50 and 1.08
DATASET = toy_dataset()
PRECISIONS = {"float32": torch.float32, "float64": torch.float64}


def bound(updates: int, precision: str) -> float:
    unit = torch.finfo(PRECISIONS[precision]).eps / 2
    one_update = unit * (LARGEST_WEIGHT[updates] + OPERATIONS * LARGEST_STEP)
    return updates * GROWTH[updates] * one_update


def trials(updates: int, precision: str) -> list[TrialSpec]:
    """Every variant and depth at rates 0.01 .. 0.034, and one that overflows at once."""
    kinds = every_kind_of_trial(updates=updates)
    tame = [replace(t, learning_rate=0.01 + 0.001 * i) for i, t in enumerate(kinds)]
    overflowing = 1e38 if precision == "float32" else 1e307
    wild = a_trial("wild", updates=updates, depth=4, learning_rate=overflowing)
    return [*tame[:12], wild, *tame[12:]]


def packed(engine: str, pack: list[TrialSpec], precision: str) -> tuple[Stepper, list[float]]:
    """Train in chunks of 50; return the mean losses too."""
    spec = a_pack(*pack, precision=precision)
    stepper, losses = make_stepper(engine, spec, DATASET.n_inputs, DATASET.n_classes), []
    for first in range(0, pack[0].updates, 50):
        part = DATASET.training(1, first * 10, 500)
        losses.append(stepper.update_chunk(part.images[None], part.labels[None]))
    assert stepper.updates == pack[0].updates
    return stepper, np.concatenate(losses).mean(0).tolist()


@np.errstate(invalid="ignore")  # the mean of losses that are no numbers
def check(engine: str, updates: int, precision: str, compared: slice = slice(None)) -> None:
    """Train all in one pack; compare these, and see that the one that overflows does."""
    pack = trials(updates, precision)
    stepper, losses = packed(engine, pack, precision)
    wild = [trial.key for trial in pack].index("wild")
    assert not np.isfinite(stepper.state_of(wild).layers[0][0]).all()
    for index, trial in [*enumerate(pack)][compared]:
        if index == wild:
            continue
        reference, expected_losses = train_reference(trial, DATASET, PRECISIONS[precision])
        layers = stepper.state_of(index).layers
        assert largest_difference(layers, reference) < bound(updates, precision), trial.key
        start = reference_of(trial, DATASET, PRECISIONS[precision])
        moved = largest_difference(layers, start)
        assert moved > 0.01, "training must have changed the weights"
        # Rounding of a loss below 4, and what the weights' differences do to it: their slopes,
        # as in the last update, times two for earlier ones.
        slopes = sum(float(p.grad.abs().sum()) for p in reference.parameters())
        unit = torch.finfo(PRECISIONS[precision]).eps / 2
        tolerance = 4 * OPERATIONS * unit + 2 * slopes * bound(updates, precision)
        mean = sum(expected_losses) / updates
        assert losses[index] == pytest.approx(mean, abs=tolerance)


@pytest.mark.slow
@IN_DOUBLE
def test_100_updates_in_double_precision(engine: str) -> None:
    """Bound 1.6e-13; found 2.3e-15."""
    check(engine, 100, "float64", slice(0, None, 4))


@EACH_STEPPER
def test_100_updates_in_single_precision(engine: str) -> None:
    """Bound 8.6e-5; found 8.9e-8."""
    check(engine, 100, "float32", slice(1, None, 4))  # others than above


@pytest.mark.slow
def test_100_updates_of_layers_that_count_as_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals made from the left; the same bound."""
    monkeypatch.setattr(passes, "WIDE", 1)
    check(TORCH, 100, "float64", slice(2, None, 4))


@pytest.mark.slow
@IN_DOUBLE
def test_1000_updates_in_double_precision(engine: str) -> None:
    """Bound 9.0e-12; found 9.3e-15."""
    check(engine, 1_000, "float64")


@pytest.mark.slow
@AT_ITS_BEST
@pytest.mark.parametrize(
    "name", ["functions and draws", "later functions", "quadratic", "growing", "shrinking"]
)
def test_what_is_beyond_table_1(engine: str, precision: str, name: str) -> None:
    """100 updates, by the bound above for all that is bounded; 50 in float32.

    Their weights and activations are not bounded by 1, but stay below 10 at these rates, and
    the bound is proportional to them: 1.6e-12 and 8.6e-4; found 2.6e-15 and 9.9e-7. In the 64th
    update a ReLU's argument is 4.6e-7, and float32 may well be on the other side of 0.
    """
    updates = {"float64": 100, "float32": 50}[precision]
    pack = further_trials(updates=updates)[name]
    pack = [replace(t, learning_rate=0.01 + 0.001 * i) for i, t in enumerate(pack)]
    stepper, losses = packed(engine, pack, precision)
    unit = torch.finfo(PRECISIONS[precision]).eps / 2
    for index, trial in enumerate(pack):
        reference, expected = train_reference(trial, DATASET, torch.float64)
        layers = stepper.state_of(index).layers
        difference = largest_difference(layers, reference)
        assert difference < 10 * bound(100, precision), trial.variant.name
        start = reference_of(trial, DATASET, torch.float64)
        assert largest_difference(layers, start) > 0.001
        slopes = sum(float(p.grad.abs().sum()) for p in reference.parameters())
        tolerance = 10 * (4 * OPERATIONS * unit + 2 * slopes * bound(100, precision))
        assert losses[index] == pytest.approx(sum(expected) / updates, abs=tolerance)
