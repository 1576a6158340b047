"""Validation examples for data sets that come without: a fixed draw from the training set.

Every training image has a key, the splitmix64 mix of the seed and its row (`stream_keys`). Of
each class the images with the smallest keys are taken. Nothing else decides, so the draw is the
same with every version of every library.
"""

import torch
from torch import Tensor

from glorot_sweep.data.counter_random import stream_keys
from glorot_sweep.data.quotas import class_quotas


def draw_validation(labels: Tensor, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Divide a training set into what is trained on and what validates.

    The draw is stratified: each class gives the same share of its images, as nearly as whole
    images allow (`class_quotas`).

    Args:
        labels: int64 [n], of the training images in their order.
        count: validation images, strictly between 0 and n.
        seed: in [0, 2**30).

    Returns:
        Rows to train on [n - count] and rows to validate on [count], both rising.

    Raises:
        ValueError: count or seed is out of range.

    Example:
        >>> training, validation = draw_validation(torch.tensor([0, 0, 0, 1, 1, 1]), 2, seed=0)
        >>> training.tolist(), validation.tolist()
        ([0, 1, 3, 4], [2, 5])
    """
    if not 0 < count < len(labels):
        raise ValueError(f"count must lie strictly between 0 and {len(labels)}; got {count}")
    keys = stream_keys("validation", seed, 0, len(labels))
    drawn = torch.zeros(len(labels), dtype=torch.bool)
    for label, quota in enumerate(class_quotas(torch.bincount(labels).tolist(), count)):
        rows = (labels == label).nonzero().squeeze(1)
        drawn[rows[keys[rows].argsort()[:quota]]] = True
    return (~drawn).nonzero().squeeze(1), drawn.nonzero().squeeze(1)
