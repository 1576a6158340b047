"""The data sets that a sweep file may name."""

import re

from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest

DATASETS = ("shapeset", "mnist", "cifar10", "small_imagenet", "shapeset_64", "shapeset_single")
FINITE_SHAPESET = re.compile(r"shapeset_finite_([1-9]\d{0,5})")  # up to 1 GB of 8-bit images
REDUCED_IMAGENET = re.compile(r"small_imagenet-(\d+x\d+)")
REDUCED = re.compile(rf"{REDUCED_IMAGENET.pattern}|{FINITE_SHAPESET.pattern}")  # size in the name


def refuse_unknown_dataset(name: str) -> None:
    """Refuse a name that no data set has; nothing is loaded.

    Raises:
        UserError: names the nearest.
    """
    if name not in DATASETS and not REDUCED.fullmatch(name):
        raise UserError(f"unknown data set {name!r}{nearest(name, DATASETS)}")
