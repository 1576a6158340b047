"""From a data set's name in a sweep file to the data set."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from glorot_sweep.config.datasets import FINITE_SHAPESET, OWN_DATASETS, refuse_unknown_dataset
from glorot_sweep.config.image_folders import ImageFolder, ImageRules, PreparedFolder
from glorot_sweep.data.cifar10 import load_cifar10
from glorot_sweep.data.class_names import refuse_no_text
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.description import remarks
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.data.image_folder import load_image_folder
from glorot_sweep.data.image_source import refuse_way_out
from glorot_sweep.data.mnist import load_mnist
from glorot_sweep.data.own_images.dataset import load_own_images
from glorot_sweep.data.own_images.prepared_file import is_zip
from glorot_sweep.data.registration import FEWEST_TEST, MOST_CLASSES, loaded
from glorot_sweep.data.shapeset_dataset import KINDS, ShapesetDataset
from glorot_sweep.data.shapeset_finite import FiniteShapeset
from glorot_sweep.data.small_imagenet.dataset import load_small_imagenet
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import at_home
from glorot_sweep.host.full_disk import tell_full_disk

FOLDER_VARIABLE = "GLOROT_SWEEP_DATA"
DEFAULT_FOLDER = "data"
DOWNLOADED: Final = {"mnist": load_mnist, "cifar10": load_cifar10}


def data_folder(named: Path | None = None) -> Path:
    """Return the folder that holds one folder per finite data set.

    The folder named on the command line comes first, then the environment variable
    GLOROT_SWEEP_DATA, then `data` in the current folder.
    """
    return at_home(named or Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER))


@lru_cache(maxsize=8)
def load_dataset(name: str, folder: Path, image_folder: ImageFolder | None = None) -> ImageDataset:
    """Load a data set.

    Args:
        name: as in sweep files.
        folder: see `data_folder`.
        image_folder: where its images are, if they are one's own: in `folder`, alike and split
            already, or anywhere, to be prepared.

    Raises:
        UserError: unknown name, or its files are missing or wrong, or hold too few test images, too
            many classes, or one whose name is no UTF-8; or they cannot be read.
        ServiceLostError: the disk is full.
    """
    try:
        return _loaded(name, folder, image_folder)
    except OSError as error:
        tell_full_disk(error, str(folder))
        raise UserError(
            f"{name}: cannot be read: {error}. Make all of it readable, or name another place."
        ) from None


def _loaded(name: str, folder: Path, image_folder: ImageFolder | None) -> ImageDataset:
    if image_folder is not None:
        return _usable(_own(name, folder, image_folder))
    refuse_unknown_dataset(name)
    if own := OWN_DATASETS.get(name):
        return loaded(own, folder)
    if name in KINDS:
        return ShapesetDataset(name)
    if finite := FINITE_SHAPESET.fullmatch(name):
        return FiniteShapeset(int(finite[1]))
    if name in DOWNLOADED:
        return DOWNLOADED[name](folder / name)
    return _usable(load_small_imagenet(folder / "small_imagenet", name))


def load_datasets(
    names: Iterable[str],
    folder: Path,
    image_folders: Mapping[str, ImageFolder],
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, ImageDataset]:
    """Load data sets by name; see `load_dataset`.

    Args:
        names: as in sweep files.
        folder: see `data_folder`.
        image_folders: of the data sets of one's own images.
        say: tells a person what takes long, and what is noteworthy.
    """
    found = {}
    for name in names:
        image_folder = image_folders.get(name)
        if isinstance(image_folder, PreparedFolder):
            say(f"{name}: reading {image_folder.path or name}")
        found[name] = load_dataset(name, folder, image_folder)
        for line in remarks(found[name]):
            say(line)
    return found


def _own(name: str, folder: Path, image_folder: ImageFolder) -> FiniteDataset:
    """Load images that are prepared, or lie in the data folder, alike and split."""
    if isinstance(image_folder, PreparedFolder):
        return load_own_images(Path(image_folder.path or name), name, image_folder.rules)
    path = folder / image_folder
    refuse_way_out(path, folder)
    if is_zip(path):
        return load_own_images(path, name, ImageRules())
    return load_image_folder(path, name, within=folder)


def _usable(dataset: FiniteDataset) -> FiniteDataset:
    if len(dataset.test) < FEWEST_TEST:
        raise UserError(
            f"{dataset.name}: layers are looked at in batches of {FEWEST_TEST} test images; there "
            f"must be {FEWEST_TEST} or more, got {len(dataset.test)}. Add test images, or draw a "
            "larger test_share."
        )
    if dataset.n_classes > MOST_CLASSES:
        raise UserError(
            f"{dataset.name}: predictions are kept as bytes, so there may be at most "
            f"{MOST_CLASSES} classes, got {dataset.n_classes}. Leave some out."
        )
    refuse_no_text(dataset.name, dataset.class_names)
    return dataset
