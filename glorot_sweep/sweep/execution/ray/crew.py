"""The workers of a Ray cluster: hired, replaced when they are lost, ended."""

import logging
import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayError

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import ServiceLostError, UserError
from glorot_sweep.sweep.execution.ray.cluster import (
    Cluster,
    WorkerNeeds,
    count_workers,
    leave,
    read_again,
)
from glorot_sweep.sweep.execution.ray.remote_worker import (
    RemoteWorker,
    WorkerFacts,
    WorkerSetup,
    local_versions,
)
from glorot_sweep.sweep.execution.ray.worker import Worker

logger = logging.getLogger(__name__)

ADMIT_SECONDS = 1.0
HEAD_SECONDS = 5.0  # for the head to take a connection
START_SECONDS = 120.0  # for a worker to import torch and answer
TICK_SECONDS = 0.25  # Python hears a signal between two ticks only
FRUITLESS_GROWTHS = 3  # in a row, by which a crew without a worker got none
STOP_SECONDS = 20.0  # for workers to save what is in work
END_SECONDS = 2.0  # for Ray to end a worker; it takes hundredths
CALLS_AT_ONCE = 4  # run, pulse, stop, facts
LOGS = "Ray's logs there are in /tmp/ray/session_latest/logs, or where RAY_TMPDIR says"


@dataclass(frozen=True)
class _Applicant:
    """A worker that has been started and has not answered yet."""

    actor: Any
    facts: Any
    since: float


