"""Tasks in processes and in this one: results, errors, stops, deaths."""

import operator
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from glorot_sweep.data.small_imagenet.workers import Workers, workers
from glorot_sweep.errors import StopRequested, UserError
from glorot_sweep.host.stop import StopSignal


def refuse(task: int) -> int:
    if task == 3:
        raise UserError(f"task {task}")
    return task


@contextmanager
def pool(count: int, signum: int | None = None) -> Iterator[Workers]:
    stop = StopSignal()
    stop.signum = signum
    with workers(count, stop) as made:
        yield made


@pytest.mark.parametrize("count", [1, 2])
def test_every_task_has_its_result(count: int) -> None:
    """More tasks than are handed out ahead."""
    with pool(count) as made:
        assert dict(made.run(operator.neg, range(40))) == {task: -task for task in range(40)}
        assert dict(made.run(operator.neg, [])) == {}


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_a_users_mistake_comes_through(count: int) -> None:
    with pool(count) as made, pytest.raises(UserError, match=r"^task 3$"):
        list(made.run(refuse, range(6)))


@pytest.mark.parametrize("count", [1, 2])
def test_a_signal_stops_it(count: int) -> None:
    with pool(count, signal.SIGTERM) as made, pytest.raises(StopRequested) as caught:
        list(made.run(operator.neg, range(40)))
    assert caught.value.signum == signal.SIGTERM


def test_one_worker_is_this_process() -> None:
    with pool(1) as made:
        assert list(made.run(operator.call, [os.getpid])) == [(os.getpid, os.getpid())]


def test_a_worker_that_dies_is_reported() -> None:
    with pool(2) as made, pytest.raises(UserError, match=r"ended from outside.*--workers"):
        list(made.run(os._exit, [1]))
