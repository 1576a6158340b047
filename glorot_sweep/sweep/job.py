"""The sweep as a job: from a sweep file to finished runs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from glorot_sweep.config.file import SweepFile
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_datasets
from glorot_sweep.data.dataset import ImageDataset, majority_error_percent
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import ServiceLostError, StopRequested
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.specs import NATIVE
from glorot_sweep.sweep.contents.engines import fallback_lines, settle
from glorot_sweep.sweep.contents.replicates import Winner
from glorot_sweep.sweep.driver import Driver
from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder, checkpoint_root
from glorot_sweep.sweep.execution.devices import Devices
from glorot_sweep.sweep.execution.dispatch import Dispatch
from glorot_sweep.sweep.execution.options import ExecutionOptions
from glorot_sweep.sweep.execution.pack_sizes import PackSizes
from glorot_sweep.sweep.execution.preparation import prepare
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.opening import (
    OpenSweep,
    config_as_begun,
    engines_begun,
    is_complete,
    open_sweep,
)
from glorot_sweep.sweep.records.reconcile import delete_surplus
from glorot_sweep.sweep.records.registering import register_winners
from glorot_sweep.sweep.records.study_runs import finish_study_runs, open_study_runs
from glorot_sweep.sweep.search.studies import studies_of
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.database import Storage, opened_storage, storage_uri
from glorot_sweep.sweep.storage.lock import Held, hold
from glorot_sweep.sweep.storage.patience import Patience, storage_failure
from glorot_sweep.sweep.storage.same import refuse_other_storage
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.ending import abandon_runs
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import describe, is_store_failure
from glorot_sweep.tracking.place import Place, find_place, open_place
from glorot_sweep.tracking.probe import probe_registry, store_environment
from glorot_sweep.tracking.runs import DatasetNote, RunWriter
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.runs import Overlaps

Datasets = Mapping[str, ImageDataset]
Register = Callable[[OpenSweep, Datasets], object]


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


def run_sweep(
    file: SweepFile,
    options: SweepOptions,
    console: Console,
    *,
    datasets: Datasets | None = None,
    devices: Devices | None = None,
    stop: StopSignal | None = None,
    register: Register = register_winners,
) -> SweepOutcome:
    """Run, continue, or recognize as complete the sweep of a file.

    Args:
        file: the sweep file.
        options: from the command line.
        console: where to write.
        datasets: by name, instead of those that the file's names mean.
        devices: instead of those that the options mean.
        stop: asked at every point where the work can stop.
        register: makes the winners registered models.

    Raises:
        UserError: something in the data, the addresses or the devices is wrong; nothing was
            created.
        SweepHeldError: another driver works on it.
        ServiceLostError: a server, a database or a disk failed for longer than was waited.
        TooManyFailuresError: more runs failed for good than the file allows.
        StopRequested: a signal came; what was running is marked as killed.
    """
    stop = stop or StopSignal()
    stop.install()
    if datasets is None:
        folder = data_folder(options.data_folder)
        datasets = load_datasets(file.config.datasets, folder, file.config.image_folders)
    tracking = tracking_uri(options.tracking_uri)
    storage = storage_uri(options.storage, tracking)
    root = checkpoint_root(options.checkpoints, storage)
    if devices is None:
        accept = options.accept_changed_code
        devices = prepare(
            options.execution, file.config.execution, tracking, accept_other_types=accept
        )
    job = _Job(file, options, storage, root, datasets, devices, stop, console, register)
    try:
        with _outages_told():
            return job.run()
    finally:
        devices.dismiss()


@contextmanager
def _outages_told() -> Iterator[None]:
    """Tell an outage in one line."""
    try:
        yield
    except Exception as error:
        said = storage_failure(error)
        if said is None and not is_store_failure(error):
            raise
        raise ServiceLostError(
            f"{said or describe(error)}. What was finished is kept; the same command continues "
            "once it is mended."
        ) from None


@dataclass(frozen=True)
class _Job:
    """A sweep with all that it needs, before any of its runs is open."""

    file: SweepFile
    options: SweepOptions
    storage: str
    checkpoint_root: Path
    datasets: Datasets
    devices: Devices
    stop: StopSignal
    console: Console
    register: Register

    def run(self) -> SweepOutcome:
        """Hold the sweep, open it, and do what is left of it."""
        where, ready = (self.options.tracking_uri, self.options.experiment), None
        found = find_place(*where, create=True)
        config = self.file.config if found is None else config_as_begun(self.file, found)
        if found is None and config.network.engine == NATIVE:
            settle(config, "cpu", None)  # what is missing is said before there is even a lock
        digests = {name: dataset.digest() for name, dataset in self.datasets.items()}
        if found is not None and not is_complete(found, config):
            refuse_other_storage(found, config.name, self.storage)
        with hold(self.storage, config.name, Patience(check=self.stop.check)) as held:
            begun = None if found is None else engines_begun(config, found)
            if found is None or not is_complete(found, config):
                # Before anything is created: what is missing, or does not fit, is a mistake.
                ready = self.devices.start(config, self.datasets, begun)
                self.stop.install()  # Ray has set a handler of its own
                for line in fallback_lines(ready.engines):
                    self.console.print(line, highlight=False, markup=False, soft_wrap=True)
            place = open_place(*where, create=True)
            if place.project_run:
                self.stop.follow_parent()
            if ready is not None:
                probe_registry(place.client)
            sweep = open_sweep(
                config,
                self.file.text,
                digests,
                place,
                self.devices.made_with(),
                ready.engines if ready else begun or settle(config, "cpu", None),
                accept_change=self.options.accept_changed_code,
            )
            if sweep.strays:
                self.console.print(
                    f"{sweep.strays} run(s) of an earlier sweep {config.name!r}, whose own run was "
                    "deleted, are left as they are; this one begins anew.",
                    highlight=False, markup=False, soft_wrap=True,
                )  # fmt: skip
            if ready is not None:
                store_environment(sweep.run)
                _Work(self, sweep, digests, ready.sizes, held).run()
            elif sweep.invocation:
                sweep.invocation.finish(State.COMPLETE)
        return SweepOutcome(config, place, ready is None)


@dataclass
class _Work:
    """The part of a sweep during which runs are open."""

    job: _Job
    sweep: OpenSweep
    digests: Mapping[str, str]
    sizes: PackSizes
    held: Held

    def __post_init__(self) -> None:
        self.notes = {
            name: DatasetNote(name, digest, f"glorot_sweep.data {name}")
            for name, digest in self.digests.items()
        }
        self.checkpoints = CheckpointFolder(self.job.checkpoint_root / self.sweep.run.run_id[:8])
        self.open_runs = [run for run in (self.sweep.run, self.sweep.invocation) if run is not None]

    def run(self) -> None:
        """Do the work; whatever happens, leave true statuses."""
        try:
            with opened_storage(self.job.storage) as storage:
                self._run(storage)
        except StopRequested as stopped:
            abandon_runs(self.open_runs, State.KILLED, str(stopped))
            raise
        except BaseException as error:
            abandon_runs(self.open_runs, State.FAILED, describe(error))
            raise
        for run in self.open_runs:
            run.finish(State.COMPLETE)

    def _run(self, storage: Storage) -> None:
        overlaps = {
            name: dataset.overlap
            for name, dataset in self.job.datasets.items()
            if isinstance(dataset, FiniteDataset)
        }
        if overlaps:
            self.sweep.run.tag(tags_of(Overlaps(overlaps=overlaps)))
        studies = self._studies(storage)
        study_runs: dict[str, RunWriter] = {}
        for key, run in open_study_runs(self.sweep, studies, self.notes):
            study_runs[key] = run
            self.open_runs.insert(0, run)
        with SweepProgress(self.job.console) as progress:
            winners = self._train(studies, study_runs, progress)
            ours = {run.run_id for run in self.open_runs}
            delete_surplus(self.sweep.runs, self.sweep.own, ours)
            progress.note("registering the winners as models")
            self.job.register(self.sweep, self.job.datasets)
            self.job.stop.check()
        for run in finish_study_runs(study_runs, studies, winners):
            self.open_runs.remove(run)
        self.checkpoints.clear()

    def _studies(self, storage: Storage) -> list[Study]:
        sets = self.job.datasets.items()
        chances = {name: majority_error_percent(one.validation.labels) for name, one in sets}
        scope, patience = self.sweep.run.run_id[:8], Patience(check=self.job.stop.check)
        return studies_of(self.sweep.config, storage, scope, chances, patience)

    def _train(
        self, studies: list[Study], study_runs: dict[str, RunWriter], progress: SweepProgress
    ) -> list[Winner]:
        def advance(updates: int, trials: int) -> None:
            progress.advance(updates * trials)
            self.job.stop.check()

        executor = self.job.devices.open(
            self.sweep.place, self.job.datasets, advance, progress.note
        )
        dispatch = Dispatch(
            self.sweep, study_runs, self.notes, executor, self.checkpoints, self.sizes, progress
        )
        driver = Driver(self.sweep, studies, dispatch, progress, self.held)
        try:
            return driver.run(self.job.stop.check)
        finally:
            executor.close()
