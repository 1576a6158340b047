"""The executor for many devices and machines: a crew of workers, one for each device."""

import signal
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import StopRequested
from glorot_sweep.sweep.execution.outcome import Failure, Outcome
from glorot_sweep.sweep.execution.ray.crew import TICK_SECONDS, Crew
from glorot_sweep.sweep.execution.ray.remote_worker import RunTarget
from glorot_sweep.sweep.execution.ray.worker import Worker, WorkerLostError
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.training.callbacks import Advance

PULSE_SECONDS = 1.0  # between two questions to all workers how far they are
GROW_SECONDS = 10.0


class RayExecutor:
    """Gives packs to workers, and replaces workers that die or hang.

    Args:
        crew: the workers.
        target: where runs are written.
        dataset_of: loads a data set by name.
        advance: told what workers have done; may raise to stop.
        hang_seconds: a worker without progress for so long is replaced.
        note: shows one line.
        clock: monotonic, seconds.
    """

    def __init__(
        self,
        crew: Crew,
        target: RunTarget,
        dataset_of: Callable[[str], ImageDataset],
        advance: Advance,
        hang_seconds: float,
        note: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.crew, self.target, self.dataset_of = crew, target, dataset_of
        self.advance, self.hang_seconds, self.note = advance, hang_seconds, note
        self._clock = clock
        self._queue: deque[PackJob] = deque()
        self._shared: dict[str, Any] = {}
        self._grown = self._listened = clock()

    @property
    def idle_workers(self) -> int:
        """Idle workers for which no pack is queued."""
        idle = sum(worker.job is None for worker in self.crew.workers)
        return max(0, idle - len(self._queue))

    def submit(self, job: PackJob) -> None:
        """Queue a pack; a worker that is idle begins at once."""
        self._queue.append(job)
        self._assign()

    def wait(self) -> Outcome | None:
        """Return what became of the next pack.

        Raises:
            StopRequested: a worker was told to stop by somebody else.
        """
        while self._queue or any(worker.job for worker in self.crew.workers):
            self._grow()
            self._assign()
            ended = self.crew.wait(TICK_SECONDS)
            self.advance(0, 0)  # a signal may have come
            if ended is not None:
                return self._take(ended)
            if self._clock() - self._listened > PULSE_SECONDS:
                self._listened = self._clock()
                self.crew.refuse_lost_head()
                self.crew.admit()
                hung = self._listen()
                if hung is not None:
                    return self._lose(hung, f"no progress for {self.hang_seconds:g} s")
        return None

    def close(self) -> None:
        """Let workers save what is in work, then end them."""
        self.crew.stop()
        self.crew.dismiss()

    def _assign(self) -> None:
        for worker in self.crew.workers:
            if self._queue and worker.job is None:
                self._begin(worker, self._queue.popleft())

    def _begin(self, worker: Worker, job: PackJob) -> None:
        name = job.spec.first.dataset
        if name not in self._shared:
            self._shared[name] = self.crew.share(self.dataset_of(name))
        worker.begin(job, self.target, None if name in worker.held else self._shared[name])
        worker.held.add(name)
        worker.updates_before, worker.moved = worker.updates, self._clock()

    def _take(self, worker: Worker) -> Outcome:
        job = worker.job
        assert job is not None
        try:
            result = worker.result()
        except WorkerLostError as error:
            return self._lose(worker, str(error))
        self._count(worker, worker.hear())
        if result is None:
            raise StopRequested(signal.SIGTERM)
        return Outcome(job, result, worker.updates - worker.updates_before)

    def _listen(self) -> Worker | None:
        """Take in how far the workers are; return one that has not moved for too long."""
        for worker in self.crew.workers:
            if worker.job is None:
                continue
            self._count(worker, worker.ask())
            if self._clock() - worker.moved > self.hang_seconds:
                return worker
        return None

    def _count(self, worker: Worker, updates: int | None) -> None:
        if updates is not None and updates > worker.updates:
            self.advance(updates - worker.updates, 1)
            worker.updates, worker.moved = updates, self._clock()

    def _lose(self, worker: Worker, reason: str) -> Outcome:
        job = worker.job
        assert job is not None
        self.crew.lose(worker)
        self.note(f"  lost a worker ({reason}); another takes its place")
        self._grown = -GROW_SECONDS  # at once
        failure = Failure("lost", f"the worker died: {reason}")
        return Outcome(job, failure, worker.updates - worker.updates_before)

    def _grow(self) -> None:
        if self._clock() - self._grown > GROW_SECONDS:
            self.crew.grow()
            self._grown = self._clock()
