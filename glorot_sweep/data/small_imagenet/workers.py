"""Processes for work that keeps every core busy, none of which outlives the builder.

This module imports nothing large, since each process imports it before anything else.
"""

import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for_process
from typing import TypeVar

from glorot_sweep.errors import UserError
from glorot_sweep.host.stop import StopSignal

STOP_CHECK_SECONDS = 0.2
TASKS_AHEAD = 4  # for each process: none waits, and a stop has little to wait for

Task = TypeVar("Task")
Result = TypeVar("Result")


class Workers:
    """Runs a function on many tasks; with one worker in this process, without any other.

    Args:
        pool: of processes; None for this process.
        count: of its processes.
        stop: is asked between results.
    """

    def __init__(self, pool: ProcessPoolExecutor | None, count: int, stop: StopSignal) -> None:
        self._pool, self._stop = pool, stop
        self._most = TASKS_AHEAD * count

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result]]:
        """Yield every task with its result, whichever is done first.

        Raises:
            UserError: of a task, or a process has died.
            StopRequested: a signal came; what has begun is finished first.
        """
        return self._here(function, tasks) if self._pool is None else self._apart(function, tasks)

    def _here(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result]]:
        for task in tasks:
            self._stop.check()
            yield task, function(task)

    def _apart(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result]]:
        assert self._pool is not None
        ahead, waiting = iter(tasks), dict[Future[Result], Task]()
        try:
            while True:
                for task in itertools.islice(ahead, self._most - len(waiting)):
                    waiting[self._pool.submit(function, task)] = task
                if not waiting:
                    return
                done, _ = wait(waiting, STOP_CHECK_SECONDS, return_when=FIRST_COMPLETED)
                self._stop.check()
                for future in done:
                    yield waiting.pop(future), future.result()
        except BrokenProcessPool:
            self._stop.check()
            raise UserError(
                "a worker process was ended from outside, perhaps for want of memory. Use fewer "
                "with --workers; the same command continues."
            ) from None


@contextmanager
def workers(count: int, stop: StopSignal) -> Iterator[Workers]:
    """Start so many processes, and end them."""
    if count == 1:
        yield Workers(None, count, stop)
        return
    # spawn: a fork would copy locks that threads of this process hold (progress bars, BLAS)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    try:
        yield Workers(pool, count, stop)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the builder, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    builder = multiprocessing.parent_process()
    assert builder is not None

    def follow() -> None:
        wait_for_process([builder.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True, name="follow-builder").start()
