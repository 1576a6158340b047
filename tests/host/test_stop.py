"""Signals: asked about, or raised where the work is; and a parent that has died."""

import os
import signal
import threading
import time

import pytest

from glorot_sweep.errors import StopRequested
from glorot_sweep.host import stop
from glorot_sweep.host.stop import GuestStop, StopSignal, stopping_at_once


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


@pytest.mark.parametrize("asked", [StopSignal(), GuestStop()], ids=["own", "guest"])
def test_or_at_once_while_the_work_cannot_ask(asked):
    asked.install()
    with asked.at_once():
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # noted again: the work asks
    with pytest.raises(StopRequested, match="signal 15"), asked.at_once():
        pytest.fail("a signal that came before is not heard")
    again = type(asked)()
    again.install()
    with pytest.raises(StopRequested, match="signal 15"), again.at_once():
        os.kill(os.getpid(), signal.SIGTERM)
    assert again.signum == signal.SIGTERM


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


@pytest.fixture
def python_handles_interrupts():
    """As in any process of Python's, whatever the tests were started with."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(guest, *signals, reached):
    """Work during which signals come; it asks once they have."""
    with guest.heard():
        for signum in signals:
            os.kill(os.getpid(), signum)
        reached.append("the next point")
        guest.check()
        reached.append("never")


def test_a_guest_stops_where_the_work_asks_and_ctrl_c_is_what_it_was(python_handles_interrupts):
    reached = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(GuestStop(), signal.SIGINT, reached=reached)
    assert reached == ["the next point"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_is_raised_at_once_and_ends_no_process(python_handles_interrupts):
    reached = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(GuestStop(), signal.SIGINT, signal.SIGINT, reached=reached)
    assert reached == []


def test_another_signal_is_given_to_who_handled_it_before():
    seen, reached = [], []
    signal.signal(signal.SIGTERM, lambda *_: seen.append(list(reached)))
    with pytest.raises(StopRequested, match="signal 15"):
        interrupted(GuestStop(), signal.SIGTERM, reached=reached)
    assert seen == [["the next point"]]


def test_a_guest_that_is_asked_stops_without_a_signal(handlers):
    guest = GuestStop()
    guest.ask()
    with pytest.raises(StopRequested), guest.heard():
        guest.check()
    assert {each: signal.getsignal(each) for each in stop.SIGNALS} == handlers


def test_without_a_signal_nothing_is_left_behind(handlers):
    with GuestStop().heard():
        assert signal.getsignal(signal.SIGTERM) != handlers[signal.SIGTERM]
    assert {each: signal.getsignal(each) for each in stop.SIGNALS} == handlers


def test_in_another_thread_signals_are_left_alone(handlers):
    seen = []

    def work():
        guest = GuestStop()
        with guest.heard():
            guest.install()
            guest.follow_parent()
            guest.check()
            seen.append({each: signal.getsignal(each) for each in stop.SIGNALS})

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [handlers]
