"""Scoring C and gamma on validation examples, distances being made once for all of them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from glorot_sweep.data.dataset import Examples
from glorot_sweep.svm.classifier import (
    PREDICTED_AT_ONCE,
    Solution,
    error_percent,
    fit_kept,
)
from glorot_sweep.svm.gaussian_kernel import kernel_of, squared_distances


@dataclass(frozen=True)
class Score:
    """What a pair of C and gamma is worth.

    Attributes:
        error: on the validation examples, percent.
        support_vectors: how many of the training examples are needed.
    """

    error: float
    support_vectors: int


class TuningProblem:
    """Training and validation examples, and the distances between them.

    Args:
        train: few enough that the kernel between all of them can be kept.
        validation: what is predicted.
    """

    def __init__(self, train: Examples, validation: Examples) -> None:
        self.train, self.validation = train, validation
        self._among = squared_distances(train.images, train.images)
        self._across = squared_distances(validation.images, train.images)

    def score(self, c: float, gamma: float) -> Score:
        """Fit with these parameters and predict the validation examples."""
        solution = fit_kept(kernel_of(self._among.clone(), gamma), self.train.labels, c)
        wrong = error_percent(self._predict(solution, gamma), self.validation.labels)
        return Score(wrong, len(solution.support))

    def _predict(self, solution: Solution, gamma: float) -> NDArray[np.int64]:
        support = torch.from_numpy(solution.support)
        at_once = max(1, PREDICTED_AT_ONCE // (8 * len(support)))
        parts = [
            solution.predict(kernel_of(some.index_select(1, support), gamma).numpy())
            for some in torch.split(self._across, at_once)
        ]
        return np.concatenate(parts)
