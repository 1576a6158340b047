"""Which data set `init-study` is of: one of the package, or one that a sweep file defines."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glorot_sweep.cli.shipped import named_file
from glorot_sweep.config.datasets import refuse_unknown_dataset
from glorot_sweep.config.image_folders import ImageFolder
from glorot_sweep.config.papers import DEFAULT_PAPER
from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest

if TYPE_CHECKING:
    from glorot_sweep.parts.plugin import Plugin

DEFAULT_DATASET = "shapeset"


@dataclass(frozen=True)
class Studied:
    """A data set, and what its study is about.

    Attributes:
        dataset: its name.
        image_folder: where its images are, if they are one's own.
        paper: whose numbers stand beside those of the study; `none`: nobody's.
    """

    dataset: str
    image_folder: ImageFolder | None = None
    paper: str = DEFAULT_PAPER


def studied(dataset: str | None, file: Path | None, plugins: "tuple[Plugin, ...]" = ()) -> Studied:
    """Return the data set of a name, in a sweep file if one is given; nothing is loaded.

    Args:
        dataset: None: the first of the file, else `DEFAULT_DATASET`.
        file: a sweep file, or the name of one of this package.
        plugins: imported, as the command line names them.

    Raises:
        UserError: the name is unknown, or the file is no sweep file or has no such data set.
    """
    if file is None:
        name = dataset or DEFAULT_DATASET
        refuse_unknown_dataset(name)
        return Studied(name)
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415

    config = read_sweep_file(named_file(file), plugins).config
    name = dataset or config.datasets[0]
    if name not in config.datasets:
        raise UserError(
            f"--dataset {name!r} is not among the data sets of {file}"
            f"{nearest(name, config.datasets)}"
        )
    return Studied(name, config.image_folders.get(name), config.paper)
