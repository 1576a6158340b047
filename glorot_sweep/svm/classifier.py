"""Support vector machines of several classes, one against one: fitted by LIBSVM, read back here.

Two ways lead to the same solution. If the kernel between all examples can be kept, LIBSVM looks
its entries up; it takes a tenth of the time. If not, LIBSVM computes rows when it needs them and
keeps as many as its cache holds.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.svm import SVC
from torch import Tensor

from glorot_sweep.svm.gaussian_kernel import LEVELS, kernel_of, squared_distances

MEGABYTE = 2**20
KEPT_CACHE = 200 * MEGABYTE  # signed copies of a pair's rows, where the kernel itself is kept
PREDICTED_AT_ONCE = 256 * MEGABYTE  # of kernel between new images and support vectors


@dataclass(frozen=True)
class Solution:
    """What LIBSVM has found: for each pair of classes a weighted sum of kernels and an offset.

    Attributes:
        support: rows of the training examples that are support vectors [s], class by class.
        counts: how many of them each class has [k].
        weights: [k - 1, s]; of a support vector of class i, row j is its weight against class j
            (j < i) or j + 1 (j >= i).
        offsets: of the pairs (0, 1), (0, 2) ... (k - 2, k - 1).
        classes: labels [k], rising.
    """

    support: NDArray[np.int64]
    counts: NDArray[np.int64]
    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]
    classes: NDArray[np.int64]

    def predict(self, kernel: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the class with most votes of the pairs; of equals the first one.

        Args:
            kernel: between images and support vectors [n, s].
        """
        edges = np.concatenate([[0], np.cumsum(self.counts)])
        sums = [
            kernel[:, a:b] @ self.weights[:, a:b].T for a, b in itertools.pairwise(edges.tolist())
        ]
        votes = np.zeros((len(kernel), len(self.classes)), dtype=np.int64)
        pairs = itertools.combinations(range(len(self.classes)), 2)
        for (i, j), offset in zip(pairs, self.offsets.tolist(), strict=True):
            first_wins = sums[i][:, j - 1] + sums[j][:, i] + offset > 0
            votes[first_wins, i] += 1
            votes[~first_wins, j] += 1
        chosen: NDArray[np.int64] = self.classes[votes.argmax(1)]
        return chosen


def fit_kept(kernel: Tensor, labels: Tensor, c: float) -> Solution:
    """Fit with the kernel between all examples at hand.

    Args:
        kernel: float64 [n, n].
        labels: [n], of two classes at least.
        c: penalty of a margin that is violated.
    """
    machine = SVC(C=c, kernel="precomputed", cache_size=KEPT_CACHE / MEGABYTE)
    return _solution(machine.fit(kernel.numpy(), labels.numpy()))


def fit_on_demand(images: Tensor, labels: Tensor, c: float, gamma: float, cache: int) -> Solution:
    """Fit with rows of the kernel made when they are needed.

    Args:
        images: 8-bit grey levels [n, inputs].
        labels: [n], of two classes at least.
        c: penalty of a margin that is violated.
        gamma: of the kernel, for pixels in [0, 1].
        cache: bytes that rows may take.
    """
    machine = SVC(C=c, kernel="rbf", gamma=gamma, cache_size=cache / MEGABYTE)
    return _solution(machine.fit(images.to(torch.float64).div_(LEVELS).numpy(), labels.numpy()))


def predict(solution: Solution, support: Tensor, gamma: float, images: Tensor) -> NDArray[np.int64]:
    """Return the labels of new images, some at a time.

    Args:
        solution: a fitted machine.
        support: its support vectors, 8-bit grey levels [s, inputs].
        gamma: of the kernel.
        images: 8-bit grey levels [n, inputs].
    """
    at_once = max(1, PREDICTED_AT_ONCE // (8 * len(support)))
    parts = [
        solution.predict(kernel_of(squared_distances(some, support), gamma).numpy())
        for some in torch.split(images, at_once)
    ]
    return np.concatenate(parts)


def error_percent(predictions: NDArray[np.int64], labels: Tensor) -> float:
    """Return the share of wrong labels.

    Example:
        >>> error_percent(np.array([1, 0, 2, 2]), torch.tensor([1, 0, 2, 0]))
        25.0
    """
    return 100.0 * float(np.mean(predictions != labels.numpy()))


def _solution(machine: SVC) -> Solution:
    # Of two classes scikit-learn turns the signs, so that a positive sum means the second one.
    sign = -1.0 if len(machine.classes_) == 2 else 1.0
    return Solution(
        support=machine.support_.astype(np.int64),
        counts=machine.n_support_.astype(np.int64),
        weights=sign * machine.dual_coef_,
        offsets=sign * machine.intercept_,
        classes=machine.classes_.astype(np.int64),
    )
