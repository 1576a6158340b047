"""The sweep as a job: from a sweep file to finished runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from rich.console import Console

from glorot_sweep.config.file import SweepFile
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_datasets
from glorot_sweep.engine.choice import Engines
from glorot_sweep.errors import ServiceLostError
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.specs import NATIVE
from glorot_sweep.sweep.contents.engines import fallback_lines, settle
from glorot_sweep.sweep.execution.checkpoint_folder import checkpoint_root
from glorot_sweep.sweep.execution.devices import Devices
from glorot_sweep.sweep.execution.options import ExecutionOptions
from glorot_sweep.sweep.execution.preparation import prepare
from glorot_sweep.sweep.progress import Watch, watch_nothing
from glorot_sweep.sweep.records.begun import engines_begun, file_as_begun
from glorot_sweep.sweep.records.opening import (
    OpenSweep,
    is_complete,
    open_sweep,
)
from glorot_sweep.sweep.records.own_runs import look_at_lease, take_lease
from glorot_sweep.sweep.records.registering import refuse_registry, register_winners
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.sweep.storage.lock import Held, hold
from glorot_sweep.sweep.storage.patience import Patience, storage_failure
from glorot_sweep.sweep.storage.same import refuse_other_storage
from glorot_sweep.sweep.work import Datasets, Means, Register, Work
from glorot_sweep.tracking.address import experiment_name, tracking_uri
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import describe, is_store_failure
from glorot_sweep.tracking.place import Place, find_place, open_place, scope_of


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
    watch: Watch = watch_nothing,
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
        watch: told how far it is.

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
    tracking = tracking_uri(options.tracking_uri)
    storage = storage_uri(options.storage, tracking)
    root = checkpoint_root(options.checkpoints, storage)
    if datasets is None:
        folder = data_folder(options.data_folder)
        say = partial(console.print, highlight=False, markup=False, soft_wrap=True)
        with stop.at_once():
            datasets = load_datasets(file.config.datasets, folder, file.config.image_folders, say)
    if devices is None:
        accept = options.accept_changed_code
        devices = prepare(
            options.execution, file.config.execution, tracking, accept_other_types=accept
        )
    means = Means(storage, root, datasets, devices, stop, console, register, watch)
    try:
        with _outages_told():
            return _Job(file, options, means).run()
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
    means: Means

    def run(self) -> SweepOutcome:
        """Hold the sweep, open it, and do what is left of it."""
        with Lease(self.file.config.name, self.means.stop.check, self._say) as lease:
            found = find_place(self.options.tracking_uri, self.options.experiment, create=True)
            job = self if found is None else replace(self, file=file_as_begun(self.file, found))
            return job._run(found, lease)

    def _run(self, found: Place | None, lease: Lease) -> SweepOutcome:
        config, stop = self.file.config, self.means.stop
        is_left = self._is_left(found, lease)
        if found is None and config.network.engine == NATIVE:
            settle(config, "cpu", None)  # what is missing is said before there is even a lock
        if found is not None and is_left:
            refuse_other_storage(found, config.name, self.means.storage)
        scope = found.scope if found else scope_of(*self._named())
        patience = Patience(check=stop.check)
        with hold(self.means.storage, config.name, patience, scope=scope) as held:
            if found is not None and is_left:
                take_lease(found, config.name, lease)
            return self._open(found, lease, held, is_left=is_left)

    def _is_left(self, found: Place | None, lease: Lease) -> bool:
        """Return whether work is left, once nobody else is at it; nothing is written."""
        config = self.file.config
        if found is None or not look_at_lease(found, config.name, lease):
            return True
        return not is_complete(found, config)

    def _open(
        self, found: Place | None, lease: Lease, held: Held, *, is_left: bool
    ) -> SweepOutcome:
        """Open the sweep and do what is left of it: another driver may have ended it meanwhile."""
        config, means, ready = self.file.config, self.means, None
        begun = None if found is None else engines_begun(config, found)
        if found is None or not is_complete(found, config, is_whole=not is_left):
            # Before anything is created: what is missing, or does not fit, is a mistake.
            ready = means.devices.start(config, means.datasets, begun)
            means.stop.install()  # Ray has set a handler of its own
            for line in fallback_lines(ready.engines):
                self._say(line)
        place = open_place(self.options.tracking_uri, self.options.experiment, create=True)
        if place.project_run:
            means.stop.follow_parent()
        if ready is not None:
            refuse_registry(place, config)
        engines = ready.engines if ready else begun or settle(config, "cpu", None)
        sweep = self._opened(place, engines, lease, is_whole=ready is None)
        for dataset in means.datasets.values():
            dataset.keep()
        if ready is not None:
            Work(means, sweep, ready.sizes, held).run()
        elif sweep.invocation:
            sweep.invocation.finish(State.COMPLETE)
        return SweepOutcome(config, place, ready is None)

    def _opened(self, place: Place, engines: Engines, lease: Lease, *, is_whole: bool) -> OpenSweep:
        config, means = self.file.config, self.means
        sweep = open_sweep(
            config,
            self.file.text,
            means.digests,
            place,
            means.devices.made_with(),
            engines,
            lease,
            accept_change=self.options.accept_changed_code,
            is_whole=is_whole,
        )
        if sweep.strays:
            self._say(
                f"{sweep.strays} run(s) of an earlier sweep {config.name!r}, whose own run was "
                "deleted, are left as they are; this one begins anew."
            )
        self._tell_place(sweep)
        return sweep

    def _tell_place(self, sweep: OpenSweep) -> None:
        """Say where a sweep is that is new, and what grows: the wrong folder is seen at once."""
        name, place = sweep.config.name, sweep.place
        if sweep.grows:
            self._say(
                f"the sweep {name!r} grows: {'; '.join(sweep.grows)}. This cannot be taken back, "
                "and until it has ended there is no report of it."
            )
        elif not sweep.is_complete and not sweep.existing:
            where = f"experiment {place.experiment!r} in {place.shown_uri}"
            self._say(f"the sweep {name!r} begins, in {where}")

    def _named(self) -> tuple[str, str]:
        options = self.options
        return tracking_uri(options.tracking_uri), experiment_name(options.experiment)

    def _say(self, line: str) -> None:
        self.means.console.print(line, highlight=False, markup=False, soft_wrap=True)
