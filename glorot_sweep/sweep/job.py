"""The sweep as a job: from a sweep file to finished runs."""

from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console

from glorot_sweep.config import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import StopRequested
from glorot_sweep.stop import StopSignal
from glorot_sweep.sweep.driver import Driver
from glorot_sweep.sweep.executors import LocalExecutor
from glorot_sweep.sweep.lock import hold, lock_path
from glorot_sweep.sweep.opening import OpenSweep, open_sweep
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.recording import abandon_runs
from glorot_sweep.sweep.registering import register_winners
from glorot_sweep.sweep.storage import open_storage, storage_uri
from glorot_sweep.sweep.study import Study
from glorot_sweep.sweep.study_runs import finish_study_run, open_study_run
from glorot_sweep.sweep_file import read_sweep_file
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.runs import DatasetNote, RunWriter
from glorot_sweep.tracking.store import tracking_uri


@dataclass(frozen=True)
class SweepOptions:
    """What the command line may add to a sweep file; None leaves the default.

    Attributes:
        tracking_uri, experiment: where runs go.
        storage: Optuna's database.
        data_folder: holds one folder per finite data set.
    """

    tracking_uri: str | None = None
    experiment: str | None = None
    storage: str | None = None
    data_folder: Path | None = None


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
        StopRequested: a signal came; what was running is marked as killed.
    """
    stop = StopSignal()
    stop.install()
    config = read_sweep_file(file)
    folder = data_folder(options.data_folder)
    datasets = {
        name: load_dataset(name, folder, config.image_folders.get(name)) for name in config.datasets
    }
    storage = storage_uri(options.storage, tracking_uri(options.tracking_uri))
    digests = {name: dataset.digest() for name, dataset in datasets.items()}
    place = open_place(options.tracking_uri, options.experiment, create=True)
    if place.project_run:
        stop.follow_parent()
    if config.execution.threads:
        torch.set_num_threads(config.execution.threads)
    with hold(lock_path(storage, config.name), config.name):
        sweep = open_sweep(config, file.read_text(encoding="utf-8"), digests, place)
        if not sweep.is_complete:
            _Work(sweep, storage, datasets, digests, stop, console).run()
        elif sweep.invocation:
            sweep.invocation.finish("FINISHED", {"state": "complete"})
    return SweepOutcome(config, place, sweep.is_complete)


class _Work:
    """The part of a sweep during which runs are open."""

    def __init__(
        self,
        sweep: OpenSweep,
        storage: str,
        datasets: dict[str, ImageDataset],
        digests: dict[str, str],
        stop: StopSignal,
        console: Console,
    ) -> None:
        self.sweep, self.storage, self.datasets = sweep, storage, datasets
        self.stop, self.console = stop, console
        self.notes = {
            name: DatasetNote(name, digest, f"glorot_sweep.data {name}")
            for name, digest in digests.items()
        }
        self.open_runs = [run for run in (sweep.run, sweep.invocation) if run is not None]

    def run(self) -> None:
        """Do the work; whatever happens, leave true statuses."""
        try:
            self._run()
        except StopRequested as stopped:
            abandon_runs(self.open_runs, "killed", str(stopped))
            raise
        except BaseException as error:
            abandon_runs(self.open_runs, "failed", f"{type(error).__name__}: {error}")
            raise
        for run in self.open_runs:
            run.finish("FINISHED", {"state": "complete"})

    def _run(self) -> None:
        config = self.sweep.config
        for name, dataset in self.datasets.items():
            if isinstance(dataset, FiniteDataset):
                self.sweep.run.tag(**{f"overlap.{name}": str(dataset.overlap)})
        storage = open_storage(self.storage)
        scope = self.sweep.run.run_id[:8]
        studies = [
            Study(storage, config, scope, dataset, variant)
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

            executor = LocalExecutor(self.sweep.runs, self.datasets.__getitem__, advance)
            driver = Driver(self.sweep, studies, study_runs, self.notes, executor, progress)
            driver.search()
            self.stop.check()
            winners = driver.replicate()
            self.stop.check()
            driver.monitor()
            self.stop.check()
            progress.note("registering the winners as models")
            register_winners(self.sweep, self.datasets)
        for study in studies:
            finish_study_run(study_runs[study.name], study, winners)
            self.open_runs.remove(study_runs[study.name])
