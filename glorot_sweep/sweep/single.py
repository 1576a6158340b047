"""One specification, trained and logged as one run: the entry point `train`."""

from collections.abc import Iterable

from rich.console import Console

from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.description import profile
from glorot_sweep.engine.choice import resolve_engine
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.contents.engines import fallback_lines, on_its_engine
from glorot_sweep.sweep.contents.single import SingleRequest
from glorot_sweep.sweep.execution.executor import set_threads
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.recording import RunPlan
from glorot_sweep.tracking.dataset_note import note_of
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import Mark, origin_beside


def train_single(
    request: SingleRequest,
    uri: str | None,
    experiment: str | None,
    console: Console,
    plugins: Iterable[Plugin] = (),
) -> None:
    """Train one specification; under `mlflow run` its project run becomes the run.

    The run names the plugins, which are imported, with their digests.
    """
    stop = StopSignal()
    stop.install()
    engines = {request.variant: resolve_engine(request.engine, VARIANTS[request.variant])}
    for line in fallback_lines(engines):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    spec = on_its_engine(request.spec(), engines)
    set_threads(0)
    with stop.at_once():
        dataset = load_dataset(request.dataset, data_folder(request.data_folder))
    place = open_place(uri, experiment, create=True)
    runs = RunStore(place.client, place.experiment_id)
    if place.project_run:
        runs.refuse_used(place.project_run)
        stop.follow_parent()
    plan = RunPlan(None, tags_of(origin_beside(plugins), Mark(kind=Kind.TRIAL)), place.project_run)
    note = note_of(dataset, dataset.digest(), profile(dataset))
    with SweepProgress(console) as progress:
        progress.start("train", "trial", 1, spec.all_updates)

        def advance(updates: int, trials: int) -> None:
            progress.advance(updates * trials)
            stop.check()

        job = PackJob(PackSpec((spec,)), {spec.key: plan}, note)
        result = run_job(job, runs, dataset, advance)
    trial = result.trials[0]
    console.print(
        f"{spec.name}: {trial.state.word}, validation error {trial.validation_error:.2f} %, test "
        f"error {trial.test_error:.2f} % after {trial.updates:,} updates ({result.seconds:.1f} s)",
        markup=False,
    )
    console.print(
        f"MLflow UI: {place.ui_lines()[0]}", soft_wrap=True, highlight=False, markup=False
    )
