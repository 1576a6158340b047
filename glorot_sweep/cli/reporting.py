"""Commands that read sweeps: a report, verdicts on the paper's claims, a comparison."""

from typing import Annotated

import typer

from glorot_sweep.cli.completion import sweeps_like
from glorot_sweep.cli.loading import loading
from glorot_sweep.cli.options import (
    Experiment,
    FinishedSweep,
    ReportFolder,
    TrackingUri,
    names_of,
    path_of,
    report_folder,
)
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.errors import CLAIM_CONTRADICTED, FAILURE
from glorot_sweep.host.folders import refuse_as_file, refuse_as_folder
from glorot_sweep.tracking import address

commands = typer.Typer()


@commands.command()
def report(
    sweep: FinishedSweep,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    output: ReportFolder = None,
    figures: Annotated[
        str | None, typer.Option(help="Only these, like figure_6,jacobian; - for none.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            envvar="GLOROT_SWEEP_STRICT",
            help="Exit 1 if a run is doubtful or left out, or a cell mixes two kinds of runs.",
        ),
    ] = False,
) -> None:
    """Compile tables, figures, verdicts and page of a finished sweep from the server alone."""
    address.refuse_missing_store(address.tracking_uri(tracking_uri))
    folder = report_folder(output)

    with loading():
        from glorot_sweep.host.stop import stopping_at_once  # noqa: PLC0415
        from glorot_sweep.papers import paper_of  # noqa: PLC0415
        from glorot_sweep.report.job import run_report  # noqa: PLC0415
        from glorot_sweep.tracking.place import open_place  # noqa: PLC0415

    place = open_place(tracking_uri or None, experiment or None, create=False)
    only = None if not figures else names_of("" if figures == "-" else figures)
    with stopping_at_once():
        made = run_report(place, sweep, paper_of(place, sweep), terminal(), folder, only)
    if strict and not made.is_beyond_doubt:
        raise typer.Exit(FAILURE)


@commands.command()
def verify(
    sweep: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of finished sweeps, also with commas between them; - for the "
            "initialization alone; none: all finished sweeps about the paper.",
            autocompletion=sweeps_like,
        ),
    ] = None,
    claims: Annotated[str | None, typer.Option(help="Only these, like C7,C10.")] = None,
    output: Annotated[str | None, typer.Option(help="File to write the findings to, JSON.")] = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Say of each claim of the paper whether the runs support it; exit 4 if one is contradicted."""
    address.refuse_missing_store(address.tracking_uri(tracking_uri))
    file = path_of(output)
    if file is not None:
        refuse_as_file(file, "--output")

    with loading():
        from glorot_sweep.papers import asked_sweeps  # noqa: PLC0415
        from glorot_sweep.report.verify import run_verify  # noqa: PLC0415
        from glorot_sweep.tracking.place import open_place  # noqa: PLC0415

    place = open_place(tracking_uri or None, experiment or None, create=False)
    only = names_of(claims.upper()) if claims else None
    names, paper, left_out = asked_sweeps(place, names_of(" ".join(sweep or [])))
    for sentence in left_out:
        terminal().print(sentence, highlight=False, markup=False, soft_wrap=True)
    if run_verify(place, names, paper, only, terminal(), file):
        raise typer.Exit(CLAIM_CONTRADICTED)


@commands.command()
def compare(
    sweeps: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of two sweeps or more, finished or not, also with commas between them.",
            autocompletion=sweeps_like,
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="Folder to write the comparison's files to as well.")
    ] = None,
    tracking_uri: Annotated[
        list[str] | None,
        typer.Option(
            help="MLflow's tracking URI: once for all sweeps, or once for each in their order; "
            "default MLFLOW_TRACKING_URI, else mlflow.db here."
        ),
    ] = None,
    experiment: Annotated[
        list[str] | None,
        typer.Option(
            help="MLflow experiment, likewise; default MLFLOW_EXPERIMENT_NAME, else glorot_sweep."
        ),
    ] = None,
) -> None:
    """Put sweeps side by side: cells, differences, what else differs, whether bits agree."""
    from glorot_sweep.compare.request import asked_sweeps  # noqa: PLC0415

    asked = asked_sweeps(names_of(" ".join(sweeps or [])), tracking_uri or [], experiment or [])
    folder = path_of(output)
    if folder is not None:
        refuse_as_folder(folder, "--output")

    with loading():
        from glorot_sweep.compare.job import run_compare  # noqa: PLC0415
        from glorot_sweep.host.stop import stopping_at_once  # noqa: PLC0415

    with stopping_at_once():
        run_compare(asked, terminal(), folder)
