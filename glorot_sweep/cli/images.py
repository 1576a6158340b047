"""Commands that make data sets."""

from pathlib import Path
from typing import Annotated

import typer

from glorot_sweep.cli.options import DataFolder, names_of, path_of
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.config.limits import MOST_IMAGES, MOST_WORKERS
from glorot_sweep.seeds import LARGEST_SEED

commands = typer.Typer()


@commands.command("small-imagenet")
def small_imagenet(
    source: Annotated[Path, typer.Argument(help="Holds <wnid>.tar or <wnid>/ for each synset.")],
    per_class: Annotated[
        int,
        typer.Option(
            min=10, max=MOST_IMAGES, help="Images of each class, in all three splits together."
        ),
    ] = 11_000,
    classes: Annotated[
        str | None, typer.Option(help="Only these, like bird,fish,tool; default all ten.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the draw.")] = 0,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_WORKERS, help="Processes; default one for each core."),
    ] = None,
    wordnet: Annotated[
        Path | None, typer.Option(help="Folder of WordNet 3.0's data.noun; default WNSEARCHDIR.")
    ] = None,
    data_folder: DataFolder = None,
) -> None:
    """Build Small-ImageNet, 37 x 37 grey, from a copy of ImageNet."""
    from glorot_sweep.data.small_imagenet.classes import checked_classes  # noqa: PLC0415

    names = names_of(classes) if classes else None
    checked_classes(names)

    from glorot_sweep.data.catalog import data_folder as folder_of  # noqa: PLC0415
    from glorot_sweep.data.small_imagenet.job import build  # noqa: PLC0415
    from glorot_sweep.data.small_imagenet.request import BuildRequest  # noqa: PLC0415

    folder = folder_of(path_of(data_folder))
    build(BuildRequest(source, folder, per_class, names, seed, workers, wordnet), terminal())
