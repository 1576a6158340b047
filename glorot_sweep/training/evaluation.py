"""Losses, errors and predictions of a whole pack on a fixed set."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torchmetrics.functional.classification import multiclass_stat_scores

from glorot_sweep.data.dataset import Examples
from glorot_sweep.engine.stepper import Stepper

FALSE_NEGATIVES = 3  # column of torchmetrics' scores (TP, FP, TN, FN, support)


@dataclass(frozen=True)
class Scores:
    """How each trial of a pack does on a set.

    Attributes:
        losses: mean negative log-likelihood [K], nats.
        errors: [K], percent.
        predictions: classes [K, n].
    """

    losses: NDArray[np.float64]
    errors: NDArray[np.float64]
    predictions: NDArray[np.uint8]


def evaluate(stepper: Stepper, examples: Examples) -> Scores:
    """Return every trial's scores, in the order in which the trials were given."""
    answers = stepper.answer(examples.images, examples.labels)
    # Counts, not the accuracy: torchmetrics divides in float32, where 9.74 becomes 9.740000963.
    # Of each trial apart: of all together it compares one-hot tensors [K, n, classes].
    wrong = [
        multiclass_stat_scores(
            torch.from_numpy(classes), examples.labels, stepper.n_classes, average="micro",
            validate_args=False,
        )[FALSE_NEGATIVES].item()
        for classes in answers.classes
    ]  # fmt: skip
    return Scores(
        losses=-answers.log_likelihoods / len(examples),
        errors=100 * np.array(wrong, np.int64) / len(examples),
        predictions=answers.classes,
    )
