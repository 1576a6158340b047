"""Commands that carry a sweep from one store to another, by a file."""

from pathlib import Path
from typing import Annotated

import typer

from glorot_sweep.cli.loading import loading
from glorot_sweep.cli.options import Experiment, IdleSweep, Storage, TrackingUri
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.errors import UserError
from glorot_sweep.host.caller import in_project
from glorot_sweep.host.folders import at_home, why_unread
from glorot_sweep.tracking import address

commands = typer.Typer()


@commands.command("export")
def export(
    sweep: IdleSweep,
    file: Annotated[Path, typer.Argument(help="File to write, for example quick.tar.xz.")],
    weights: Annotated[
        bool,
        typer.Option(
            "--weights",
            envvar="GLOROT_SWEEP_WEIGHTS",
            help="Take the networks' weights and the registered models along too.",
        ),
    ] = False,
    storage: Storage = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Write a sweep into one file: its runs, histories, statistics, predictions and studies."""
    address.refuse_missing_store(address.tracking_uri(tracking_uri))

    with loading():
        from glorot_sweep.carry.exporting import export_sweep  # noqa: PLC0415
        from glorot_sweep.host.stop import stopping_at_once  # noqa: PLC0415
        from glorot_sweep.papers import paper_of  # noqa: PLC0415
        from glorot_sweep.tracking.place import open_place  # noqa: PLC0415

    place = open_place(tracking_uri or None, experiment or None, create=False)
    size = paper_of(place, sweep).size
    with stopping_at_once():
        export_sweep(
            sweep, at_home(file), place, storage or None, terminal(), size, weights=weights
        )


@commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file that `export` has written.")],
    digest: Annotated[
        str | None, typer.Option(help="Refuse a file that has another digest than this.")
    ] = None,
    storage: Storage = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Make the sweep of a file an ordinary one of these stores, or finish that."""
    file = in_project(at_home(file))
    try:
        is_file = file.is_file()
    except OSError as error:
        raise UserError(f"cannot read {file}: {why_unread(error)}.") from None
    if not is_file:
        raise UserError(f"there is no file {file} to import.")

    with loading():
        from glorot_sweep.carry.importing import import_sweep  # noqa: PLC0415
        from glorot_sweep.host.stop import stopping_at_once  # noqa: PLC0415

    with stopping_at_once():
        import_sweep(
            file, tracking_uri or None, experiment or None, storage or None, terminal(),
            digest or None,
        )  # fmt: skip
