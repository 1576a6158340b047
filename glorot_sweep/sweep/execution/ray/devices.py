"""The devices of this machine or of a cluster, each with a worker that Ray starts."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.engine.choice import Engines
from glorot_sweep.host.provenance import Provenance, provenance
from glorot_sweep.specs import NATIVE
from glorot_sweep.sweep.contents.carried_parts import refuse_parts_of_this_process
from glorot_sweep.sweep.contents.engines import are_portable, device_to_go_on, settle
from glorot_sweep.sweep.execution.devices import Ready
from glorot_sweep.sweep.execution.executor import Executor
from glorot_sweep.sweep.execution.pack_sizes import choose_pack_sizes, deepest
from glorot_sweep.sweep.execution.ray import cluster
from glorot_sweep.sweep.execution.ray.crew import Crew
from glorot_sweep.sweep.execution.ray.executor import RayExecutor
from glorot_sweep.sweep.execution.ray.remote_worker import RunTarget, WorkerSetup
from glorot_sweep.tracking.place import Place
from glorot_sweep.training.callbacks import Advance

CREDENTIALS = "MLFLOW_TRACKING_"  # begins the variables with which a worker may log in


class RayDevices:
    """Workers of Ray.

    Args:
        workers: how many; 0: one for each device.
        address: of a running cluster; None: Ray is started on this machine.
        accept_other_types: processors or GPUs of several types may work on the sweep.
    """

    def __init__(
        self, workers: int, address: str | None, *, accept_other_types: bool = False
    ) -> None:
        self.workers, self.address = workers, address
        self.accept_other_types = accept_other_types
        self.crew: Crew | None = None

    def start(
        self, config: SweepConfig, datasets: Mapping[str, ImageDataset], begun: Engines | None
    ) -> Ready:
        """Settle the engines, hire workers that have them, and see how large packs may be.

        Raises:
            UserError: Ray, the devices or the engines cannot be had, or the packs do not fit.
        """
        self.hang_seconds = config.execution.hang_seconds
        engines = self._hire(config, begun)
        assert self.crew is not None
        device, sharing = self.crew.setup.device, len(self.crew.workers)
        if device == "cuda":
            sharing = max(1, round(1 / config.execution.device_share))
        elsewhere = self.address is not None
        threads, sharing_memory = self.crew.setup.threads, None if elsewhere else sharing
        sizes = choose_pack_sizes(config, datasets, device, threads, sharing_memory)
        sizes.refuse_too_large(deepest(config, engines))
        return Ready(engines, sizes)

    def made_with(self) -> Provenance:
        """Return what the workers' runs are made with; before the start, those of this process."""
        here = provenance()
        return here if self.crew is None else replace(here, device_type=self.crew.device_type)

    def open(
        self,
        place: Place,
        datasets: Mapping[str, ImageDataset],
        advance: Advance,
        note: Callable[[str], None],
    ) -> Executor:
        """Return an executor that gives packs to the workers."""
        assert self.crew is not None
        target = RunTarget(place.uri, place.experiment_id)
        return RayExecutor(
            self.crew, target, datasets.__getitem__, advance, self.hang_seconds, note
        )

    def dismiss(self) -> None:
        """Let the workers go."""
        if self.crew is not None:
            self.crew.dismiss()

    def _hire(self, config: SweepConfig, begun: Engines | None) -> Engines:
        refuse_parts_of_this_process(config)
        threads = max(config.execution.threads, 1)
        if self.address:
            found = cluster.join(self.address)
        else:
            found = cluster.start_here(self.workers * threads or None)
        try:
            return self._hire_in(found, config, begun, threads)
        except BaseException:
            cluster.leave()  # the next sweep of this process may start or join another one
            raise

    def _hire_in(
        self, found: cluster.Cluster, config: SweepConfig, begun: Engines | None, threads: int
    ) -> Engines:
        execution, device = config.execution, str(config.execution.device)
        if device == "auto":
            device = device_to_go_on(config, "cuda" if found.gpus else "cpu", begun)
        engines = settle(config, device, begun)
        share = execution.device_share if device == "cuda" else 0.0
        credentials = {k: v for k, v in os.environ.items() if k.startswith(CREDENTIALS)}
        needs_native = any(one.engine == NATIVE for one in engines.values())
        rows = config.rows.items()
        portable = are_portable(engines, {n: (row.initialization, row.schedule) for n, row in rows})
        self.crew = Crew(
            found,
            cluster.WorkerNeeds(device, threads, share),
            self.workers,
            WorkerSetup(device, threads, credentials, needs_native, config.plugins),
            accept_other_types=self.accept_other_types or portable,
        )
        return engines
