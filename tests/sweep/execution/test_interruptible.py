"""Work that does not look at signals is left alone when one comes."""

import threading

import pytest

from glorot_sweep.errors import StopRequested
from glorot_sweep.sweep.execution.interruptible import interruptible


def nothing() -> None:
    """No signal came."""


def test_the_result_and_the_error_come_through() -> None:
    assert interruptible(lambda: 42, nothing) == 42
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 / 0, nothing)


def test_a_signal_ends_the_waiting_not_the_work() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(60)
        ended.set()

    def stopped() -> None:
        raise StopRequested(15)

    with pytest.raises(StopRequested):
        interruptible(work, stopped)
    assert not ended.is_set()
    go_on.set()
    assert ended.wait(60)
