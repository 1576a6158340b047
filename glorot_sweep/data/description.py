"""A data set in a line or a few words, for a person who wants to know whether it is the right one.

MLflow shows the words beside every run that was given the data set: `schema` and `profile`.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from glorot_sweep.data.dataset import ImageDataset, majority_error_percent
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.data.own_images.dataset import OwnImages
from glorot_sweep.data.own_images.manifest import lines, overlaps

MOST_CLASSES = 20  # that are told one by one


def dataset_line(dataset: ImageDataset) -> str:
    """Return its sizes and the beginning of its digest."""
    return (
        f"{dataset.name}: {_training(dataset)} training, {len(dataset.validation):,} validation "
        f"and {len(dataset.test):,} test images of {dataset.n_inputs:,} inputs, "
        f"{dataset.n_classes} classes; digest {dataset.digest()[:12]}"
    )


def remarks(dataset: ImageDataset) -> Iterator[str]:
    """Yield what is noteworthy of one's own images: what was passed over, what is there twice."""
    if isinstance(dataset, OwnImages):
        yield from lines(dataset.name, dataset.manifest)


def profile(dataset: ImageDataset) -> dict[str, Any]:
    """Return what a data set holds, in words by name, the most telling first.

    Values are short: MLflow's panel cuts them after 80 characters.
    """
    parts = {"training": _training(dataset), "validation": f"{len(dataset.validation):,}"}
    found: dict[str, Any] = {
        **{f"{part} images": count for part, count in parts.items()},
        "test images": f"{len(dataset.test):,}",
        "classes": dataset.n_classes,
        "test error of always answering one class": (
            f"{majority_error_percent(dataset.test.labels):.2f} %"
        ),
    }
    if dataset.n_classes <= MOST_CLASSES:
        found |= _of_each_class(dataset)
    if isinstance(dataset, OwnImages):
        found |= {f"{pair}, images": count for pair, count in overlaps(dataset.manifest).items()}
    elif isinstance(dataset, FiniteDataset):
        found["test in train, images"] = f"{dataset.overlap:,} byte for byte"
    return found


def _training(dataset: ImageDataset) -> str:
    return f"{len(dataset.train):,}" if isinstance(dataset, FiniteDataset) else "endless"


def _of_each_class(dataset: ImageDataset) -> dict[str, str]:
    """Return how many images each class has in training (if that ends), validation and test."""
    train = [dataset.train.labels] if isinstance(dataset, FiniteDataset) else []
    parts = [*train, dataset.validation.labels, dataset.test.labels]
    counts = [_counts(labels, dataset.n_classes) for labels in parts]
    return {
        f"class {name}": " + ".join(f"{count[label]:,}" for count in counts)
        for label, name in enumerate(dataset.class_names)
    }


def _counts(labels: Tensor, n_classes: int) -> list[int]:
    return [int(count) for count in torch.bincount(labels, minlength=n_classes)]
