"""The machine against scikit-learn's own predictions and against a slow double: explicit sums."""

import itertools
import math

import numpy as np
import pytest
import torch
from builders import random_examples
from sklearn.svm import SVC

from glorot_sweep.data.dataset import Examples
from glorot_sweep.svm import classifier as svm
from glorot_sweep.svm.classifier import (
    MEGABYTE,
    error_percent,
    fit_kept,
    fit_on_demand,
    predict,
)
from glorot_sweep.svm.gaussian_kernel import kernel_of, squared_distances

C, GAMMA = 3.0, 0.4


def problem(n_classes: int = 4) -> tuple[Examples, Examples]:
    """Few examples, noisy enough that pairs of classes overlap; labels are not 0, 1, 2 ..."""
    parts = [random_examples(n, 12, n_classes, seed) for seed, n in ((0, 90), (1, 60))]
    return tuple(Examples(part.images, 2 * part.labels + 1) for part in parts)  # type: ignore


def kept(train: Examples, c: float = C, gamma: float = GAMMA) -> svm.Solution:
    return fit_kept(
        kernel_of(squared_distances(train.images, train.images), gamma), train.labels, c
    )


def slow_prediction(solution: svm.Solution, train: Examples, image: torch.Tensor) -> int:
    """Votes of all pairs, every kernel a sum over pixels in Python floats."""
    starts = [0, *itertools.accumulate(solution.counts.tolist())]

    def kernel(row: int) -> float:
        pixels = zip(train.images[row].tolist(), image.tolist(), strict=True)
        return math.exp(-GAMMA * sum(((a - b) / 255) ** 2 for a, b in pixels))

    values = [kernel(row) for row in solution.support.tolist()]
    votes = [0] * len(solution.classes)
    for pair, (i, j) in enumerate(itertools.combinations(range(len(votes)), 2)):
        total = solution.offsets[pair]
        for s in range(starts[i], starts[i + 1]):
            total += solution.weights[j - 1, s] * values[s]
        for s in range(starts[j], starts[j + 1]):
            total += solution.weights[i, s] * values[s]
        assert abs(total) > 1e-9  # else rounding decides
        votes[i if total > 0 else j] += 1
    return int(solution.classes[votes.index(max(votes))])


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_predictions_equal_the_slow_double_and_sklearns(n_classes: int) -> None:
    train, test = problem(n_classes)
    solution = kept(train)
    support = train.images[torch.from_numpy(solution.support)]
    found = predict(solution, support, GAMMA, test.images)
    assert found.tolist() == [slow_prediction(solution, train, image) for image in test.images]
    theirs = SVC(C=C, gamma=GAMMA).fit(train.images.numpy() / 255, train.labels.numpy())
    assert found.tolist() == theirs.predict(test.images.numpy() / 255).tolist()
    assert error_percent(found, test.labels) < 50  # and something was learned
    assert len(solution.support) < len(train)


def test_both_ways_lead_to_the_same_solution() -> None:
    """LIBSVM stops when no condition is violated by more than 0.001 of a margin of 1."""
    train, _ = problem()
    one = kept(train)
    other = fit_on_demand(train.images, train.labels, C, GAMMA, 10 * MEGABYTE)
    assert one.support.tolist() == other.support.tolist()
    assert np.allclose(one.weights, other.weights, atol=1e-6)
    assert np.allclose(one.offsets, other.offsets, atol=1e-6)


def test_the_solution_fulfills_the_conditions_of_the_optimum() -> None:
    """Karush, Kuhn, Tucker for two classes: y f(x) >= 1, = 1 or <= 1 as the weight is 0 to C."""
    train, _ = problem(2)
    solution = kept(train, c=1.0)
    kernel = kernel_of(squared_distances(train.images, train.images), GAMMA).numpy()
    values = kernel[:, solution.support] @ solution.weights[0] + solution.offsets[0]
    sign = np.where(train.labels.numpy() == solution.classes[0], 1.0, -1.0)
    weight = np.zeros(len(train))
    weight[solution.support] = np.abs(solution.weights[0])
    margin, slack = sign * values, 2e-3  # twice LIBSVM's tolerance: the offset has one as well
    assert (margin[weight == 0] >= 1 - slack).all()
    inside = (weight > 0) & (weight < 1.0)
    assert inside.any()
    assert np.abs(margin[inside] - 1).max() <= slack
    assert (margin[weight == 1.0] <= 1 + slack).all()
    assert abs((sign * weight).sum()) < 1e-9


def test_many_images_are_predicted_some_at_a_time(monkeypatch) -> None:
    train, test = problem()
    solution = kept(train)
    support = train.images[torch.from_numpy(solution.support)]
    whole = predict(solution, support, GAMMA, test.images)
    sizes = []

    def noted(images, centres):
        sizes.append(len(images))
        return squared_distances(images, centres)

    monkeypatch.setattr(svm, "squared_distances", noted)
    monkeypatch.setattr(svm, "PREDICTED_AT_ONCE", 8 * len(support) * 7)
    assert predict(solution, support, GAMMA, test.images).tolist() == whole.tolist()
    assert sizes == [7] * 8 + [4]
