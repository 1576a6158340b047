"""The executor for many devices and machines: one Ray actor for each device."""

import signal
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayError

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import StopRequested
from glorot_sweep.sweep.execution.outcome import Failure, Outcome
from glorot_sweep.sweep.execution.ray.crew import Crew, Worker
from glorot_sweep.sweep.execution.ray.remote_worker import RunTarget
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.training.callbacks import Advance

STOP_SECONDS = 20.0  # for workers to save what is in work
TICK_SECONDS = 0.25  # Python hears a signal between two ticks only
PULSE_SECONDS = 1.0
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
    """

    def __init__(
        self,
        crew: Crew,
        target: RunTarget,
        dataset_of: Callable[[str], ImageDataset],
        advance: Advance,
        hang_seconds: float,
        note: Callable[[str], None],
    ) -> None:
        self.crew, self.target, self.dataset_of = crew, target, dataset_of
        self.advance, self.hang_seconds, self.note = advance, hang_seconds, note
        self._queue: deque[PackJob] = deque()
        self._refs: dict[str, Any] = {}
        self._grew = self._listened = time.monotonic()

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
        """Return what became of the next pack."""
        while self._queue or any(worker.job for worker in self.crew.workers):
            self._grow()
            self._assign()
            answers = {worker.answer: worker for worker in self.crew.workers if worker.job}
            done = _wait(list(answers))
            self.advance(0, 0)  # a signal may have come
            if done:
                return self._take(answers[done[0]])
            if time.monotonic() - self._listened > PULSE_SECONDS:
                self._listened = time.monotonic()
                self.crew.refuse_lost_head()
                self.crew.admit()
                hung = self._listen()
                if hung is not None:
                    return self._lose(hung, f"no progress for {self.hang_seconds:g} s")
        return None

    def close(self) -> None:
        """Let workers save what is in work, then end them."""
        if self.crew.is_headless:
            return
        busy = [worker for worker in self.crew.workers if worker.job]
        for worker in busy:
            worker.actor.stop.remote(int(signal.SIGTERM))
        deadline, left = time.monotonic() + STOP_SECONDS, [worker.answer for worker in busy]
        while left and time.monotonic() < deadline:
            _, left = ray.wait(left, num_returns=len(left), timeout=TICK_SECONDS)
        self.crew.dismiss()

    def _assign(self) -> None:
        for worker in self.crew.workers:
            if self._queue and worker.job is None:
                self._begin(worker, self._queue.popleft())

    def _begin(self, worker: Worker, job: PackJob) -> None:
        name = job.spec.first.dataset
        if name not in self._refs:
            self._refs[name] = ray.put(self.dataset_of(name))
        dataset = None if name in worker.held else self._refs[name]
        worker.held.add(name)
        worker.job, worker.moved = job, time.monotonic()
        worker.answer = worker.actor.run.remote(job, self.target, dataset)

    def _take(self, worker: Worker) -> Outcome:
        job = worker.job
        assert job is not None
        try:
            result = ray.get(worker.answer)
        except RayError as error:
            return self._lose(worker, f"{type(error).__name__} on {worker.facts.host}")
        worker.job = None
        self._count(worker)
        if result is None:
            raise StopRequested(signal.SIGTERM)
        return Outcome(job, result)

    def _listen(self) -> Worker | None:
        """Take in how far the workers are; return one that has not moved for too long."""
        now = time.monotonic()
        for worker in self.crew.workers:
            if worker.job is None:
                continue
            if worker.pulse is None:
                worker.pulse = worker.actor.pulse.remote()
            elif ray.wait([worker.pulse], timeout=0)[0]:
                self._count(worker)
            if now - worker.moved > self.hang_seconds:
                return worker
        return None

    def _count(self, worker: Worker) -> None:
        pulse, worker.pulse = worker.pulse or worker.actor.pulse.remote(), None
        with suppress(RayError):  # it has died: its answer will say so
            updates = ray.get(pulse, timeout=PULSE_SECONDS)
            if updates > worker.updates:
                self.advance(updates - worker.updates, 1)
                worker.updates, worker.moved = updates, time.monotonic()

    def _lose(self, worker: Worker, reason: str) -> Outcome:
        """End a worker for good; whatever it should still answer is not listened to."""
        job = worker.job
        assert job is not None
        self.crew.lose(worker)
        self.note(f"  lost a worker ({reason}); another takes its place")
        self._grew = 0.0
        return Outcome(job, Failure("lost", f"the worker died: {reason}"))

    def _grow(self) -> None:
        if time.monotonic() - self._grew > GROW_SECONDS:
            self.crew.grow()
            self._grew = time.monotonic()


def _wait(answers: list[Any]) -> list[Any]:
    """Wait for a tick; return an answer that has come. While all workers are new there is none."""
    if not answers:
        time.sleep(TICK_SECONDS)
        return []
    done: list[Any] = ray.wait(answers, timeout=TICK_SECONDS)[0]
    return done
