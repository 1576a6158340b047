"""The sweep as a job: from a sweep file to finished runs."""

from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from glorot_sweep.config.file import check_sweep, read_text
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import ServiceLostError, StopRequested
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.sweep.driver import Driver
from glorot_sweep.sweep.execution.checkpoints import CheckpointFolder, checkpoint_root
from glorot_sweep.sweep.execution.dispatch import Dispatch
from glorot_sweep.sweep.execution.preparation import ExecutionOptions, Prepared, prepare
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.opening import OpenSweep, is_complete, open_sweep
from glorot_sweep.sweep.records.reconcile import delete_surplus
from glorot_sweep.sweep.records.registering import register_winners
from glorot_sweep.sweep.records.study_runs import finish_study_run, open_study_run
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.search.winners import Winner
from glorot_sweep.sweep.storage.database import Storage, opened_storage, storage_uri
from glorot_sweep.sweep.storage.lock import Held, hold
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.sweep.storage.same import refuse_other_storage
from glorot_sweep.tracking.ending import abandon_runs
from glorot_sweep.tracking.outage import describe, is_outage
from glorot_sweep.tracking.place import Place, find_place, open_place
from glorot_sweep.tracking.runs import DatasetNote, RunWriter
from glorot_sweep.tracking.store import tracking_uri


@dataclass(frozen=True)
class SweepOptions:
    """What the command line may add to a sweep file; None leaves the default.

    Attributes:
        tracking_uri, experiment: where runs go.
        storage: Optuna's database.
        data_folder: holds one folder per finite data set.
        checkpoints: holds one folder per unfinished sweep.
        execution: which executor, on which devices.
        accept_changed_code: go on with a sweep whose code, parts, data, libraries or processor
            have changed since it was begun.
    """

    tracking_uri: str | None = None
    experiment: str | None = None
    storage: str | None = None
    data_folder: Path | None = None
    checkpoints: Path | None = None
    execution: ExecutionOptions = field(default_factory=ExecutionOptions)
    accept_changed_code: bool = False


@dataclass(frozen=True)
class SweepOutcome:
    """What a sweep's command has done.

    Attributes:
        config: the sweep.
        place: where its runs are.
        was_complete: it was complete before; nothing was done.
    """

    config: SweepConfig
    place: Place
    was_complete: bool


def run_sweep(file: Path, options: SweepOptions, console: Console) -> SweepOutcome:
    """Run, continue, or recognize as complete the sweep of a file.

    Raises:
        UserError: something in the file, the data or the addresses is wrong; nothing was
            created.
        SweepHeldError: another driver works on it.
        ServiceLostError: a server, a database or a disk failed for longer than was waited.
        TooManyFailuresError: more runs failed for good than the file allows.
        StopRequested: a signal came; what was running is marked as killed.
    """
    stop = StopSignal()
    stop.install()
    source = read_text(file)  # once: it may be a pipe
    config = check_sweep(source, file)
    folder = data_folder(options.data_folder)
    datasets = {
        name: load_dataset(name, folder, config.image_folders.get(name)) for name in config.datasets
    }
    tracking = tracking_uri(options.tracking_uri)
    storage = storage_uri(options.storage, tracking)
    checkpoints = checkpoint_root(options.checkpoints, storage)
    digests = {name: dataset.digest() for name, dataset in datasets.items()}
    prepared = prepare(options.execution, config.execution, tracking)
    prepared.accept_other_types = options.accept_changed_code
    where = (options.tracking_uri, options.experiment)
    try:
        found = find_place(*where, create=True)
        if found is not None and not is_complete(found, config.name):
            refuse_other_storage(found, config.name, storage)
        with hold(storage, config.name, Patience(check=stop.check)) as held:
            if found is None or not is_complete(found, config.name):
                # Before anything is created: what is missing, or does not fit, is a mistake.
                prepared.start(config, datasets)
                stop.install()  # Ray has set a handler of its own
            place = open_place(*where, create=True)
            if place.project_run:
                stop.follow_parent()
            sweep = open_sweep(
                config,
                source,
                digests,
                place,
                prepared.made_with(),
                accept_change=options.accept_changed_code,
            )
            if not sweep.is_complete:
                saved = CheckpointFolder(checkpoints / sweep.run.run_id[:8])
                _Work(sweep, storage, datasets, digests, stop, console, prepared, saved, held).run()
            elif sweep.invocation:
                sweep.invocation.finish("FINISHED", {"state": "complete"})
    except Exception as error:
        if is_outage(error):
            raise ServiceLostError(
                f"{describe(error)}. What was finished is kept; the same command continues once "
                "it is mended."
            ) from None
        raise
    finally:
        prepared.dismiss()
    return SweepOutcome(config, place, sweep.is_complete)


@dataclass
class _Work:
    """The part of a sweep during which runs are open."""

    sweep: OpenSweep
    storage: str
    datasets: dict[str, ImageDataset]
    digests: dict[str, str]
    stop: StopSignal
    console: Console
    prepared: Prepared
    checkpoints: CheckpointFolder
    held: Held

    def __post_init__(self) -> None:
        self.notes = {
            name: DatasetNote(name, digest, f"glorot_sweep.data {name}")
            for name, digest in self.digests.items()
        }
        self.open_runs = [run for run in (self.sweep.run, self.sweep.invocation) if run is not None]

    def run(self) -> None:
        """Do the work; whatever happens, leave true statuses."""
        try:
            with opened_storage(self.storage) as storage:
                self._run(storage)
        except StopRequested as stopped:
            abandon_runs(self.open_runs, "killed", str(stopped))
            raise
        except BaseException as error:
            abandon_runs(self.open_runs, "failed", f"{type(error).__name__}: {error}")
            raise
        for run in self.open_runs:
            run.finish("FINISHED", {"state": "complete"})

    def _run(self, storage: Storage) -> None:
        config = self.sweep.config
        for name, dataset in self.datasets.items():
            if isinstance(dataset, FiniteDataset):
                self.sweep.run.tag(**{f"overlap.{name}": str(dataset.overlap)})
        scope = self.sweep.run.run_id[:8]
        studies = [
            Study(storage, config, scope, dataset, variant, Patience(check=self.stop.check))
            for dataset in config.datasets
            for variant in config.variants
        ]
        study_runs: dict[str, RunWriter] = {}
        for study in studies:
            run = open_study_run(self.sweep, study, self.notes[study.dataset])
            study_runs[study.name] = run
            self.open_runs.insert(0, run)
        with SweepProgress(self.console) as progress:

            def advance(updates: int, trials: int) -> None:
                progress.advance(updates * trials)
                self.stop.check()

            executor = self.prepared.open(self.sweep.place, self.datasets, advance, progress.note)
            dispatch = Dispatch(
                self.sweep, self.notes, executor, self.checkpoints, self.prepared.sizes, progress
            )
            driver = Driver(self.sweep, studies, study_runs, dispatch, progress, self.held)
            try:
                winners = self._drive(driver)
            finally:
                executor.close()
            delete_surplus(self.sweep.runs, config.name)
            progress.note("registering the winners as models")
            register_winners(self.sweep, self.datasets)
            self.stop.check()
        for study in studies:
            finish_study_run(study_runs[study.name], study, winners)
            self.open_runs.remove(study_runs[study.name])
        self.checkpoints.clear()

    def _drive(self, driver: Driver) -> list[Winner]:
        driver.search()
        self.stop.check()
        winners = driver.replicate()
        self.stop.check()
        driver.monitor()
        self.stop.check()
        return winners
