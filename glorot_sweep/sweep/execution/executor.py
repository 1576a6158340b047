"""Executors: what runs packs. The local one runs them one after another in this process."""

import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import torch

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import SweepHeldError, UserError
from glorot_sweep.host.limits import usable_processors
from glorot_sweep.sweep.execution.outcome import Outcome, failure_of
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.training.callbacks import Advance
from glorot_sweep.training.results import PackResult


class Executor(Protocol):
    """Takes packs, gives back what became of them in any order."""

    def submit(self, job: PackJob) -> None:
        """Queue a pack."""

    def wait(self) -> Outcome | None:
        """Return what became of the next pack; None if none is queued or in work."""

    @property
    def idle_workers(self) -> int:
        """How many packs more would start at once."""

    def close(self) -> None:
        """Stop what is in work, so that it can be continued, and let everything go."""


def choose_device(wanted: str) -> str:
    """Return `cpu` or `cuda`: what was asked for, or with `auto` a GPU if there is one.

    Raises:
        UserError: a GPU was asked for, and there is none.
    """
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if wanted == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "execution.device is cuda, but PyTorch sees no GPU on this machine; it has cpu. Use "
            "device: cpu or device: auto."
        )
    return wanted


def set_threads(wanted: int) -> int:
    """Set the threads of the training in this process; return how many they are.

    Args:
        wanted: threads; 0: PyTorch's choice, but no more than the processors that this process
            may keep busy, of which a container may have fewer than its machine.
    """
    if wanted:
        torch.set_num_threads(wanted)
    elif (usable := usable_processors()) < torch.get_num_threads():
        torch.set_num_threads(usable)
    return torch.get_num_threads()


class LocalExecutor:
    """Runs packs in this process.

    Args:
        runs: where runs are written.
        dataset_of: loads a data set by name.
        advance: told after each chunk of updates; may raise to stop.
        device: where packs are trained.
    """

    def __init__(
        self,
        runs: RunStore,
        dataset_of: Callable[[str], ImageDataset],
        advance: Advance,
        device: str = "cpu",
    ) -> None:
        self.runs, self.dataset_of, self.advance, self.device = runs, dataset_of, advance, device
        self._queue: deque[PackJob] = deque()
        self._counted = 0

    @property
    def idle_workers(self) -> int:
        """This process, unless a pack waits for it."""
        return 0 if self._queue else 1

    def submit(self, job: PackJob) -> None:
        """Queue a pack."""
        self._queue.append(job)

    def wait(self) -> Outcome | None:
        """Train the oldest pack of the queue."""
        if not self._queue:
            return None
        job, self._counted = self._queue.popleft(), 0
        try:
            return Outcome(job, self.train(job), self._counted)
        except SweepHeldError:
            raise  # no failure of the pack
        except Exception as error:
            return Outcome(job, failure_of(error, traceback.format_exc()), self._counted)

    def train(self, job: PackJob) -> PackResult:
        """Train a pack here and now."""
        placed = replace(job, spec=replace(job.spec, device=self.device))
        dataset = self.dataset_of(job.spec.first.dataset)
        return run_job(placed, self.runs, dataset, self._count)

    def _count(self, updates: int, trials: int) -> None:
        self._counted += updates * trials
        self.advance(updates, trials)

    def close(self) -> None:
        """Nothing runs between two calls."""
