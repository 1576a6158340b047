"""Losses, errors and predictions against a slow count."""

import pytest
import torch
from builders import a_pack, every_kind_of_trial, random_examples, toy_dataset
from oracles import ReferenceNetwork, count_wrong
from torch.nn import functional

from glorot_sweep.data.dataset import Examples
from glorot_sweep.engine.torch.layout import Architecture
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.training.measuring import BATCH, measure
from glorot_sweep.training.module import PackModule

pytestmark = pytest.mark.usefixtures("one_torch_thread")


def a_network(count: int = 3) -> PackedNetwork:
    kinds = [Architecture("tanh", "normalized", 1 + i % 4, weight_seed=i) for i in range(count)]
    network = PackedNetwork(kinds, n_inputs=23, n_classes=9, width=20)
    network.initialize()
    return network


@pytest.mark.parametrize("n", [1, BATCH - 1, BATCH, 2 * BATCH + 30])
def test_errors_are_counts(n: int) -> None:
    """Exactly 100 wrong / n, correctly rounded to float64."""
    network, examples = a_network(), random_examples(n, 23, 9, seed=5)
    found = measure(network, examples)
    assert found.predictions.shape == (3, n)
    for index in range(3):
        wrong = count_wrong(found.predictions[index].tolist(), examples)
        assert found.errors[index] == 100 * wrong / n


def test_errors_have_no_rounding_of_single_precision() -> None:
    """974 wrong of 10,000 are 9.74 percent, not 9.740000963."""
    network = a_network(1)
    examples = random_examples(10_000, 23, 9, seed=6)
    answers = torch.from_numpy(measure(network, examples).predictions[0]).long()
    labels = answers.clone()
    labels[:974] = (labels[:974] + 1) % 9
    assert measure(network, Examples(examples.images, labels)).errors.tolist() == [9.74]


def test_results_are_in_the_order_of_the_trials() -> None:
    """The stacks hold the deepest trial first, the results do not."""
    together, examples = a_network(4), random_examples(300, 23, 9, seed=7)
    found = measure(together, examples)
    assert len({tuple(row) for row in found.predictions.tolist()}) == 4
    for index in range(4):
        single = measure(together.keep([index]), examples)
        assert single.predictions[0].tolist() == found.predictions[index].tolist()
        assert single.errors.tolist() == [found.errors[index]]
        assert single.losses.tolist() == [found.losses[index]]


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_losses_and_predictions_of_an_ordinary_network(precision: str) -> None:
    """A loss below 4 rounds by some 211 operations (tests/network/test_against_autograd.py)."""
    dataset = toy_dataset()
    trials = every_kind_of_trial()
    module = PackModule(a_pack(*trials, precision=precision), dataset.n_inputs, dataset.n_classes)
    found = measure(module.network, dataset.validation)
    unit = torch.finfo(module.network.dtype).eps / 2
    for index, trial in enumerate(trials):
        weights = [weight for weight, _ in module.network.layers_of(index)]
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


def test_a_network_that_is_no_number_has_no_loss() -> None:
    network = a_network()
    network.layers_of(1)[0][0].fill_(float("nan"))
    finite = measure(network, random_examples(40, 23, 9, seed=8)).losses
    assert [bool(torch.isfinite(torch.tensor(loss))) for loss in finite] == [True, False, True]


def test_a_padded_class_is_never_the_answer() -> None:
    """Even where every real class is very unlikely: logits of -1e4 against a padding of 0."""
    network = a_network(2)
    for trial in range(2):
        network.layers_of(trial)[-1][1].fill_(-1e4)
    found = measure(network, random_examples(50, 23, 9, seed=9))
    assert found.predictions.max() < 9
