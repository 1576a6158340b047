"""Losses, errors and predictions of a whole pack on a fixed set."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics.classification import MulticlassStatScores

from glorot_sweep.data.dataset import Examples, scale_pixels
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass

BATCH = 250  # examples at a time: large enough for the products, small enough for the cache
FALSE_NEGATIVES = 3  # column of torchmetrics' scores (TP, FP, TN, FN, support)


@dataclass(frozen=True)
class Performance:
    """How each trial of a pack does on a set.

    Attributes:
        losses: mean negative log-likelihood [K], nats.
        errors: [K], percent.
        predictions: classes [K, n].
    """

    losses: NDArray[np.float64]
    errors: NDArray[np.float64]
    predictions: NDArray[np.uint8]


@torch.no_grad()
def measure(network: PackedNetwork, examples: Examples, input_scaling: str = "unit") -> Performance:
    """Return every trial's performance, in the order in which the trials were given."""
    predictions, log_likelihood = _predict(network, examples, input_scaling)
    order = [network.layout.position(trial) for trial in range(len(network))]
    predictions = predictions[order]
    scores = MulticlassStatScores(
        network.n_classes, average="micro", multidim_average="samplewise", validate_args=False
    ).to(predictions.device)
    labels = examples.labels.to(predictions.device).expand_as(predictions)
    # Counts, not the accuracy: torchmetrics divides in float32, where 9.74 becomes 9.740000963.
    wrong = scores(predictions, labels)[:, FALSE_NEGATIVES]
    return Performance(
        losses=(-log_likelihood / len(examples))[order].cpu().numpy(),
        errors=(100 * wrong).double().cpu().numpy() / len(examples),
        predictions=predictions.to(torch.uint8).cpu().numpy(),
    )


def _predict(
    network: PackedNetwork, examples: Examples, input_scaling: str
) -> tuple[Tensor, Tensor]:
    """Return classes [stack, n] and summed log-likelihood [stack], in the order of the stacks."""
    classes = []
    total = torch.zeros(network.layout.output_height, dtype=torch.float64, device=network.device)
    passes = None
    for start in range(0, len(examples), BATCH):
        images = examples.images[start : start + BATCH].to(network.device)
        labels = examples.labels[start : start + BATCH].to(network.device)
        if passes is None or passes.log_probabilities.shape[1] != len(images):
            passes = PackedPass(network, len(images), inference=True)
        x = scale_pixels(images, network.dtype, input_scaling)
        log_p = passes.forward(x.unsqueeze(0))
        picked = log_p.gather(2, labels.view(1, -1, 1).expand(len(log_p), -1, 1))
        total += picked.double().sum((1, 2))
        classes.append(log_p[:, :, : network.n_classes].argmax(2))
    return torch.cat(classes, 1), total
