"""Commands that look into the stores of sweeps, mend them, and take sweeps out."""

import typer

from glorot_sweep.cli.options import (
    Experiment,
    IdleSweep,
    Storage,
    TrackingUri,
)
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.tracking import address

commands = typer.Typer()


@commands.command()
def repair(
    sweep: IdleSweep,
    storage: Storage = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Bring statuses in MLflow and Optuna into agreement after a crash; train nothing."""
    address.refuse_missing_store(address.tracking_uri(tracking_uri))

    from glorot_sweep.sweep.repair import run_repair  # noqa: PLC0415

    run_repair(sweep, tracking_uri or None, experiment or None, storage or None, terminal())
