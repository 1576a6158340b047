"""The initialization study as a job: one run with its table, its surfaces and its numbers."""

from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from glorot_sweep.config.image_folders import ImageFolder
from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.description import profile
from glorot_sweep.diagnostics.cost_surface import cost_surfaces
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.init_study.headline import dead_lines, headline, terminal_table, verdict_lines
from glorot_sweep.init_study.networks import Row, StudySize, groups, look
from glorot_sweep.init_study.variants import differing, look_at_variants
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.parts.variants import Variant
from glorot_sweep.tracking.dataset_note import note_of
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.layer_table import layer_frame, write_layers
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.beside import (
    InitStudySize,
    LookedAt,
    StudiedScaling,
    StudiedVariants,
)
from glorot_sweep.tracking.schema.fields import metrics_of, params_of, tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind
from glorot_sweep.tracking.schema.runs import Mark, origin_beside, standing

SURFACE_SEEDS = 10  # claim 14


@dataclass(frozen=True)
class StudyRequest:
    """What to look at, and where its files are.

    Attributes:
        dataset: name of the data set that the probe is taken from.
        size: how much.
        data_folder: holds one folder per finite data set.
        image_folder: where the images are, if they are one's own.
        beside_paper: whether the paper's numbers are printed beside those that are seen.
        variants: whose networks are looked at; empty: those of the paper.
        plugins: imported, which the run names.
        input_scaling: see `engine.inputs.scale_pixels`.
    """

    dataset: str
    size: StudySize
    data_folder: Path | None = None
    image_folder: ImageFolder | None = None
    beside_paper: bool = True
    variants: tuple[Variant, ...] = ()
    plugins: tuple[Plugin, ...] = ()
    input_scaling: str = "unit"


def run_init_study(
    request: StudyRequest, uri: str | None, experiment: str | None, console: Console
) -> tuple[Place, str]:
    """Look at networks before any training and store what is seen.

    Returns:
        The place, and the id of the study's run, which is finished.

    Raises:
        UserError: a name is unknown, files are missing, or the store cannot be used.
        StopRequested: a signal came; the run is marked as killed.
    """
    folder = data_folder(request.data_folder)
    dataset = load_dataset(request.dataset, folder, request.image_folder)
    place = open_place(uri, experiment, create=True)
    stop = StopSignal()
    stop.install()
    if place.project_run:
        stop.follow_parent()
    size, note = request.size, note_of(dataset, dataset.digest(), profile(dataset), ("testing",))
    run = _open_run(place, dataset, request)
    with true_statuses(run):
        have = place.client.get_run(run.run_id).data.params  # `mlflow run` logs its own
        params = _params(dataset, request)
        run.params({key: value for key, value in params.items() if key not in have})
        run.inputs(note)
        dataset.keep()
        rows = _look(dataset, request, console, stop)
        table = layer_frame([row for _, row in rows], [network.columns() for network, _ in rows])
        write_layers(run, table)
        if not request.variants:
            run.arrays(Artifact.COST_SURFACES, **asdict(cost_surfaces(range(SURFACE_SEEDS))))
        run.add(Point(key, value, 0) for key, value in metrics_of(headline(table)).items())
        run.finish(State.COMPLETE)
    what = "networks" if request.variants else "tanh"
    title = f"{what} at initialization: {size.depth} x {size.width} units, {dataset.name}"
    console.print(terminal_table(table, f"{title}, mean of {size.draws} draws"))
    for line in (*verdict_lines(table, beside_paper=request.beside_paper), *dead_lines(table)):
        console.print(line, highlight=False, markup=False)
    return place, run.run_id


def _open_run(place: Place, dataset: ImageDataset, request: StudyRequest) -> RunWriter:
    size = request.size
    name = f"init_study-{dataset.name}-{size.depth}x{size.width}"
    mark, seen = Mark(kind=Kind.INIT_STUDY), LookedAt(dataset=dataset.name)
    drawn = StudiedVariants(variants=", ".join(one.name for one in request.variants) or None)
    origin = origin_beside(request.plugins)
    tags = tags_of(origin, mark, seen, drawn, standing(State.RUNNING))
    runs = RunStore(place.client, place.experiment_id)
    adopted = place.project_run
    return runs.adopt(adopted, name, tags) if adopted else runs.create(name, tags)


def _params(dataset: ImageDataset, request: StudyRequest) -> dict[str, str]:
    scaling = None if request.input_scaling == "unit" else request.input_scaling
    return params_of(
        InitStudySize(
            n_inputs=dataset.n_inputs, n_classes=dataset.n_classes, **asdict(request.size)
        ),
        StudiedScaling(input_scaling=scaling),
    )


def _look(
    dataset: ImageDataset, request: StudyRequest, console: Console, stop: StopSignal
) -> list[Row]:
    size, variants, rows = request.size, differing(request.variants), []
    scaling = request.input_scaling
    if variants:
        networks = look_at_variants(size, dataset, variants, scaling)
        total = len(variants) * size.draws
    else:
        networks = look(size, dataset.probe, dataset.n_classes, scaling)
        total = groups(size)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("networks at initialization", total=total)
        for found in networks:
            stop.check()
            rows += found
            progress.advance(task)
    return rows
