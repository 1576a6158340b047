"""From a data set's name in a sweep file to the data set."""

import os
from functools import lru_cache
from pathlib import Path

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.mnist import load_mnist
from glorot_sweep.data.shapeset_dataset import ShapesetDataset
from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest

FOLDER_VARIABLE = "GLOROT_SWEEP_DATA"
DEFAULT_FOLDER = "data"


def data_folder(named: Path | None = None) -> Path:
    """Return the folder that holds one folder per finite data set.

    The folder named on the command line comes first, then the environment variable
    GLOROT_SWEEP_DATA, then `data` in the current folder.
    """
    return named or Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


@lru_cache(maxsize=4)
def load_dataset(name: str, folder: Path) -> ImageDataset:
    """Load a data set.

    Args:
        name: as in sweep files.
        folder: see `data_folder`.

    Raises:
        UserError: unknown name, or its files are missing or wrong.
    """
    if name == "shapeset":
        return ShapesetDataset()
    if name == "mnist":
        return load_mnist(folder / "mnist")
    raise UserError(f"unknown data set {name!r}{nearest(name, ['shapeset', 'mnist'])}")
