"""The exported network against the pack that it came from."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from builders import a_pack, every_kind_of_trial, torch_threads, toy_dataset
from oracles import ReferenceNetwork

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import TrialSpec
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import TrialResult

pytestmark = pytest.mark.usefixtures("one_torch_thread")

Trained = list[tuple[TrialSpec, TrialResult]]


@pytest.fixture(scope="module")
def dataset() -> ImageDataset:
    return toy_dataset()


@pytest.fixture(scope="module")
def trained(dataset: ImageDataset) -> Trained:
    alike = every_kind_of_trial(width=33, updates=60)
    rectifiers = [
        replace(alike[1], key=name, variant=VARIANTS[name])
        for name in ("relu_he", "softplus_n", "gelu_he", "silu_he", "selu_lecun")
    ]
    shaped = [replace(alike[3], depth=3, variant=VARIANTS["tanh_n_growing"], widths=(20, 33, 46))]
    with torch_threads(1):
        return [
            pair
            for trials in ([*alike, *rectifiers], shaped)
            for pair in zip(trials, fit_pack(a_pack(*trials), dataset).trials, strict=True)
        ]


@pytest.mark.slow
def test_probabilities(trained: Trained, dataset: ImageDataset) -> None:
    """Found within 2e-7; five layers of at most 33 terms round by 200 units of 6e-8."""
    images = dataset.test.images
    for trial, result in trained:
        assert result.weights is not None
        single = SingleNetwork(trial.variant.activation, result.weights)
        n_layers = trial.depth + 1
        assert list(result.weights) == [
            f"{kind}_{layer}" for layer in range(n_layers) for kind in ("weight", "bias")
        ]
        weights = [torch.from_numpy(result.weights[f"weight_{i}"]) for i in range(n_layers)]
        double = ReferenceNetwork(trial.variant.activation, weights, torch.float64)
        with torch.no_grad():
            for index, linear in enumerate(double.linears):
                linear.bias.copy_(torch.from_numpy(result.weights[f"bias_{index}"]))
            expected = double(images.double() / 255).softmax(1)
            found = single(images.float())
        torch.testing.assert_close(found.double(), expected, rtol=0, atol=200 * 2.0**-24)


def test_predictions_and_test_error(trained: Trained, dataset: ImageDataset) -> None:
    """The same answers, save where two classes are as likely to within rounding."""
    labels = dataset.test.labels.numpy()
    for trial, result in trained:
        assert result.weights is not None
        assert result.test_predictions is not None
        single = SingleNetwork(trial.variant.activation, result.weights)
        with torch.no_grad():
            probabilities = single(dataset.test.images.float())
        best = probabilities.topk(2).values
        clear = (best[:, 0] - best[:, 1] > 400 * 2.0**-24).numpy()
        answers = probabilities.argmax(1).numpy()
        assert clear.mean() > 0.95
        assert np.array_equal(answers[clear], result.test_predictions[clear])
        error = 100 * int((answers != labels).sum()) / len(labels)
        assert result.test_error == pytest.approx(error, abs=100 * (~clear).sum() / len(labels))


def test_its_state_can_be_loaded_into_another(trained: Trained, dataset: ImageDataset) -> None:
    trial, result = trained[0]
    assert result.weights is not None
    single = SingleNetwork(trial.variant.activation, result.weights)
    empty = {name: np.zeros_like(values) for name, values in result.weights.items()}
    again = SingleNetwork(trial.variant.activation, empty)
    images = dataset.test.images[:5].float()
    with torch.no_grad():
        assert not torch.equal(single(images), again(images))
        again.load_state_dict(single.state_dict())
        assert torch.equal(single(images), again(images))
        assert single(images).shape == (5, 9)
