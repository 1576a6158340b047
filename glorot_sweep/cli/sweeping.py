"""The command that runs a sweep."""

from typing import Annotated

import typer

from glorot_sweep.cli.files import SweepFilePath
from glorot_sweep.cli.loading import loading
from glorot_sweep.cli.options import (
    Checkpoints,
    DataFolder,
    Executor,
    Experiment,
    ReportFolder,
    Storage,
    TrackingUri,
    path_of,
    report_folder,
)
from glorot_sweep.cli.plugins import PluginNames, plugins_of
from glorot_sweep.cli.shipped import named_file
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.config.limits import MOST_WORKERS

commands = typer.Typer()


@commands.command()
def sweep(
    file: SweepFilePath,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    storage: Storage = None,
    data_folder: DataFolder = None,
    executor: Executor = "local",
    workers: Annotated[
        int, typer.Option(min=0, max=MOST_WORKERS, help="Workers of Ray; 0: one for each device.")
    ] = 0,
    address: Annotated[
        str | None, typer.Option(help="A running Ray cluster, host:port; default: this machine.")
    ] = None,
    checkpoints: Checkpoints = None,
    plugin: PluginNames = None,
    output: ReportFolder = None,
    accept_changed_code: Annotated[
        bool,
        typer.Option(
            "--accept-changed-code",
            envvar="GLOROT_SWEEP_ACCEPT_CHANGED_CODE",
            help="Continue a sweep although its code, parts, data, libraries or processor changed.",
        ),
    ] = False,
) -> None:
    """Run or continue the sweep of a file, then report it."""
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415
    from glorot_sweep.sweep.execution.options import ExecutionOptions  # noqa: PLC0415
    from glorot_sweep.sweep.outline import outline  # noqa: PLC0415
    from glorot_sweep.tracking import address as store_address  # noqa: PLC0415

    checked = read_sweep_file(named_file(file), plugins_of(plugin))
    execution = ExecutionOptions(executor, workers, address or None)
    execution.check(store_address.tracking_uri(tracking_uri))
    folder, console = report_folder(output), terminal()
    console.print(
        f"sweep {checked.config.name!r}: {outline(checked.config)}; loading PyTorch and MLflow ...",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip

    with loading():
        from glorot_sweep.host.stop import stopping_at_once  # noqa: PLC0415
        from glorot_sweep.papers import find_paper  # noqa: PLC0415
        from glorot_sweep.report.job import existing_report, run_report, show_existing  # noqa: PLC0415
        from glorot_sweep.sweep.job import SweepOptions, run_sweep  # noqa: PLC0415

    options = SweepOptions(
        tracking_uri or None,
        experiment or None,
        storage or None,
        path_of(data_folder),
        path_of(checkpoints),
        execution,
        accept_changed_code,
    )
    outcome = run_sweep(checked, options, console)
    name, place = outcome.config.name, outcome.place
    paper = find_paper(outcome.config.paper)
    report = existing_report(place, name, paper) if outcome.was_complete else None
    if report is None:
        with stopping_at_once():  # no longer as the sweep does: nothing would be lost
            run_report(place, name, paper, console, folder)
    else:
        console.print(f"The sweep {name!r} is complete: nothing to do.", markup=False)
        show_existing(report, place, console, folder)
