"""Losses, errors and predictions of a whole pack on a fixed set."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torchmetrics.classification import MulticlassStatScores

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
    predictions = torch.from_numpy(answers.classes).long()
    scores = MulticlassStatScores(
        stepper.n_classes, average="micro", multidim_average="samplewise", validate_args=False
    )
    # Counts, not the accuracy: torchmetrics divides in float32, where 9.74 becomes 9.740000963.
    wrong = scores(predictions, examples.labels.expand_as(predictions))[:, FALSE_NEGATIVES]
    return Scores(
        losses=-answers.log_likelihoods / len(examples),
        errors=(100 * wrong).double().numpy() / len(examples),
        predictions=answers.classes,
    )