class Crew:
    """All workers of a sweep.

    Args:
        cluster: the cluster, joined.
        needs: what one worker takes.
        wanted: number of workers; 0: as many as fit, also when machines join later.
        setup: what a worker is told.
        accept_other_types: processors or GPUs of several types may work on the sweep: that was
            accepted, or changes no bit.

    Attributes:
        device_type: of the workers; of the first one, if others are accepted.
        workers: those that are alive, as far as is known.
        is_headless: the cluster's head has died.

    Raises:
        UserError: the cluster is too small, or its machines run another version, are of
            different types or lack the engine.
    """

    def __init__(
        self,
        cluster: Cluster,
        needs: WorkerNeeds,
        wanted: int,
        setup: WorkerSetup,
        *,
        accept_other_types: bool = False,
    ) -> None:
        self.cluster, self.needs, self.wanted, self.setup = cluster, needs, wanted, setup
        self.accept_other_types, self.device_type = accept_other_types, ""
        self.is_headless = False
        self.workers: list[Worker] = []
        self._applicants: list[_Applicant] = []
        self._fruitless, self._cause = 0, ""  # growths; why the last applicant was none
        self._head = ray.get_runtime_context().gcs_address
        try:
            self._assemble()
        except BaseException:
            self.dismiss()
            raise

    def _assemble(self) -> None:
        self._call(count_workers(self.wanted, self.needs, self.cluster))
        while self._applicants:
            self.admit(ADMIT_SECONDS)
        if not self.workers:
            raise UserError(
                f"no worker of {self.cluster} could start: {self._cause}. {LOGS}; mend what they "
                "name, or do without Ray: --executor local."
            )

    def grow(self) -> None:
        """Replace workers that were lost, and use machines that have joined.

        Raises:
            ServiceLostError: no worker is left, and none can be had or started.
        """
        if not self.workers and not self._applicants:
            if self._fruitless == FRUITLESS_GROWTHS:
                raise ServiceLostError(
                    f"no worker is left, and no new one of {self.cluster} could start: "
                    f"{self._cause}. {LOGS}. Mend the cluster; the same command continues."
                )
            self._fruitless += 1
        self.cluster = read_again(self.cluster)
        fitting = self.needs.fit_into(self.cluster)
        target = min(self.wanted, fitting) if self.wanted else fitting
        self._call(target - len(self.workers) - len(self._applicants))
        if not self.workers and not self._applicants:
            raise ServiceLostError(
                f"no worker is left, and {self.cluster} gives none. Mend the cluster; the same "
                "command continues."
            )

    def refuse_lost_head(self) -> None:
        """Check that the cluster's head lives; without it Ray would end this process itself.

        Raises:
            ServiceLostError: it does not.
        """
        host, _, port = self._head.rpartition(":")
        try:
            socket.create_connection((host, int(port)), HEAD_SECONDS).close()
        except OSError as error:
            self.is_headless = True
            raise ServiceLostError(
                f"the head of {self.cluster} is gone ({error}). Start the cluster anew; the same "
                "command continues."
            ) from None

    def share(self, dataset: ImageDataset) -> Any:
        """Return Ray's reference of a data set, which all workers may read."""
        return ray.put(dataset)

    def wait(self, seconds: float) -> Worker | None:
        """Return a worker whose pack has ended, with or without it; None after so many seconds."""
        answers = {worker.answer: worker for worker in self.workers if worker.job}
        if not answers:  # all workers are new
            time.sleep(seconds)
            return None
        done = ray.wait(list(answers), timeout=seconds)[0]
        return answers[done[0]] if done else None

    def stop(self) -> None:
        """Let workers save what is in work, for a bounded time."""
        if self.is_headless:
            return
        busy = [worker for worker in self.workers if worker.job]
        for worker in busy:
            worker.stop()
        left, deadline = [worker.answer for worker in busy], time.monotonic() + STOP_SECONDS
        while left and time.monotonic() < deadline:
            left = ray.wait(left, num_returns=len(left), timeout=TICK_SECONDS)[1]

    def lose(self, worker: Worker) -> None:
        """End a worker for good; whatever it should still answer is not listened to."""
        self._end(worker)
        _kill(worker)

    def dismiss(self) -> None:
        """End all workers and leave the cluster."""
        dismissed = list(self.workers)
        for worker in dismissed:
            self._end(worker)
        deadline = time.monotonic() + (0.0 if self.is_headless else END_SECONDS)
        while any(map(_is_here, dismissed)) and time.monotonic() < deadline:
            time.sleep(END_SECONDS / 100)
        for worker in filter(_is_here, dismissed):
            _kill(worker)
        if not self.is_headless:  # it would wait for the head
            leave()

    def _end(self, worker: Worker) -> None:
        """Let Ray end a worker; it takes one that is killed at the same time for an accident."""
        self.workers.remove(worker)
        if not self.is_headless:
            with suppress(RayError):
                ray.kill(worker.actor)

    def _call(self, count: int) -> None:
        """Start so many workers, without waiting for them."""
        actor = ray.remote(RemoteWorker).options(
            num_cpus=self.needs.cpus,
            num_gpus=self.needs.gpu_share,
            max_restarts=0,
            max_concurrency=CALLS_AT_ONCE,
        )
        for _ in range(count):
            started: Any = actor.remote(self.setup)
            self._applicants.append(_Applicant(started, started.facts.remote(), time.monotonic()))

    def admit(self, seconds: float = 0.0) -> None:
        """Take in the workers that have answered; send away those that do not.

        One that dies at its start, or was meant for a machine that is gone, is tried again with
        the next growth.
        """
        if not self._applicants:
            return
        ray.wait([one.facts for one in self._applicants], timeout=seconds)
        waiting = []
        for one in self._applicants:
            if ray.wait([one.facts], timeout=0)[0]:
                try:
                    facts = ray.get(one.facts)
                except RayError as error:
                    self._cause = _cause(error)
                    logger.warning("a worker could not start: %s", self._cause)
                    continue
                _refuse_other_versions(facts)
                _refuse_without_native(facts)
                _refuse_without_plugin(facts)
                self._refuse_other_type(facts)
                self.workers.append(Worker(one.actor, facts))
                self._fruitless = 0
            elif time.monotonic() - one.since > START_SECONDS:
                self._cause = f"none answered within {START_SECONDS:g} s"
                ray.kill(one.actor)
            else:
                waiting.append(one)
        self._applicants = waiting

    def _refuse_other_type(self, facts: WorkerFacts) -> None:
        """The first worker says on what the sweep is trained; another type has other bits."""
        self.device_type = self.device_type or facts.device_type
        if facts.device_type != self.device_type and not self.accept_other_types:
            raise UserError(
                f"the worker on {facts.host} is of another type than the others:\n"
                f"  {self.device_type} -> {facts.device_type}\n"
                "Its runs need not have the bits of theirs. Give the sweep machines of one type; "
                "--accept-changed-code goes on all the same, and every run says its type."
            )


def _kill(worker: Worker) -> None:
    """End a worker of this machine that hangs: it hears nothing but a signal."""
    if worker.facts.host == socket.gethostname():
        with suppress(OSError):  # it has gone, or is another user's
            os.kill(worker.facts.pid, signal.SIGKILL)


def _is_here(worker: Worker) -> bool:
    """Return whether a worker lives on this machine."""
    if worker.facts.host != socket.gethostname():
        return False
    try:
        os.kill(worker.facts.pid, 0)
    except OSError:
        return False
    return True


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


def _refuse_without_native(facts: WorkerFacts) -> None:
    if facts.lacks_native is not None:
        raise UserError(
            f"the worker on {facts.host} lacks the native engine, with which the driver began "
            f"this sweep: {facts.lacks_native}. Another engine has other bits. Mend that there; a "
            "sweep of another name may have network.engine: torch."
        )


def _refuse_without_plugin(facts: WorkerFacts) -> None:
    if facts.lacks_plugin is not None:
        raise UserError(
            f"on the worker on {facts.host} {facts.lacks_plugin}. It was sent the plugin's source, "
            "and nothing else: install there what it imports."
        )


def _cause(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][:300].rstrip(".")
