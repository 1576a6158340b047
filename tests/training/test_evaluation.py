"""Losses, errors and predictions against a slow count."""

from typing import Any

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, every_kind_of_trial, random_examples, toy_dataset
from oracles import ReferenceNetwork, count_wrong
from steppers import EACH_STEPPER
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from glorot_sweep.data.dataset import Examples
from glorot_sweep.engine.engines import NATIVE, make_stepper
from glorot_sweep.engine.stepper import Stepper
from glorot_sweep.engine.torch.answering import BATCH
from glorot_sweep.training.evaluation import evaluate

pytestmark = [pytest.mark.usefixtures("one_torch_thread"), EACH_STEPPER]


def a_stepper(engine: str, count: int = 3) -> Stepper:
    trials = [a_trial(str(i), depth=1 + i % 4, weight_seed=i) for i in range(count)]
    return make_stepper(engine, a_pack(*trials), n_inputs=23, n_classes=9)


class Largest(TorchDispatchMode):
    """Looks at how large the tensors are that are made meanwhile."""

    elements = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None):
        made = function(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor):
            self.elements = max(self.elements, made.numel())
        return made


def change(stepper: Stepper, trial: int, layer: int, part: int, value: float) -> None:
    """Fill the weights (part 0) or biases (part 1) of a layer of a trial with a value."""
    states = [stepper.state_of(index) for index in range(len(stepper.trials))]
    states[trial].layers[layer][part].fill(value)
    stepper.load(states, updates=0, pretrained=0)


@pytest.mark.parametrize("n", [1, BATCH - 1, BATCH, 2 * BATCH + 30])
def test_errors_are_counts(engine: str, n: int) -> None:
    """Exactly 100 wrong / n, correctly rounded to float64."""
    stepper, examples = a_stepper(engine), random_examples(n, 23, 9, seed=5)
    found = evaluate(stepper, examples)
    assert found.predictions.shape == (3, n)
    for index in range(3):
        wrong = count_wrong(found.predictions[index].tolist(), examples)
        assert found.errors[index] == 100 * wrong / n


def test_errors_have_no_rounding_of_single_precision(engine: str) -> None:
    """974 wrong of 10,000 are 9.74 percent, not 9.740000963."""
    stepper = a_stepper(engine, 1)
    examples = random_examples(10_000, 23, 9, seed=6)
    answers = torch.from_numpy(evaluate(stepper, examples).predictions[0]).long()
    labels = answers.clone()
    labels[:974] = (labels[:974] + 1) % 9
    assert evaluate(stepper, Examples(examples.images, labels)).errors.tolist() == [9.74]


def test_counting_makes_nothing_as_large_as_all_probabilities(engine: str) -> None:
    """No tensor [trials, examples, classes]: no pack's size knows of it."""
    stepper, examples = a_stepper(engine), random_examples(500, 23, 9, seed=5)
    answers = stepper.answer(examples.images, examples.labels)
    stepper.answer = lambda *_: answers  # type: ignore[method-assign]
    with Largest() as largest:
        evaluate(stepper, examples)
    assert 0 < largest.elements <= answers.classes.size


def test_results_are_in_the_order_of_the_trials(engine: str) -> None:
    """The deepest trial is the first of the stacks, but not of the results."""
    together, examples = a_stepper(engine, 4), random_examples(300, 23, 9, seed=7)
    found = evaluate(together, examples)
    assert len({tuple(row) for row in found.predictions.tolist()}) == 4
    for index in range(4):
        alone = a_stepper(engine, 4)
        alone.keep([index])
        single = evaluate(alone, examples)
        assert single.predictions[0].tolist() == found.predictions[index].tolist()
        assert single.errors.tolist() == [found.errors[index]]
        assert single.losses.tolist() == [found.losses[index]]


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_losses_and_predictions_of_an_ordinary_network(engine: str, precision: str) -> None:
    """A loss below 4 rounds by some 211 operations (tests/engine/test_against_autograd.py)."""
    if (engine, precision) == (NATIVE, "float64"):
        pytest.skip("the native engine has single precision alone")
    dataset = toy_dataset()
    trials = every_kind_of_trial()
    spec = a_pack(*trials, precision=precision)
    stepper = make_stepper(engine, spec, dataset.n_inputs, dataset.n_classes)
    found = evaluate(stepper, dataset.validation)
    unit = float(np.finfo(precision).eps) / 2
    for index, trial in enumerate(trials):
        weights = [torch.from_numpy(weight) for weight, _ in stepper.state_of(index).layers]
        double = ReferenceNetwork(trial.variant.activation, weights, torch.float64)
        with torch.no_grad():
            logits = double(dataset.validation.images.double() / 255)
        loss = float(functional.cross_entropy(logits, dataset.validation.labels))
        assert found.losses[index] == pytest.approx(loss, abs=4 * 211 * unit)
        best = logits.topk(2).values
        clear = best[:, 0] - best[:, 1] > 4 * 211 * unit
        predictions = torch.from_numpy(found.predictions[index]).long()
        assert clear.double().mean() > 0.95
        assert torch.equal(predictions[clear], logits.argmax(1)[clear])


def test_a_network_that_is_no_number_has_no_loss(engine: str) -> None:
    stepper = a_stepper(engine)
    change(stepper, 1, 0, 0, float("nan"))
    finite = evaluate(stepper, random_examples(40, 23, 9, seed=8)).losses
    assert [bool(torch.isfinite(torch.tensor(loss))) for loss in finite] == [True, False, True]


def test_a_padded_class_is_never_the_answer(engine: str) -> None:
    """Even where every real class is very unlikely: logits of -1e4 against a padding of 0."""
    stepper = a_stepper(engine, 2)
    for trial in range(2):
        change(stepper, trial, -1, 1, -1e4)
    found = evaluate(stepper, random_examples(50, 23, 9, seed=9))
    assert found.predictions.max() < 9
