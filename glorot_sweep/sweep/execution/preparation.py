"""Which executor a sweep gets: chosen at once, its devices started only when there is work."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import torch

from glorot_sweep.config.execution import ExecutionConfig
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import UserError
from glorot_sweep.host.provenance import Provenance, provenance
from glorot_sweep.spelling import nearest
from glorot_sweep.sweep.execution.executor import Executor, LocalExecutor, choose_device
from glorot_sweep.sweep.execution.pack_sizes import PackSizes, choose_pack_sizes, deepest
from glorot_sweep.sweep.execution.ray.remote_worker import RunTarget, WorkerSetup
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.training.callbacks import Advance

if TYPE_CHECKING:  # Ray is an optional extra
    from glorot_sweep.sweep.execution.ray.crew import Crew

EXECUTORS = ("local", "ray")
CREDENTIALS = "MLFLOW_TRACKING_"  # begins the variables with which a worker may log in


@dataclass(frozen=True)
class ExecutionOptions:
    """What the command line says about executors.

    Attributes:
        executor: `local`: packs run one after another in this process; `ray`: side by side, on
            the devices of this machine or of a cluster.
        workers: of Ray; 0: one for each device.
        address: of a running Ray cluster; None: Ray is started on this machine.
    """

    executor: str = "local"
    workers: int = 0
    address: str | None = None


@dataclass
class Prepared:
    """Devices as they were asked for.

    Attributes:
        options: from the command line.
        config: from the sweep file.
        crew: Ray's workers, once they are started; None for this process.
        sizes: of packs, once the devices are started.
        accept_other_types: workers may be on processors or GPUs of different types.
    """

    options: ExecutionOptions
    config: ExecutionConfig
    crew: "Crew | None" = None
    sizes: PackSizes = field(init=False)
    accept_other_types: bool = False

    def start(self, config: SweepConfig, datasets: Mapping[str, ImageDataset]) -> None:
        """Start Ray's workers, if they are to do the work, and see how large packs may be.

        Raises:
            UserError: Ray or the devices cannot be had, or the packs do not fit on them.
        """
        if self.options.executor == "ray":
            self.crew = _crew(self.options, self.config, self.accept_other_types)
        self.sizes = self._pack_sizes(config, datasets)

    def made_with(self) -> Provenance:
        """Return what the runs are made with: on the devices of the workers, if there are some."""
        if self.crew is None:
            return provenance(choose_device(self.config.device))
        return replace(provenance(), device_type=self.crew.device_type)

    def _pack_sizes(self, config: SweepConfig, datasets: Mapping[str, ImageDataset]) -> PackSizes:
        device, workers = choose_device(self.config.device), 1
        if self.crew is not None:
            device = self.crew.setup.device
            workers = max(1, round(1 / self.config.device_share))
            workers = workers if device == "cuda" else len(self.crew.workers)
        elsewhere = self.options.address is not None
        sizes = choose_pack_sizes(config, datasets, device, None if elsewhere else workers)
        sizes.refuse_too_large(deepest(config))
        return sizes

    def open(
        self,
        place: Place,
        datasets: Mapping[str, ImageDataset],
        advance: Advance,
        note: Callable[[str], None],
    ) -> Executor:
        """Return the executor, which writes its runs to a place."""
        if self.crew is None:
            runs = RunStore(place.client, place.experiment_id)
            device = choose_device(self.config.device)
            return LocalExecutor(runs, datasets.__getitem__, advance, device)
        from glorot_sweep.sweep.execution.ray.executor import RayExecutor  # noqa: PLC0415

        target = RunTarget(place.uri, place.experiment_id)
        hang = self.config.hang_seconds
        return RayExecutor(self.crew, target, datasets.__getitem__, advance, hang, note)

    def dismiss(self) -> None:
        """Let the devices go, if they were started and no executor was opened."""
        if self.crew is not None:
            self.crew.dismiss()


def prepare(options: ExecutionOptions, config: ExecutionConfig, tracking: str) -> Prepared:
    """Refuse what can be refused without starting anything.

    Args:
        options: from the command line.
        config: from the sweep file.
        tracking: the tracking URI.

    Raises:
        UserError: an option is unknown or does not fit the others, this machine has no such
            device, or Ray is not installed.
    """
    if options.executor not in EXECUTORS:
        raise UserError(
            f"unknown executor {options.executor!r}{nearest(options.executor, EXECUTORS)}"
        )
    if options.executor == "local":
        if options.workers or options.address:
            raise UserError("--workers and --address need --executor ray; the local one has none.")
        choose_device(config.device)
        if config.threads:
            torch.set_num_threads(config.threads)
        return Prepared(options, config)
    if find_spec("ray") is None:
        raise UserError(
            "--executor ray needs Ray, which is not installed: pip install 'glorot-sweep[ray]'."
        )
    if options.address and not tracking.startswith("http"):
        raise UserError(
            f"workers on other machines write runs over HTTP and get no database's credentials, "
            f"but the tracking URI is a {tracking.partition(':')[0]} database. Start `mlflow "
            "server` and give its address as --tracking-uri."
        )
    return Prepared(options, config)


def _crew(options: ExecutionOptions, config: ExecutionConfig, accept_other_types: bool) -> "Crew":
    from glorot_sweep.sweep.execution.ray import cluster as ray_cluster  # noqa: PLC0415
    from glorot_sweep.sweep.execution.ray.crew import Crew  # noqa: PLC0415

    threads = max(config.threads, 1)
    if options.address:
        cluster = ray_cluster.join(options.address)
    else:
        cluster = ray_cluster.start_here(options.workers * threads or None)
    device = config.device
    if device == "auto":
        device = "cuda" if cluster.gpus else "cpu"
    share = config.device_share if device == "cuda" else 0.0
    credentials = {k: v for k, v in os.environ.items() if k.startswith(CREDENTIALS)}
    needs = ray_cluster.WorkerNeeds(device, threads, share)
    setup = WorkerSetup(device, threads, credentials)
    return Crew(cluster, needs, options.workers, setup, accept_other_types=accept_other_types)
