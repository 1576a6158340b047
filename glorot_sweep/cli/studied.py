"""What `init-study` is of: data set and variants of the package, or those of a sweep file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glorot_sweep.cli.shipped import named_file
from glorot_sweep.config.datasets import refuse_unknown_dataset
from glorot_sweep.config.image_folders import ImageFolder
from glorot_sweep.config.papers import DEFAULT_PAPER, NO_PAPER
from glorot_sweep.errors import UserError
from glorot_sweep.parts.variants import VARIANTS, Variant
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
        variants: whose networks are drawn; empty: those of the paper.
        plugins: of the command line and the file.
        input_scaling: of the file's networks.
    """

    dataset: str
    image_folder: ImageFolder | None = None
    paper: str = DEFAULT_PAPER
    variants: tuple[Variant, ...] = ()
    plugins: "tuple[Plugin, ...]" = ()
    input_scaling: str = "unit"


def studied(
    dataset: str | None,
    file: Path | None,
    plugins: "tuple[Plugin, ...]" = (),
    variants: Iterable[str] = (),
) -> Studied:
    """Return what is named, of a sweep file if one is given; nothing is loaded.

    Args:
        dataset: None: the first of the file, else `DEFAULT_DATASET`.
        file: a sweep file, or the name of one of this package.
        plugins: imported, as the command line names them.
        variants: names; empty: all of a file about no paper, else the paper's networks.

    Raises:
        UserError: a name is unknown, or the file is no sweep file or has no such data set.
    """
    if file is None:
        name = dataset or DEFAULT_DATASET
        refuse_unknown_dataset(name)
        return Studied(name, variants=_rows(variants, VARIANTS, "here"), plugins=plugins)
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415

    config = read_sweep_file(named_file(file), plugins).config
    name = dataset or config.datasets[0]
    if name not in config.datasets:
        raise UserError(
            f"--dataset {name!r} is not among the data sets of {file}"
            f"{nearest(name, config.datasets)}"
        )
    wanted = tuple(variants) or (config.variants if config.paper == NO_PAPER else ())
    rows = _rows(wanted, {**VARIANTS, **config.rows}, f"here or in {file}")
    return Studied(
        name, config.image_folders.get(name), config.paper, rows, config.plugins,
        config.network.input_scaling,
    )  # fmt: skip


def _rows(names: Iterable[str], known: Mapping[str, Variant], where: str) -> tuple[Variant, ...]:
    """Return the variants of names, each once."""
    for name in names:
        if name not in known:
            raise UserError(
                f"--variants: {name!r} is no variant that is known {where}{nearest(name, known)}; "
                "`glorot-sweep variants` has all of the package"
            )
    return tuple(known[name] for name in dict.fromkeys(names))
