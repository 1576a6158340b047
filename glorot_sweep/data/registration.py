"""Data sets that plugins add."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch

from glorot_sweep.config.datasets import DATASETS, OWN_DATASETS, REDUCED, OwnDataset
from glorot_sweep.config.names import DATASET_NAME, IN_WORDS
from glorot_sweep.data.class_names import is_text
from glorot_sweep.data.dataset import Examples, ImageDataset
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import UserError

FEWEST_TEST: Final = 10  # `diagnostics.weight_gradients.BATCH`
MOST_CLASSES: Final = 256
MOST_DIGEST: Final = 36  # characters that MLflow keeps
LOOKED_AT: Final = 1_000  # examples of a stream


def register_dataset(name: str, load: Callable[[Path], ImageDataset]) -> None:
    """Let sweep files name a further data set.

    Args:
        name: as sweep files name it.
        load: from the data folder, in which it may keep a folder of its own, to the data set. It
            is called once by the process that drives a sweep; workers get what it returns.

    Raises:
        ValueError: the name is taken or looks like none.
    """
    if not (isinstance(name, str) and re.fullmatch(DATASET_NAME, name)):
        raise ValueError(f"{name!r} is no name of a data set: {IN_WORDS[DATASET_NAME]}")
    if name in DATASETS or REDUCED.fullmatch(name):
        raise ValueError(
            f"there is a data set {name!r} already, by the package; give it another name"
        )
    OWN_DATASETS.add(OwnDataset(name, load))
    from glorot_sweep.data.catalog import load_dataset  # noqa: PLC0415 - it imports this module

    load_dataset.cache_clear()  # what was loaded by an earlier function of that name


def loaded(own: OwnDataset, folder: Path) -> ImageDataset:
    """Load a data set of a plugin.

    Raises:
        UserError: its function fails, or what it returns cannot be trained on.
    """
    who = f"the data set {own.name!r} of {OWN_DATASETS.registrant(own.name)}"
    try:
        found = own.load(folder)
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{who} cannot be loaded: {type(error).__name__}: {error}") from None
    if reason := why_unusable(own.name, found):
        raise UserError(f"{who} cannot be used: {reason}")
    usable: ImageDataset = found
    return usable


def why_unusable(name: str, found: Any) -> str:
    """Return what is wrong with what a function has loaded; nothing if it can be trained on.

    Of an endless stream the first examples are looked at.
    """
    if not isinstance(found, ImageDataset) or getattr(found, "name", None) != name:
        got = getattr(found, "name", type(found).__name__)
        return f"its function must return an ImageDataset of that name, got {got}"
    try:
        return _why_not_described(found) or _why_not_trained_on(found)
    except Exception as error:  # whatever a user's class raises, or lacks
        return f"{type(error).__name__}: {error}"


def _why_not_described(found: ImageDataset) -> str:
    """Return what is wrong with all but the examples."""
    names, shape = list(found.class_names), list(found.image_shape)
    if not 2 <= found.n_classes <= MOST_CLASSES:
        return f"there may be 2 to {MOST_CLASSES} classes, got {found.n_classes}"
    if len({name for name in names if isinstance(name, str) and is_text(name)}) < found.n_classes:
        return f"each class must have a text of its own as its name, got {names}"
    is_shape = len(shape) == 3 and all(type(size) is int and size > 0 for size in shape)
    if not is_shape or math.prod(shape) != found.n_inputs:
        return (
            "image_shape must be height, width and channels of an image, which has "
            f"{found.n_inputs} values, got {shape}"
        )
    if len(found.test) < FEWEST_TEST:
        return f"there must be {FEWEST_TEST} test images or more, got {len(found.test)}"
    digest: object = found.digest()
    if not (isinstance(digest, str) and 0 < len(digest) <= MOST_DIGEST):
        return f"its digest must be a text of 1 to {MOST_DIGEST} characters, got {digest!r}"
    return ""


def _why_not_trained_on(found: ImageDataset) -> str:
    """Return what is wrong with the examples."""
    if isinstance(found, FiniteDataset):
        training = found.train
    elif len(training := found.training(0, 0, LOOKED_AT)) != LOOKED_AT:
        return f"its training stream: {LOOKED_AT:,} examples were asked for, got {len(training):,}"
    parts = {"validation": found.validation, "test": found.test, "training": training}
    wrong = ((part, _why_not_examples(found, examples)) for part, examples in parts.items())
    return next((f"its {part} examples: {reason}" for part, reason in wrong if reason), "")


def _why_not_examples(dataset: ImageDataset, examples: Examples) -> str:
    images, labels, shape = examples.images, examples.labels, [len(examples), dataset.n_inputs]
    if len(labels) == 0:
        return "there are none"
    if images.dtype != torch.uint8 or list(images.shape) != shape:
        return (
            f"images must be torch.uint8 {shape}, 8-bit grey levels, got {images.dtype} "
            f"{list(images.shape)}"
        )
    if labels.dtype != torch.int64 or labels.shape != (len(images),):
        return f"labels must be torch.int64 [{len(images)}], got {labels.dtype} {[*labels.shape]}"
    if not 0 <= int(labels.min()) <= int(labels.max()) < dataset.n_classes:
        return f"labels must lie in 0..{dataset.n_classes - 1}"
    return ""
