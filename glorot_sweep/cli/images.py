"""Commands that make data sets."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from glorot_sweep.cli.options import DataFolder, path_of
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.config.image_folders import LARGEST_DRAW, SMALLEST_DRAW, ImageRules
from glorot_sweep.config.limits import MOST_IMAGES, MOST_WORKERS
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import at_home
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
        str | None,
        typer.Option(help="Folder of WordNet 3.0's data.noun; default WNSEARCHDIR, else Debian's."),
    ] = None,
    data_folder: DataFolder = None,
) -> None:
    """Build Small-ImageNet, 37 x 37 grey, from a copy of ImageNet."""
    from glorot_sweep.data.small_imagenet.classes import checked_classes  # noqa: PLC0415

    # At commas alone: a class is called `musical instrument`.
    names = [name for part in classes.split(",") if (name := part.strip())] if classes else None
    checked_classes(names)

    from glorot_sweep.data.catalog import data_folder as folder_of  # noqa: PLC0415
    from glorot_sweep.data.small_imagenet.job import build  # noqa: PLC0415
    from glorot_sweep.data.small_imagenet.request import BuildRequest  # noqa: PLC0415

    folder = folder_of(path_of(data_folder))
    asked = BuildRequest(at_home(source), folder, per_class, names, seed, workers, path_of(wordnet))
    build(asked, terminal())


@commands.command()
def prepare(
    folder: Annotated[
        Path, typer.Argument(help="Holds a folder of images for each class; or a tar of that.")
    ],
    output: Annotated[
        str | None, typer.Option(help="The file to write; default the folder's name and .npz here.")
    ] = None,
    resize: Annotated[
        str | None,
        typer.Option(help="Side of every image, as 32, or height x width, as 24x32."),
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option(help="center (default): cut the middle to that shape; none: stretch all."),
    ] = None,
    color: Annotated[str | None, typer.Option(help="What all images become: rgb or grey.")] = None,
    test_share: Annotated[
        float | None,
        typer.Option(
            min=SMALLEST_DRAW,
            max=LARGEST_DRAW,
            help="Share of each class that tests, without a folder test/; default 0.2.",
        ),
    ] = None,
    validation_share: Annotated[
        float | None,
        typer.Option(
            min=SMALLEST_DRAW, max=LARGEST_DRAW, help="Likewise for validation; default 0.1."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the draws.")] = 0,
) -> None:
    """Make a data set of a folder of images: one file, for `image_folders` of a sweep file."""
    given = {"crop": crop, "color": color, "test_share": test_share, "seed": seed}
    rules = _rules(given | {"resize": resize, "validation_share": validation_share})

    from glorot_sweep.data.own_images.job import target_of, write_set  # noqa: PLC0415

    source = at_home(folder)
    write_set(source, target_of(source, path_of(output)), rules, terminal())


def _rules(given: dict[str, Any]) -> ImageRules:
    """Return what the options say, by the rules of a sweep file's keys of the same names."""
    said = {key: value for key, value in given.items() if value not in {None, ""}}
    if "resize" in said:
        said["resize"] = _size(said["resize"])
    try:
        return ImageRules.model_validate(said)
    except ValidationError as error:
        mistake = error.errors()[0]
        rule = str(mistake["msg"]).removeprefix("Value error, ")
        if mistake["loc"]:
            key, got = str(mistake["loc"][0]), f", got {mistake['input']!r}"
        else:  # a rule between keys, which says what it got
            key, got = min((key for key in said if key in rule), key=rule.index), ""
        raise UserError(f"--{key.replace('_', '-')}: {rule}{got}") from None


def _size(text: str) -> int | list[int]:
    sides = text.lower().split("x")
    if not all(side.isdecimal() for side in sides) or len(sides) > 2:
        raise UserError(
            f"--resize must be a side as in 32, or height x width as in 24x32, got {text!r}."
        )
    return int(sides[0]) if len(sides) == 1 else [int(side) for side in sides]
