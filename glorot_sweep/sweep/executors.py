"""Executors: what runs packs. The local one runs them one after another in this process."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.sweep.worker import PackJob, run_job
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.training.callbacks import Advance
from glorot_sweep.training.results import PackResult


class Executor(Protocol):
    """Takes packs, gives back results in any order."""

    def submit(self, job: PackJob) -> None:
        """Queue a pack."""

    def wait(self) -> tuple[PackJob, PackResult] | None:
        """Return the next finished pack with its result; None if nothing is queued."""

    @property
    def has_room(self) -> bool:
        """Whether another pack would start at once."""


class LocalExecutor:
    """Runs packs in this process.

    Args:
        runs: where runs are written.
        dataset_of: loads a data set by name.
        advance: told after each chunk of updates; may raise to stop.
    """

    def __init__(
        self, runs: RunStore, dataset_of: Callable[[str], ImageDataset], advance: Advance
    ) -> None:
        self.runs, self.dataset_of, self.advance = runs, dataset_of, advance
        self._queue: deque[PackJob] = deque()

    @property
    def has_room(self) -> bool:
        """One pack at a time."""
        return not self._queue

    def submit(self, job: PackJob) -> None:
        """Queue a pack."""
        self._queue.append(job)

    def wait(self) -> tuple[PackJob, PackResult] | None:
        """Train the oldest pack of the queue."""
        if not self._queue:
            return None
        job = self._queue.popleft()
        dataset = self.dataset_of(job.spec.first.dataset)
        return job, run_job(job, self.runs, dataset, self.advance)
