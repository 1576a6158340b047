"""The command `glorot-sweep`: one thin function per subcommand."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from glorot_sweep.cli.options import DataFolder, Dataset, Experiment, Storage, TrackingUri
from glorot_sweep.config.papers import DEFAULT_PAPER
from glorot_sweep.errors import (
    CLAIM_CONTRADICTED,
    FAILURE,
    SWEEP_IS_HELD,
    USER_MISTAKE,
    ServiceLostError,
    StopRequested,
    SweepHeldError,
    TooManyFailuresError,
    UserError,
)
from glorot_sweep.host.stop import stopping_at_once
from glorot_sweep.seeds import LARGEST_SEED

app = typer.Typer(
    help="Sweeps over activation, initialization, depth and learning rate, tracked in MLflow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 160, soft_wrap=False)


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(help="A sweep file, for example sweeps/quick.yaml.")],
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    storage: Storage = None,
    data_folder: DataFolder = None,
    executor: Annotated[
        str, typer.Option(help="local: one pack after another; ray: side by side on all devices.")
    ] = "local",
    workers: Annotated[
        int, typer.Option(min=0, help="Workers of Ray; 0: one for each device.")
    ] = 0,
    address: Annotated[
        str | None, typer.Option(help="A running Ray cluster, host:port; default: this machine.")
    ] = None,
    checkpoints: Annotated[
        str | None,
        typer.Option(
            help="Folder for unfinished packs; default checkpoints/ beside Optuna's file."
        ),
    ] = None,
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

    checked = read_sweep_file(file)
    from glorot_sweep.papers import find_paper  # noqa: PLC0415
    from glorot_sweep.report.job import existing_report, run_report, show_existing  # noqa: PLC0415
    from glorot_sweep.sweep.execution.options import ExecutionOptions  # noqa: PLC0415
    from glorot_sweep.sweep.job import SweepOptions, run_sweep  # noqa: PLC0415

    console = _console()
    options = SweepOptions(
        tracking_uri or None,
        experiment or None,
        storage or None,
        Path(data_folder) if data_folder else None,
        Path(checkpoints) if checkpoints else None,
        ExecutionOptions(executor, workers, address or None),
        accept_changed_code,
    )
    outcome = run_sweep(checked, options, console)
    name, place = outcome.config.name, outcome.place
    paper = find_paper(outcome.config.paper)
    report = existing_report(place, name, paper) if outcome.was_complete else None
    if report is None:
        with stopping_at_once():  # no longer as the sweep does: nothing would be lost
            run_report(place, name, paper, console)
    else:
        console.print(f"The sweep {name!r} is complete: nothing to do.")
        show_existing(report, place, console)


@app.command()
def report(
    sweep: Annotated[str, typer.Argument(help="Name of a finished sweep.")],
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    output: Annotated[
        str | None, typer.Option(help="Folder to write the report's files to as well.")
    ] = None,
    figures: Annotated[
        str | None, typer.Option(help="Only these, like figure_6,jacobian; - for none.")
    ] = None,
) -> None:
    """Compile tables, figures, verdicts and page of a finished sweep from the server alone."""
    from glorot_sweep.papers import paper_of  # noqa: PLC0415
    from glorot_sweep.report.job import run_report  # noqa: PLC0415
    from glorot_sweep.tracking.place import open_place  # noqa: PLC0415

    place = open_place(tracking_uri or None, experiment or None, create=False)
    only = None if not figures else _names("" if figures == "-" else figures)
    paper, folder = paper_of(place, sweep), Path(output) if output else None
    with stopping_at_once():
        run_report(place, sweep, paper, _console(), folder, only)


@app.command()
def train(
    variant: Annotated[str, typer.Option(help="For example tanh_n.")] = "tanh_n",
    dataset: Dataset = "shapeset",
    depth: Annotated[int, typer.Option(min=1, help="Hidden layers.")] = 5,
    width: Annotated[int, typer.Option(min=1, help="Units of each hidden layer.")] = 100,
    learning_rate: Annotated[float, typer.Option(help="Step size.")] = 0.05,
    updates: Annotated[int, typer.Option(min=1, help="SGD steps.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Of weights and stream.")] = 0,
    damping: Annotated[float, typer.Option(help="Of a step rule, as tanh_hessian has one.")] = 0.0,
    pretraining_updates: Annotated[
        int, typer.Option(min=0, help="SGD steps of each layer's pre-training.")
    ] = 0,
    pretraining_rate: Annotated[float, typer.Option(help="Step size of pre-training.")] = 0.0,
    noise: Annotated[float, typer.Option(help="Share of inputs that pre-training hides.")] = 0.0,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    data_folder: DataFolder = None,
) -> None:
    """Train one specification and log it as one run."""
    from glorot_sweep.specs import Pretraining  # noqa: PLC0415
    from glorot_sweep.sweep.contents.single import SingleRequest  # noqa: PLC0415
    from glorot_sweep.sweep.single import train_single  # noqa: PLC0415

    folder = Path(data_folder) if data_folder else None
    given = pretraining_updates or pretraining_rate or noise
    pretraining = Pretraining(pretraining_updates, pretraining_rate, noise) if given else None
    request = SingleRequest(
        variant, dataset, depth, width, learning_rate, updates, seed, folder, damping, pretraining
    )
    train_single(request, tracking_uri or None, experiment or None, _console())


@app.command("init-study")
def init_study(
    dataset: Dataset = "shapeset",
    width: Annotated[int, typer.Option(min=2, help="Units of each hidden layer.")] = 1000,
    depth: Annotated[int, typer.Option(min=2, help="Hidden layers.")] = 5,
    draws: Annotated[int, typer.Option(min=1, help="Independent draws of the weights.")] = 5,
    examples: Annotated[int, typer.Option(min=1, help="Examples with a Jacobian.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all draws.")] = 0,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    data_folder: DataFolder = None,
) -> None:
    """Look at networks before any training: figures 5 to 8, Jacobians, claims C1 to C14."""
    from glorot_sweep.init_study.job import StudyRequest, run_init_study  # noqa: PLC0415
    from glorot_sweep.init_study.networks import StudySize  # noqa: PLC0415
    from glorot_sweep.papers import find_paper  # noqa: PLC0415
    from glorot_sweep.report.init_study_figures import store_init_study_figures  # noqa: PLC0415

    console = _console()
    size = StudySize(width, depth, draws, examples, seed)
    request = StudyRequest(dataset, size, Path(data_folder) if data_folder else None)
    place, run_id = run_init_study(request, tracking_uri or None, experiment or None, console)
    store_init_study_figures(place, run_id, find_paper(DEFAULT_PAPER), console)


@app.command()
def svm(
    dataset: Annotated[
        str, typer.Option(help="shapeset (its finite set of so many examples), mnist, cifar10 ...")
    ] = "shapeset",
    examples: Annotated[int, typer.Option(help="Training examples; the paper: 100000.")] = 10_000,
    tuning_examples: Annotated[
        int, typer.Option(help="The first so many of them, on which C and gamma are tuned.")
    ] = 3000,
    trials: Annotated[int, typer.Option(help="Pairs of C and gamma that are tried.")] = 16,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 0,
    memory: Annotated[float, typer.Option(help="GB that may be used beside the program's.")] = 4.0,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    storage: Storage = None,
    data_folder: DataFolder = None,
) -> None:
    """Tune, fit and test a support vector machine with a Gaussian kernel, or continue it."""
    from glorot_sweep.svm.job import run_svm  # noqa: PLC0415
    from glorot_sweep.svm.request import SvmRequest  # noqa: PLC0415

    folder = Path(data_folder) if data_folder else None
    request = SvmRequest(dataset, examples, tuning_examples, trials, seed, memory, folder)
    run_svm(request, tracking_uri or None, experiment or None, storage or None, _console())


@app.command()
def verify(
    sweep: Annotated[
        str, typer.Argument(help="Name of a finished sweep; - for the initialization alone.")
    ],
    claims: Annotated[str | None, typer.Option(help="Only these, like C7,C10.")] = None,
    output: Annotated[str | None, typer.Option(help="File to write the findings to, JSON.")] = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Say of each claim of the paper whether the runs support it; exit 4 if one is contradicted."""
    from glorot_sweep.papers import find_paper, paper_of  # noqa: PLC0415
    from glorot_sweep.report.verify import run_verify  # noqa: PLC0415
    from glorot_sweep.tracking.place import open_place  # noqa: PLC0415

    place = open_place(tracking_uri or None, experiment or None, create=False)
    only = _names(claims.upper()) if claims else None
    name = None if sweep == "-" else sweep
    paper = find_paper(DEFAULT_PAPER) if name is None else paper_of(place, name)
    if run_verify(place, name, paper, only, _console(), Path(output) if output else None):
        raise typer.Exit(CLAIM_CONTRADICTED)


