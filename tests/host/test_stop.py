"""Signals: asked about, or raised where the work is; and a parent that has died."""

import os
import signal
import time

import pytest

from glorot_sweep.errors import StopRequested
from glorot_sweep.host import stop
from glorot_sweep.host.stop import StopSignal, stopping_at_once


@pytest.fixture(autouse=True)
def handlers():
    """The defaults, whatever the tests were started with: `nohup` ignores SIGHUP."""
    found = {signum: signal.signal(signum, signal.SIG_DFL) for signum in stop.SIGNALS}
    yield {signum: signal.getsignal(signum) for signum in stop.SIGNALS}
    for signum, handler in found.items():
        signal.signal(signum, handler)


@pytest.mark.parametrize("signum", stop.SIGNALS)
def test_a_signal_is_raised_where_the_work_asks(signum):
    asked = StopSignal()
    asked.install()
    asked.check()
    os.kill(os.getpid(), signum)
    with pytest.raises(StopRequested, match=f"signal {int(signum)}"):
        asked.check()


@pytest.mark.parametrize("signum", stop.SIGNALS)
def test_or_at_once_and_only_within(signum, handlers):
    with pytest.raises(StopRequested, match=f"signal {int(signum)}"), stopping_at_once():
        os.kill(os.getpid(), signum)
    assert {each: signal.getsignal(each) for each in stop.SIGNALS} == handlers


def test_a_parent_that_died_before_it_was_followed_counts(monkeypatch):
    """Imports and data sets take seconds, in which `mlflow run` may be ended."""
    monkeypatch.setattr(stop, "_parent", os.getppid() + 1)
    asked = StopSignal()
    asked.install()
    asked.follow_parent()
    for _ in range(100):
        if asked.signum is not None:
            break
        time.sleep(0.1)
    assert asked.signum == signal.SIGTERM
