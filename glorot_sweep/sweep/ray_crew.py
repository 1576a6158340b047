"""The workers of a Ray cluster: hired, replaced when they are lost, ended."""

import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import ray
from ray.exceptions import RayError

from glorot_sweep.errors import ServiceLostError, UserError
from glorot_sweep.sweep.ray_cluster import Cluster, WorkerNeeds, count_workers, look_again
from glorot_sweep.sweep.remote_worker import (
    RemoteWorker,
    WorkerFacts,
    WorkerSetup,
    local_versions,
)
from glorot_sweep.sweep.worker import PackJob

START_SECONDS = 120.0  # for a worker to import torch and answer
CALLS_AT_ONCE = 4  # run, pulse, stop, facts


@dataclass(eq=False)
class Worker:
    """A worker as the driver sees it.

    Attributes:
        actor: Ray's handle.
        facts: where and what it is.
        held: data sets that it has.
        job: the pack in work, or None.
        answer: reference of the pack's result.
        pulse: reference of the last question how far it is.
        updates: model-updates it has reported.
        moved: when that number last rose, by the monotonic clock.
    """

    actor: Any
    facts: WorkerFacts
    held: set[str] = field(default_factory=set)
    job: PackJob | None = None
    answer: Any = None
    pulse: Any = None
    updates: int = 0
    moved: float = 0.0


class Crew:
    """All workers of a sweep.

    Args:
        cluster: the cluster, joined.
        needs: what one worker takes.
        wanted: number of workers; 0: as many as fit, also when machines join later.
        setup: what a worker is told.

    Attributes:
        workers: those that are alive, as far as is known.

    Raises:
        UserError: the cluster is too small, or its machines run another version.
    """

    def __init__(
        self, cluster: Cluster, needs: WorkerNeeds, wanted: int, setup: WorkerSetup
    ) -> None:
        self.cluster, self.needs, self.wanted, self.setup = cluster, needs, wanted, setup
        self.workers = self._hire(count_workers(wanted, needs, cluster))
        if not self.workers:
            self.dismiss()
            raise UserError(f"no worker of {cluster} answered within {START_SECONDS:g} s.")

    def grow(self) -> None:
        """Replace workers that were lost, and use machines that have joined.

        Raises:
            ServiceLostError: no worker is left, and none can be had.
        """
        self.cluster = look_again(self.cluster)
        fitting = self.needs.fit_into(self.cluster)
        target = min(self.wanted, fitting) if self.wanted else fitting
        if target > len(self.workers):
            self.workers += self._hire(target - len(self.workers))
        if not self.workers:
            raise ServiceLostError(
                f"no worker is left, and {self.cluster} gives none. Mend the cluster; the same "
                "command continues."
            )

    def lose(self, worker: Worker) -> None:
        """End a worker for good; whatever it should still answer is not listened to.

        One that hangs hears nothing but a signal of its own machine.
        """
        self.workers.remove(worker)
        with suppress(RayError):
            ray.kill(worker.actor)
        if worker.facts.host == socket.gethostname():
            with suppress(ProcessLookupError):
                os.kill(worker.facts.pid, signal.SIGKILL)

    def dismiss(self) -> None:
        """End all workers and leave the cluster."""
        for worker in list(self.workers):
            self.lose(worker)
        ray.shutdown()

    def _hire(self, count: int) -> list[Worker]:
        actor = ray.remote(RemoteWorker).options(
            num_cpus=self.needs.cpus,
            num_gpus=self.needs.gpu_share,
            max_restarts=0,
            max_concurrency=CALLS_AT_ONCE,
        )
        actors: list[Any] = [actor.remote(self.setup) for _ in range(count)]
        facts = [one.facts.remote() for one in actors]
        _, late = ray.wait(facts, num_returns=count, timeout=START_SECONDS)
        hired = []
        for one, ref in zip(actors, facts, strict=True):
            if ref in late:
                ray.kill(one)
                continue
            try:
                hired.append(Worker(one, ray.get(ref)))
            except RayError as error:
                raise UserError(f"a worker could not start: {_cause(error)}") from None
        for worker in hired:
            _refuse_other_versions(worker.facts)
        return hired


def _refuse_other_versions(facts: WorkerFacts) -> None:
    here = local_versions()
    other = {name: v for name, v in facts.versions.items() if here.get(name) != v}
    if other:
        lines = [f"  {name}: {here.get(name)} here, {v} there" for name, v in other.items()]
        raise UserError(
            f"the worker on {facts.host} runs other versions than this driver:\n"
            + "\n".join(lines)
            + "\nInstall the same version of this package from the same lock on every machine."
        )


def _cause(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][:300]
