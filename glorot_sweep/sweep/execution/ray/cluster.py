"""Ray's part in a sweep: a cluster on this machine or an existing one, and how many workers fit."""

import logging
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.execution.ray.helpers_end import watch_helpers

CONNECT_SECONDS = 5.0  # for a head to take a connection
_watches: list[int] = []  # descriptors, see `watch_helpers`
OBJECT_STORE_BYTES = 2 * 2**30  # data sets and results; all data sets together are 0.5 GB


@dataclass(frozen=True)
class Cluster:
    """What a Ray cluster has, in Ray's units.

    Attributes:
        shown: its address, for messages.
        cpus, gpus: of all its machines.
        machines: how many.
    """

    shown: str
    cpus: float
    gpus: float
    machines: int

    def __str__(self) -> str:
        unit = "machine" if self.machines == 1 else "machines"
        return f"{self.shown} ({self.machines} {unit}, {self.cpus:g} CPUs, {self.gpus:g} GPUs)"


@dataclass(frozen=True)
class WorkerNeeds:
    """What one worker takes.

    Attributes:
        device: `cpu` or `cuda`.
        cpus: cores.
        gpu_share: of a GPU; 0 on the CPU.
    """

    device: str
    cpus: int
    gpu_share: float

    def fit_into(self, cluster: Cluster) -> int:
        """Return how many such workers a cluster can hold."""
        by_cpu = int(cluster.cpus // self.cpus)
        if not self.gpu_share:
            return by_cpu
        return min(by_cpu, int(cluster.gpus / self.gpu_share + 1e-9))


def start_here(cpus: int | None) -> Cluster:
    """Start Ray on this machine alone, with its GPUs.

    Args:
        cpus: how many Ray may hand out; None: as many as there are.

    Raises:
        UserError: it does not start.
    """
    # Workers inherit that a hang-up is not for them: they save what is in work when the driver,
    # which hears it, tells them to.
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        context: Any = ray.init(
            address="local",
            num_cpus=cpus,
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
            log_to_driver=False,
            logging_level=logging.WARNING,
        )
    except Exception as error:
        raise UserError(
            f"Ray cannot be started on this machine: {_reason(error)}. Its logs are in "
            "/tmp/ray/session_latest/logs, or where RAY_TMPDIR says; --executor local does "
            "without Ray."
        ) from None
    finally:
        signal.signal(signal.SIGHUP, before)
    _watches.append(watch_helpers(Path(context["session_dir"]).name))
    return _read("Ray on this machine")


def leave() -> None:
    """Leave the cluster; no helper of one that was started here outlasts it."""
    ray.shutdown()
    while _watches:
        os.close(_watches.pop())


def join(address: str) -> Cluster:
    """Join a running cluster.

    Raises:
        UserError: there is none, it does not let this process in, or it has another version.
    """
    try:
        _refuse_silence(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING)
    except Exception as error:
        raise UserError(
            f"cannot join the Ray cluster at {address!r}: {_reason(error)}. Start one (ray start "
            "--head), name it as host:port, give every machine the same versions of Python, Ray "
            "and this package, and set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN_PATH as on the "
            "cluster."
        ) from None
    return _read(address)


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300].rstrip(".")


def _refuse_silence(address: str) -> None:
    """Ray itself would try for minutes to reach a head that is not there."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()


def _read(shown: str) -> Cluster:
    resources = ray.cluster_resources()  # type: ignore[no-untyped-call]
    machines = sum(node["Alive"] for node in ray.nodes())  # type: ignore[no-untyped-call]
    return Cluster(shown, resources.get("CPU", 0.0), resources.get("GPU", 0.0), machines)


def read_again(cluster: Cluster) -> Cluster:
    """Return what a cluster has now."""
    return _read(cluster.shown)


def count_workers(wanted: int, needs: WorkerNeeds, cluster: Cluster) -> int:
    """Return how many workers to start: as many as wanted, or with 0 as many as fit.

    Raises:
        UserError: the cluster does not have what they need; says what it has.
    """
    fitting = needs.fit_into(cluster)
    if wanted > fitting or not fitting:
        takes = f"{needs.cpus} CPU" + (f" and {needs.gpu_share:g} GPU" if needs.gpu_share else "")
        raise UserError(
            f"{max(wanted, 1)} worker(s) of {takes} each do not fit into {cluster}, which holds "
            f"{fitting}. Ask for fewer with --workers, for another execution.device, or for a "
            "smaller execution.device_share."
        )
    return wanted or fitting
