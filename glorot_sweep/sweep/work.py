"""The work on an open sweep: from its studies' runs to its own end, under its lease."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from rich.console import Console

from glorot_sweep.data.dataset import ImageDataset, majority_error_percent
from glorot_sweep.data.description import profile
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import StopRequested, SweepHeldError
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.sweep.contents.parts import Part, parts_of
from glorot_sweep.sweep.contents.replicates import Winner
from glorot_sweep.sweep.driver import Driver, Further
from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder
from glorot_sweep.sweep.execution.devices import Devices
from glorot_sweep.sweep.execution.dispatch import Dispatch
from glorot_sweep.sweep.execution.pack_sizes import PackSizes
from glorot_sweep.sweep.execution.saved_folders import clear_saved, saved_in
from glorot_sweep.sweep.progress import SweepProgress, Watch, watch_nothing
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.records.reconcile import delete_surplus
from glorot_sweep.sweep.records.study_runs import finish_study_runs, open_study_runs
from glorot_sweep.sweep.search.studies import studies_of
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.database import Storage, opened_storage
from glorot_sweep.sweep.storage.lock import Held
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.dataset_note import note_of
from glorot_sweep.tracking.ending import abandon_runs
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import describe
from glorot_sweep.tracking.probe import store_environment
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import Overlaps
from glorot_sweep.tracking.until_decided import ended_replicates, reached, sentence
from glorot_sweep.tracking.views.keeping import keep_views

Datasets = Mapping[str, ImageDataset]
Register = Callable[[OpenSweep, Datasets], object]


@dataclass(frozen=True)
class Means:
    """What a sweep is run with.

    Attributes:
        storage: URI of Optuna's database.
        checkpoint_root: holds one folder per unfinished sweep.
        datasets: by name.
        devices: where packs are trained.
        stop: asked at every point where the work can stop.
        console: where to write.
        register: makes the winners registered models.
        watch: told how far it is.
    """

    storage: str
    checkpoint_root: Path
    datasets: Datasets
    devices: Devices
    stop: StopSignal
    console: Console
    register: Register
    watch: Watch = watch_nothing

    @cached_property
    def digests(self) -> dict[str, str]:
        """Content digest of each data set."""
        return {name: dataset.digest() for name, dataset in self.datasets.items()}


@dataclass
class Work:
    """The part of a sweep during which runs are open.

    Attributes:
        means: what it is run with.
        sweep: the open sweep, held by its lease.
        sizes: of packs.
        storage_lock: that of Optuna's storage.
    """

    means: Means
    sweep: OpenSweep
    sizes: PackSizes
    storage_lock: Held

    def __post_init__(self) -> None:
        self.notes = {
            name: note_of(self.means.datasets[name], digest, profile(self.means.datasets[name]))
            for name, digest in self.means.digests.items()
        }
        folder = self.means.checkpoint_root / self.sweep.run.run_id[:8]
        self.checkpoints = CheckpointFolder(folder, self.sweep.identity.decisive())
        self.open_runs = [run for run in (self.sweep.run, self.sweep.invocation) if run is not None]

    def run(self) -> None:
        """Do the work; whatever happens, leave true statuses."""
        try:
            store_environment(self.sweep.run)
            with opened_storage(self.means.storage) as storage:
                self._run(storage)
        except SweepHeldError:
            raise  # its runs are another driver's: nothing of them is marked
        except StopRequested as stopped:
            abandon_runs(self.open_runs, State.KILLED, str(stopped))
            raise
        except BaseException as error:
            abandon_runs(self.open_runs, State.FAILED, describe(error))
            raise
        for run in self.open_runs:
            self.still_held()
            run.finish(State.COMPLETE)

    def still_held(self) -> None:
        """Check that this is the one driver; before each step that another would make too.

        Raises:
            SweepHeldError: another driver has taken the sweep over.
            ServiceLostError: an outage has lasted too long.
        """
        self.sweep.lease.check()
        self.storage_lock.still_held()

    def _run(self, storage: Storage) -> None:
        overlaps = {
            name: dataset.overlap
            for name, dataset in self.means.datasets.items()
            if isinstance(dataset, FiniteDataset)
        }
        if overlaps:
            self.sweep.run.tag(tags_of(Overlaps(overlaps=overlaps)))
        self.sweep.run.tag(tags_of(saved_in(self.checkpoints, self.sweep.place.uri)))
        self._keep_views()  # whoever looks while it is trained has them too
        studies = self._studies(storage, parts_of(self.sweep.config.at_look(0)))
        study_runs: dict[str, RunWriter] = {}
        for key, run in open_study_runs(self.sweep, studies, self.notes):
            study_runs[key] = run
            self.open_runs.insert(0, run)
        _describe(studies, study_runs)
        with SweepProgress(self.means.console, watch=self.means.watch) as progress:
            further = partial(self._further, storage, progress, study_runs)
            studies, winners = self._train(studies, study_runs, progress, further)
            ours = {run.run_id for run in self.open_runs}
            self.still_held()
            delete_surplus(self.sweep.runs, self.sweep.own, ours)
            progress.note("registering the winners as models")
            self.means.register(self.sweep, self.means.datasets)
            self._keep_views()
            self.means.stop.check()
        self.still_held()
        for run in finish_study_runs(study_runs, studies, winners, self.sweep.growths):
            self.open_runs.remove(run)
            self.still_held()
        self.checkpoints.clear()
        for line in clear_saved(self.sweep.run):
            self.means.console.print(line, highlight=False, markup=False, soft_wrap=True)

    def _keep_views(self) -> None:
        sweep = self.sweep
        if refused := keep_views(sweep.place, sweep.own, sweep.config):
            self.means.console.print(refused, highlight=False, markup=False, soft_wrap=True)

    def _further(
        self,
        storage: Storage,
        progress: SweepProgress,
        study_runs: Mapping[str, RunWriter],
        studies: Sequence[Study],
    ) -> list[Study]:
        """Return the studies that open comparisons need beside those that there are; tell why."""
        config, place = self.sweep.config, self.sweep.place
        if config.replicates.until_decided is None:
            return []
        runs = runs_of(place.client, place.experiment_id, self.sweep.own, kind=Kind.REPLICATE)
        found = reached(config, ended_replicates(runs))
        last = max(decision.look for decision in found.decisions.values())
        for pair, decision in found.decisions.items():
            if decision.look == last:
                progress.note(f"  {sentence(pair, decision, config.significance.level)}")
        known = {study.part for study in studies}
        more = self._studies(
            storage, [part for part in parts_of(config, found.seeds) if part not in known]
        )
        _describe(more, study_runs)
        return more

    def _studies(self, storage: Storage, parts: Iterable[Part]) -> list[Study]:
        sets = self.means.datasets.items()
        chances = {name: majority_error_percent(one.validation.labels) for name, one in sets}
        scope, patience = self.sweep.run.run_id[:8], Patience(check=self.means.stop.check)
        page_of = self.sweep.place.page_of
        return studies_of(self.sweep.config, storage, scope, parts, chances, patience, page_of)

    def _train(
        self,
        studies: list[Study],
        study_runs: dict[str, RunWriter],
        progress: SweepProgress,
        further: Further,
    ) -> tuple[list[Study], list[Winner]]:
        """Drive the sweep to its last run; return its studies and their winners."""

        def advance(updates: int, trials: int) -> None:
            progress.advance(updates * trials)
            self.means.stop.check()
            self.sweep.lease.refuse_lost()

        executor = self.means.devices.open(
            self.sweep.place, self.means.datasets, advance, progress.note
        )
        dispatch = Dispatch(
            self.sweep, study_runs, self.notes, executor, self.checkpoints, self.sizes, progress
        )
        driver = Driver(self.sweep, studies, dispatch, progress, self, further)
        try:
            winners = driver.run(self.means.stop.check)
            return driver.studies, winners
        finally:
            executor.close()


def _describe(studies: Iterable[Study], study_runs: Mapping[str, RunWriter]) -> None:
    for study in studies:
        study.describe(study_runs[study.run_key].run_id)
