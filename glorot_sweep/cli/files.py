"""Commands about what a sweep file says and may say; they log nothing."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from glorot_sweep.cli.loading import loading
from glorot_sweep.cli.options import DataFolder, Experiment, TrackingUri, path_of
from glorot_sweep.cli.plugins import PluginNames, plugins_of
from glorot_sweep.cli.shipped import named_file
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.host.folders import at_home
from glorot_sweep.tracking import address

SweepFilePath = Annotated[
    Path, typer.Argument(help="A sweep file, or the name of one of this package.")
]

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
    plugin: PluginNames = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Check a sweep file and say what it would train; train nothing.

    Sweeps that have its seed, and so its examples and weights, are named: those of a SQLite store
    that is there, or of the server that --tracking-uri names. If a store or an experiment that is
    named is not there, that is said.
    """
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415
    from glorot_sweep.sweep.outline import show_outline  # noqa: PLC0415

    file, console = named_file(file), terminal()
    checked = read_sweep_file(file, plugins_of(plugin))
    show_outline(checked.config, file, console)
    if data_folder:
        with loading():
            from glorot_sweep.data.catalog import load_datasets  # noqa: PLC0415
            from glorot_sweep.data.description import dataset_line  # noqa: PLC0415

        config, folder = checked.config, at_home(Path(data_folder))
        say = partial(console.print, highlight=False, markup=False, soft_wrap=True)
        for dataset in load_datasets(config.datasets, folder, config.image_folders, say).values():
            say(dataset_line(dataset))
    uri = address.tracking_uri(tracking_uri or None)
    if tracking_uri or (address.is_sqlite(uri) and (experiment or not address.is_missing(uri))):
        with loading():
            from glorot_sweep.sweep.same_seed import show_same_seed  # noqa: PLC0415

        show_same_seed(checked.config, tracking_uri or None, experiment or None, console)


@commands.command()
def plan(file: SweepFilePath, data_folder: DataFolder = None, plugin: PluginNames = None) -> None:
    """Say how long a sweep would take on this machine, from a short measured run."""
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415

    checked = read_sweep_file(named_file(file), plugins_of(plugin))

    with loading():
        from glorot_sweep.sweep.plan import show_plan  # noqa: PLC0415

    show_plan(checked, path_of(data_folder), terminal())


@commands.command()
def variants(plugin: PluginNames = None) -> None:
    """List the variants and data sets that a sweep file may name."""
    from glorot_sweep.cli.vocabulary import show_vocabulary  # noqa: PLC0415

    plugins_of(plugin)
    show_vocabulary(terminal())
