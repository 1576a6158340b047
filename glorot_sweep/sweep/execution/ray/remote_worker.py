"""A worker in a process of its own, perhaps on another machine: one device, one pack at a time.

It knows neither Optuna nor Ray, and holds no credentials of a database.
"""

import os
import platform
import socket
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version

import torch

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.engine.choice import native_lacks
from glorot_sweep.errors import StopRequested, UserError
from glorot_sweep.host.environment import ELSEWHERE, forget
from glorot_sweep.host.processor import device_type
from glorot_sweep.host.provenance import package_hash
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.parts.plugin_import import import_plugins
from glorot_sweep.sweep.execution.outcome import Failure, failure_of
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.tracking.place import connect
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.training.results import PackResult

PACKAGES = ("torch", "numpy", "pytorch-lightning", "mlflow")


@dataclass(frozen=True)
class WorkerSetup:
    """What a worker needs besides its packs.

    Attributes:
        device: `cpu` or `cuda`; which GPU is decided by what the process can see.
        threads: of the training; 0 leaves the choice to PyTorch.
        credentials: variables of the environment for the tracking server; never shown.
        needs_native: some of its packs are the native engine's.
        plugins: what registers parts and data sets that its packs name.
    """

    device: str
    threads: int
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    needs_native: bool = False
    plugins: tuple[Plugin, ...] = ()


@dataclass(frozen=True)
class RunTarget:
    """Where runs are written.

    Attributes:
        tracking_uri: of the store.
        experiment_id: the experiment.
    """

    tracking_uri: str
    experiment_id: str


@dataclass(frozen=True)
class WorkerFacts:
    """What a worker is.

    Attributes:
        host, pid: where.
        versions: of everything that decides numbers.
        device_type: its GPU or processor; see `host.processor`.
        lacks_native: why it cannot have the native engine, which it needs.
        lacks_plugin: why it cannot import the plugins of its packs.
    """

    host: str
    pid: int
    versions: Mapping[str, str]
    device_type: str
    lacks_native: str | None = None
    lacks_plugin: str | None = None


def local_versions() -> dict[str, str]:
    """Return the versions here: Python, the packages that decide numbers, and this code."""
    versions = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **versions, "glorot_sweep": package_hash()}


def _why_not_imported(plugins: tuple[Plugin, ...]) -> str | None:
    try:
        import_plugins(plugins)
    except UserError as error:
        return str(error)
    return None


class RemoteWorker:
    """Trains packs; told to stop, it saves the pack in work first.

    Its methods are called from different threads: `pulse` and `stop` answer while `run` works.
    """

    def __init__(self, setup: WorkerSetup) -> None:
        # An inherited MLFLOW_RUN_ID would make this process adopt the sweep's own run.
        forget(("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", *ELSEWHERE))
        os.environ.update(setup.credentials)
        self.setup = setup
        self._lacks_plugin = _why_not_imported(setup.plugins)  # before any pack names their parts
        self._runs: tuple[RunTarget, RunStore] | None = None
        self._datasets: dict[str, ImageDataset] = {}
        self._updates = 0
        self._stopped_by: int | None = None

    def facts(self) -> WorkerFacts:
        """Return where and what this worker is."""
        device = device_type(self.setup.device)
        lacks = native_lacks() if self.setup.needs_native else None
        return WorkerFacts(
            socket.gethostname(), os.getpid(), local_versions(), device, lacks, self._lacks_plugin
        )

    def run(
        self, job: PackJob, target: RunTarget, dataset: ImageDataset | None
    ) -> PackResult | Failure | None:
        """Train a pack.

        Args:
            job: the pack.
            target: where its runs are written.
            dataset: its data set; None if an earlier call has brought it.

        Returns:
            The result, or why there is none; None if the worker was told to stop.
        """
        name = job.spec.first.dataset
        if dataset is not None:
            self._datasets[name] = dataset
        if self.setup.threads:
            torch.set_num_threads(self.setup.threads)  # a thread's own number
        placed = replace(job, spec=replace(job.spec, device=self.setup.device))
        try:
            runs = self._runs_at(target)
            return run_job(placed, runs, self._datasets[name], self._advance)
        except StopRequested:
            return None
        except Exception as error:
            return failure_of(error, traceback.format_exc())

    def pulse(self) -> int:
        """Return the model-updates done since the worker began."""
        return self._updates

    def stop(self, signum: int) -> None:
        """Let `run` end after its chunk, as a signal would."""
        self._stopped_by = signum

    def _runs_at(self, target: RunTarget) -> RunStore:
        if self._runs is None or self._runs[0] != target:
            self._runs = target, connect(target.tracking_uri, target.experiment_id)
        return self._runs[1]

    def _advance(self, updates: int, trials: int) -> None:
        self._updates += updates * trials
        if self._stopped_by is not None:
            raise StopRequested(self._stopped_by)
