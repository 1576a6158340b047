"""Commands that look into the stores of sweeps, mend them, and take sweeps out."""

import signal
from typing import Annotated

import typer

from glorot_sweep.cli.loading import loading
from glorot_sweep.cli.options import (
    AnySweep,
    Checkpoints,
    Experiment,
    IdleSweep,
    Storage,
    TrackingUri,
    path_of,
)
from glorot_sweep.cli.terminal import agree, is_answering, terminal
from glorot_sweep.errors import SIGNAL_BASE, UserError
from glorot_sweep.tracking import address

commands = typer.Typer()


@commands.command("list")
def list_sweeps(tracking_uri: TrackingUri = None, experiment: Experiment = None) -> None:
    """List the sweeps of an experiment: their states, what they compare, how far they are."""
    address.refuse_missing_store(address.tracking_uri(tracking_uri))

    with loading():
        from glorot_sweep.sweep.listing import show_sweeps  # noqa: PLC0415

    show_sweeps(tracking_uri or None, experiment or None, terminal())


@commands.command()
def status(
    sweep: AnySweep,
    storage: Storage = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    is_followed: Annotated[
        bool,
        typer.Option(
            "--follow", help="Show it again and again until it is complete; from any machine."
        ),
    ] = False,
    every: Annotated[
        float, typer.Option(min=1, max=3600, help="Seconds between two looks of --follow.")
    ] = 5.0,
) -> None:
    """Say of a sweep what is done, in work and missing, and which process drives it."""
    address.refuse_missing_store(address.tracking_uri(tracking_uri))
    if is_followed:
        _follow(sweep, tracking_uri, experiment, every)
        return

    with loading():
        from glorot_sweep.sweep.status import show_status  # noqa: PLC0415

    show_status(sweep, tracking_uri or None, experiment or None, storage or None, terminal())


def _follow(sweep: str, tracking_uri: str | None, experiment: str | None, every: float) -> None:
    with loading():
        from glorot_sweep.sweep.follow import follow  # noqa: PLC0415

    try:
        follow(sweep, tracking_uri or None, experiment or None, terminal(), every)
    except KeyboardInterrupt:  # how one stops looking: nothing is to be said
        raise typer.Exit(SIGNAL_BASE + signal.SIGINT) from None


@commands.command()
def repair(
    sweep: IdleSweep,
    storage: Storage = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Bring statuses in MLflow and Optuna into agreement after a crash; train nothing."""
    address.refuse_missing_store(address.tracking_uri(tracking_uri))

    with loading():
        from glorot_sweep.sweep.repair import run_repair  # noqa: PLC0415

    run_repair(sweep, tracking_uri or None, experiment or None, storage or None, terminal())


@commands.command()
def delete(
    sweep: IdleSweep,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    storage: Storage = None,
    lost_storage: Annotated[
        bool, typer.Option("--lost-storage", help="Optuna's database is gone: delete the rest.")
    ] = False,
    checkpoints: Checkpoints = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Delete a sweep: its runs, models, Optuna studies and checkpoints; asks first."""
    if not yes and not is_answering():
        raise UserError(
            f"`delete {sweep}` asks before it deletes, and there is no terminal to answer at; "
            "say --yes to delete without being asked."
        )
    address.refuse_missing_store(address.tracking_uri(tracking_uri))

    with loading():
        from glorot_sweep.sweep.deletion import Stores, delete_sweep  # noqa: PLC0415

    stores = Stores(
        tracking_uri or None, experiment or None, storage or None, lost_storage,
        path_of(checkpoints),
    )  # fmt: skip
    delete_sweep(sweep, stores, terminal(), lambda: yes or agree("Delete all of this?"))