@app.command()
def repair(
    sweep: Annotated[str, typer.Argument(help="Name of a sweep on which no driver works.")],
    storage: Storage = None,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
) -> None:
    """Bring statuses in MLflow and Optuna into agreement after a crash; train nothing."""
    from glorot_sweep.sweep.repair import run_repair  # noqa: PLC0415

    run_repair(sweep, tracking_uri or None, experiment or None, storage or None, _console())


@app.command()
def plan(
    file: Annotated[Path, typer.Argument(help="A sweep file.")],
    data_folder: DataFolder = None,
) -> None:
    """Say how long a sweep would take on this machine, from a short measured run."""
    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415

    checked = read_sweep_file(file)
    from glorot_sweep.sweep.plan import show_plan  # noqa: PLC0415

    show_plan(checked, Path(data_folder) if data_folder else None, _console())


@app.command("small-imagenet")
def small_imagenet(
    source: Annotated[Path, typer.Argument(help="Holds <wnid>.tar or <wnid>/ for each synset.")],
    per_class: Annotated[
        int, typer.Option(min=10, help="Images of each class, in all three splits together.")
    ] = 11_000,
    classes: Annotated[
        str | None, typer.Option(help="Only these, like bird,fish,tool; default all ten.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draw.")] = 0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default one for each core.")
    ] = None,
    wordnet: Annotated[
        Path | None, typer.Option(help="Folder of WordNet 3.0's data.noun; default WNSEARCHDIR.")
    ] = None,
    data_folder: DataFolder = None,
) -> None:
    """Build Small-ImageNet, 37 x 37 grey, from a copy of ImageNet."""
    from glorot_sweep.data.catalog import data_folder as folder_of  # noqa: PLC0415
    from glorot_sweep.data.small_imagenet.job import build  # noqa: PLC0415
    from glorot_sweep.data.small_imagenet.request import BuildRequest  # noqa: PLC0415

    folder = folder_of(Path(data_folder) if data_folder else None)
    names = _names(classes) if classes else None
    build(BuildRequest(source, folder, per_class, names, seed, workers, wordnet), _console())


def main() -> None:
    """Run the command line; every mistake of the user is one message and exit code 2."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    logging.getLogger("glorot_sweep").setLevel(logging.WARNING)  # libraries set the root's to ERROR
    try:
        app()
    except UserError as error:
        _fail(str(error), USER_MISTAKE)
    except SweepHeldError as error:
        _fail(str(error), SWEEP_IS_HELD)
    except (ServiceLostError, TooManyFailuresError) as error:
        _fail(str(error), FAILURE)
    except StopRequested as stop:
        _fail(f"{stop}; the same command continues.", stop.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    except Exception as error:
        from glorot_sweep.tracking.outage import describe, is_outage  # noqa: PLC0415

        if not is_outage(error):
            raise
        _fail(f"{describe(error)}. The same command continues once it is mended.", FAILURE)


def _fail(message: str, code: int) -> None:
    word = "error: " if code in {FAILURE, USER_MISTAKE, SWEEP_IS_HELD} else ""
    print(f"{word}{message}", file=sys.stderr)
    sys.exit(code)
