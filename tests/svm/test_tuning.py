"""Scores with distances made once, against a fit from the start."""

import pytest
import torch
from builders import random_examples
from sklearn.svm import SVC

from glorot_sweep.svm.tuning import TuningProblem


def test_scores_equal_sklearns_in_any_order() -> None:
    train, validation = (random_examples(n, 12, 4, seed) for seed, n in enumerate((90, 200)))
    problem = TuningProblem(train, validation)
    found = {}
    for c, gamma in ((3.0, 0.4), (0.5, 2.0), (30.0, 0.05)):
        machine = SVC(C=c, gamma=gamma).fit(train.images.numpy() / 255, train.labels.numpy())
        wrong = machine.predict(validation.images.numpy() / 255) != validation.labels.numpy()
        found[c, gamma] = problem.score(c, gamma)
        assert found[c, gamma].error == pytest.approx(100 * wrong.mean())
        assert found[c, gamma].support_vectors == len(machine.support_)
    assert len({score.error for score in found.values()}) > 1
    assert problem.score(3.0, 0.4) == found[3.0, 0.4]  # a score leaves the distances as they are
    assert torch.equal(problem.train.images, train.images)
