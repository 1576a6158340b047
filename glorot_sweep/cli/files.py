"""Commands about what a sweep file says and may say; they log nothing."""

from pathlib import Path
from typing import Annotated

import typer

from glorot_sweep.cli.loading import loading
from glorot_sweep.cli.options import DataFolder, path_of
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.host.folders import at_home

SweepFilePath = Annotated[Path, typer.Argument(help="A sweep file.")]

commands = typer.Typer()


@commands.command()
def validate(
    file: SweepFilePath,
    data_folder: Annotated[
        str | None,
        typer.Option(
            help="Load the data sets from this folder too; what can be downloaded into it, is."
        ),
    ] = None,
) -> None:
    """Check a sweep file and say what it would train; train nothing."""
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415
    from glorot_sweep.sweep.outline import show_outline  # noqa: PLC0415

    checked, console = read_sweep_file(file), terminal()
    show_outline(checked.config, file, console)
    if data_folder:
        with loading():
            from glorot_sweep.data.catalog import load_datasets  # noqa: PLC0415
            from glorot_sweep.data.description import dataset_line  # noqa: PLC0415

        config, folder = checked.config, at_home(Path(data_folder))
        for dataset in load_datasets(config.datasets, folder, config.image_folders).values():
            console.print(dataset_line(dataset), highlight=False, markup=False, soft_wrap=True)


@commands.command()
def plan(file: SweepFilePath, data_folder: DataFolder = None) -> None:
    """Say how long a sweep would take on this machine, from a short measured run."""
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415

    checked = read_sweep_file(file)

    with loading():
        from glorot_sweep.sweep.plan import show_plan  # noqa: PLC0415

    show_plan(checked, path_of(data_folder), terminal())


@commands.command()
def variants() -> None:
    """List the variants and data sets that a sweep file may name."""
    from glorot_sweep.cli.vocabulary import show_vocabulary  # noqa: PLC0415

    show_vocabulary(terminal())
