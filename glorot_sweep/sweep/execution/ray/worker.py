"""A worker as the driver sees it: what it was given, and what can be learned of it."""

import signal
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayError

from glorot_sweep.sweep.execution.outcome import Failure
from glorot_sweep.sweep.execution.ray.remote_worker import RunTarget, WorkerFacts
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.training.results import PackResult

PULSE_SECONDS = 1.0  # for a worker that has just ended a pack to say how far it came


class WorkerLostError(Exception):
    """A worker has died, and will answer nothing any more."""


class Worker:
    """One worker of a crew.

    Args:
        actor: Ray's reference of it.
        facts: where and what it is.

    Attributes:
        job: the pack in work, or None.
        answer: Ray's reference of the pack's result.
        held: data sets that it has.
        updates: model-updates that it was seen to have done.
        updates_before: the same when its pack was begun.
        moved: when that number last rose, or a pack was begun; by the executor's clock.
    """

    def __init__(self, actor: Any, facts: WorkerFacts) -> None:
        self.actor, self.facts = actor, facts
        self.job: PackJob | None = None
        self.answer: Any = None
        self.held: set[str] = set()
        self.updates = self.updates_before = 0
        self.moved = 0.0
        self._pulse: Any = None

    def begin(self, job: PackJob, target: RunTarget, dataset: Any) -> None:
        """Let it train a pack.

        Args:
            job: the pack.
            target: where its runs are written.
            dataset: Ray's reference of its data set; None if it has that.
        """
        self.job = job
        self.answer = self.actor.run.remote(job, target, dataset)

    def result(self) -> PackResult | Failure | None:
        """Return what it has answered; see `RemoteWorker.run`. It is idle afterwards.

        Raises:
            WorkerLostError: it has died instead.
        """
        try:
            result: PackResult | Failure | None = ray.get(self.answer)
        except RayError as error:
            raise WorkerLostError(f"{type(error).__name__} on {self.facts.host}") from None
        self.job = None
        return result

    def ask(self) -> int | None:
        """Return the model-updates that it has done since it began; None if it says nothing yet."""
        if self._pulse is None:
            self._pulse = self.actor.pulse.remote()
            return None
        if not ray.wait([self._pulse], timeout=0)[0]:
            return None
        pulse, self._pulse = self._pulse, None
        return _heard(pulse)

    def hear(self) -> int | None:
        """Wait a moment for the same number as it is now; None if it does not come."""
        self._pulse = None  # an answer on its way is of before
        return _heard(self.actor.pulse.remote())

    def stop(self) -> None:
        """Let it save what is in work and answer, as SIGTERM would."""
        self.actor.stop.remote(int(signal.SIGTERM))


def _heard(pulse: Any) -> int | None:
    with suppress(RayError):  # it has died: its answer will say so
        updates: int = ray.get(pulse, timeout=PULSE_SECONDS)
        return updates
    return None
