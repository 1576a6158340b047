"""Commands beside sweeps: each looks at one thing, and logs it."""

from typing import Annotated

import typer

from glorot_sweep.cli.loading import loading
from glorot_sweep.cli.options import (
    DataFolder,
    Dataset,
    DatasetOfFile,
    Experiment,
    Storage,
    TrackingUri,
    VariantName,
    names_of,
    path_of,
)
from glorot_sweep.cli.plugins import PluginNames, plugins_of
from glorot_sweep.cli.studied import studied
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.config.datasets import refuse_unknown_dataset
from glorot_sweep.config.limits import (
    LARGEST_DEPTH,
    LARGEST_RATE,
    LARGEST_WIDTH,
    MOST_IMAGES,
    MOST_MEMORY,
    MOST_PROBED,
    MOST_SEEDS,
    MOST_TRIALS,
    MOST_UPDATES,
)
from glorot_sweep.config.papers import DEFAULT_PAPER, NO_PAPER
from glorot_sweep.seeds import LARGEST_SEED
from glorot_sweep.tracking import address

commands = typer.Typer()


@commands.command()
def train(
    variant: VariantName = "tanh_n",
    dataset: Dataset = "shapeset",
    depth: Annotated[int, typer.Option(min=1, max=LARGEST_DEPTH, help="Hidden layers.")] = 5,
    width: Annotated[
        int, typer.Option(min=1, max=LARGEST_WIDTH, help="Units of each hidden layer.")
    ] = 100,
    learning_rate: Annotated[float, typer.Option(max=LARGEST_RATE, help="Step size.")] = 0.05,
    updates: Annotated[int, typer.Option(min=1, max=MOST_UPDATES, help="SGD steps.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Of weights and stream.")] = 0,
    damping: Annotated[
        float, typer.Option(max=LARGEST_RATE, help="Of a step rule, as tanh_hessian has one.")
    ] = 0.0,
    pretraining_updates: Annotated[
        int, typer.Option(min=0, max=MOST_UPDATES, help="SGD steps of each layer's pre-training.")
    ] = 0,
    pretraining_rate: Annotated[
        float, typer.Option(max=LARGEST_RATE, help="Step size of pre-training.")
    ] = 0.0,
    noise: Annotated[
        float, typer.Option(max=1, help="Share of inputs that pre-training hides.")
    ] = 0.0,
    engine: Annotated[str, typer.Option(help="auto, native or torch.")] = "auto",
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    data_folder: DataFolder = None,
    plugin: PluginNames = None,
) -> None:
    """Train one specification and log it as one run."""
    plugins = plugins_of(plugin)
    from glorot_sweep.specs import Pretraining  # noqa: PLC0415
    from glorot_sweep.sweep.contents.single import SingleRequest  # noqa: PLC0415

    given = pretraining_updates or pretraining_rate or noise
    pretraining = Pretraining(pretraining_updates, pretraining_rate, noise) if given else None
    request = SingleRequest(
        variant, dataset, depth, width, learning_rate, updates, seed, path_of(data_folder),
        damping, pretraining, engine,
    )  # fmt: skip
    request.spec()
    refuse_unknown_dataset(dataset)
    address.tracking_uri(tracking_uri)

    with loading():
        from glorot_sweep.sweep.single import train_single  # noqa: PLC0415

    train_single(request, tracking_uri or None, experiment or None, terminal(), plugins)


@commands.command("init-study")
def init_study(
    dataset: DatasetOfFile = None,
    file: Annotated[
        str | None,
        typer.Option(help="A sweep file whose data set it is: so a folder of images can be one."),
    ] = None,
    variants: Annotated[
        str | None,
        typer.Option(
            help="Whose networks, with commas between, of --file's too. Default: those of a "
            "--file about no paper, else the paper's."
        ),
    ] = None,
    width: Annotated[
        int, typer.Option(min=2, max=LARGEST_WIDTH, help="Units of each hidden layer.")
    ] = 1000,
    depth: Annotated[int, typer.Option(min=2, max=LARGEST_DEPTH, help="Hidden layers.")] = 5,
    draws: Annotated[
        int, typer.Option(min=1, max=MOST_SEEDS, help="Independent draws of the weights.")
    ] = 5,
    examples: Annotated[
        int, typer.Option(min=1, max=MOST_PROBED, help="Examples with a Jacobian.")
    ] = 10,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of all draws.")] = 0,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    data_folder: DataFolder = None,
    plugin: PluginNames = None,
) -> None:
    """Look at networks before any training: figures 5 to 8, Jacobians, claims C1 to C14."""
    named = names_of(variants or "")
    chosen = studied(dataset or None, path_of(file), plugins_of(plugin), named)
    address.tracking_uri(tracking_uri)

    with loading():
        from glorot_sweep.init_study.job import StudyRequest, run_init_study  # noqa: PLC0415
        from glorot_sweep.init_study.networks import StudySize  # noqa: PLC0415
        from glorot_sweep.papers import find_paper  # noqa: PLC0415
        from glorot_sweep.report.init_study_figures import (  # noqa: PLC0415
            say_where,
            store_init_study_figures,
        )

    console = terminal()
    size = StudySize(width, depth, draws, examples, seed)
    is_papers = chosen.paper != NO_PAPER
    request = StudyRequest(
        chosen.dataset, size, path_of(data_folder), chosen.image_folder, is_papers,
        chosen.variants, chosen.plugins, chosen.input_scaling,
    )  # fmt: skip
    place, run_id = run_init_study(request, tracking_uri or None, experiment or None, console)
    say_where(place, console)
    if not chosen.variants:
        store_init_study_figures(place, run_id, find_paper(DEFAULT_PAPER), console)


@commands.command()
def svm(
    dataset: Annotated[
        str, typer.Option(help="shapeset (its finite set of so many examples), mnist, cifar10 ...")
    ] = "shapeset",
    examples: Annotated[
        int, typer.Option(max=MOST_IMAGES, help="Training examples; the paper: 100000.")
    ] = 10_000,
    tuning_examples: Annotated[
        int,
        typer.Option(
            max=MOST_IMAGES, help="The first so many of them, on which C and gamma are tuned."
        ),
    ] = 3000,
    trials: Annotated[
        int, typer.Option(max=MOST_TRIALS, help="Pairs of C and gamma that are tried.")
    ] = 16,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the search.")] = 0,
    memory: Annotated[
        float, typer.Option(max=MOST_MEMORY, help="GB that may be used beside the program's.")
    ] = 4.0,
    tracking_uri: TrackingUri = None,
    experiment: Experiment = None,
    storage: Storage = None,
    data_folder: DataFolder = None,
    plugin: PluginNames = None,
) -> None:
    """Tune, fit and test a support vector machine with a Gaussian kernel, or continue it."""
    plugins_of(plugin)
    from glorot_sweep.svm.request import SvmRequest  # noqa: PLC0415

    folder = path_of(data_folder)
    request = SvmRequest(dataset, examples, tuning_examples, trials, seed, memory, folder)
    request.check_numbers()
    refuse_unknown_dataset(dataset)
    address.tracking_uri(tracking_uri)

    with loading():
        from glorot_sweep.svm.job import run_svm  # noqa: PLC0415

    run_svm(request, tracking_uri or None, experiment or None, storage or None, terminal())
