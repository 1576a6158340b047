"""Points go to the server beside the training: in order, once, and an error is not lost."""

import threading

import pytest

from glorot_sweep.sweep.execution import flushing
from glorot_sweep.sweep.execution.flushing import FLUSH_SECONDS, Flushing
from glorot_sweep.tracking.runs import Point, RunWriter

PATIENCE = 60.0  # seconds for another thread; it needs milliseconds


class Server:
    """Keeps what it is sent; hangs while its door is shut, and fails when told to."""

    def __init__(self):
        self.sent, self.threads, self.error = [], [], None
        self.door, self.knocked = threading.Event(), threading.Event()
        self.door.set()

    def log_batch(self, run_id, metrics=(), tags=()):
        self.knocked.set()
        assert self.door.wait(PATIENCE)
        if self.error is not None:
            raise self.error
        self.sent += [(run_id, metric.step) for metric in metrics]
        self.threads.append(threading.current_thread())


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    now = [100.0]
    monkeypatch.setattr(flushing.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def flush(clock):
    """Flushes when it is due; `finish` waits for what that has begun."""
    worker = Flushing()

    def due(*writers):
        clock[0] += FLUSH_SECONDS
        worker.flush(writers)

    due.now, due.finish = worker.flush, worker.finish
    return due


def run(server, name, *updates):
    writer = RunWriter(server, name, 0)
    add(writer, *updates)
    return writer


def add(writer, *updates):
    writer.add(Point("error", 1.0, update) for update in updates)


def test_nothing_is_sent_before_it_is_due(server, flush, clock):
    writer = run(server, "a", 1)
    clock[0] += FLUSH_SECONDS - 0.1
    flush.now([writer])
    flush.finish()
    assert server.sent == []
    clock[0] += 0.1
    flush.now([writer])
    flush.finish()
    assert server.sent == [("a", 1)]


def test_runs_and_points_go_in_their_order_and_once_in_a_thread_that_holds_up_no_exit(
    server, flush
):
    first, second = run(server, "a", 1, 2), run(server, "b", 1)
    flush(first, second)
    flush.finish()
    add(first, 3)
    flush(first, second)
    flush.finish()
    assert server.sent == [("a", 1), ("a", 2), ("b", 1), ("a", 3)]
    assert threading.current_thread() not in server.threads
    assert all(thread.daemon for thread in server.threads)


def test_training_does_not_wait_for_a_server_that_hangs(server, flush):
    writer = run(server, "a", 1)
    server.door.clear()
    flush(writer)
    assert server.knocked.wait(PATIENCE)
    add(writer, 2)
    flush(writer)  # returns, and begins nothing beside the one that hangs
    assert server.sent == []
    server.door.set()
    flush.finish()
    assert server.sent == [("a", 1)]
    writer.flush()
    assert server.sent == [("a", 1), ("a", 2)]


def test_finish_waits_and_what_came_meanwhile_is_the_runs_own_to_send(server, flush):
    writer, waits = run(server, "a", 1), threading.Event()
    server.door.clear()
    flush(writer)
    assert server.knocked.wait(PATIENCE)
    add(writer, 2)

    def finish():
        flush.finish()
        waits.set()

    thread = threading.Thread(target=finish)
    thread.start()
    assert not waits.wait(0.05)
    server.door.set()
    thread.join(PATIENCE)
    assert waits.is_set()
    assert server.sent == [("a", 1)]
    writer.flush()
    assert server.sent == [("a", 1), ("a", 2)]


@pytest.mark.parametrize("where", ["flush", "finish"])
def test_an_error_comes_out_at_the_next_call_and_no_point_is_lost(server, flush, where):
    first, second = run(server, "a", 1), run(server, "b", 1)
    server.error = OSError("the server is gone")
    flush(first, second)
    with pytest.raises(OSError, match="the server is gone"):
        flush.finish()
    server.error = None
    with pytest.raises(OSError, match="the server is gone"):
        flush.finish() if where == "finish" else flush(first, second)
    assert server.sent == []  # one that has failed sends nothing more
    first.flush()
    second.flush()
    assert server.sent == [("a", 1), ("b", 1)]


def test_a_failure_after_a_success_comes_out_too_and_stays(server, flush):
    writer = run(server, "a", 1)
    flush(writer)
    flush.finish()
    server.error = OSError("gone later")
    add(writer, 2)
    flush(writer)
    for _ in range(2):
        with pytest.raises(OSError, match="gone later"):
            flush.finish()
    assert server.sent == [("a", 1)]
