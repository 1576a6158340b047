"""The data sets that a sweep file may name."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from glorot_sweep.errors import UserError
from glorot_sweep.parts.registry import Registry
from glorot_sweep.spelling import nearest


@dataclass(frozen=True)
class OwnDataset:
    """A data set of a plugin.

    Attributes:
        name: as sweep files name it.
        load: from the data folder to an `ImageDataset`.
    """

    name: str
    load: Callable[[Path], Any] = field(compare=False)  # another one when a cell is run again


DATASETS = ("shapeset", "mnist", "cifar10", "small_imagenet", "shapeset_64", "shapeset_single")
FINITE_SHAPESET = re.compile(r"shapeset_finite_([1-9]\d{0,5})")  # up to 1 GB of 8-bit images
REDUCED_IMAGENET = re.compile(r"small_imagenet-([1-9]\d*x[1-9]\d*)")
REDUCED = re.compile(rf"{REDUCED_IMAGENET.pattern}|{FINITE_SHAPESET.pattern}")  # size in the name


OWN_DATASETS: Final[Registry[OwnDataset]] = Registry("data set")
"""Data sets that plugins have registered, by name."""


def known_datasets() -> tuple[str, ...]:
    """Return the names that need no size."""
    return (*DATASETS, *OWN_DATASETS)


def refuse_unknown_dataset(name: str, otherwise: str = "") -> None:
    """Refuse a name that no data set has; nothing is loaded.

    Args:
        name: as sweep files name it.
        otherwise: what else there is to do, for the message.

    Raises:
        UserError: names the nearest.
    """
    if name not in known_datasets() and not REDUCED.fullmatch(name):
        raise UserError(f"unknown data set {name!r}{nearest(name, known_datasets())}{otherwise}")
