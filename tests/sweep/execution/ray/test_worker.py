"""What the driver learns of a worker. Ray is made up."""

from types import SimpleNamespace

import pytest

pytest.importorskip("ray")

from ray.exceptions import GetTimeoutError

from glorot_sweep.sweep.execution.ray import worker as workers
from glorot_sweep.sweep.execution.ray.remote_worker import WorkerFacts
from glorot_sweep.sweep.execution.ray.worker import Worker


@pytest.fixture
def worker(monkeypatch):
    """A worker that has done no update; each answer is of the moment when it was asked for."""

    def get(answers, **_):
        if answers == [None]:
            raise GetTimeoutError
        return answers[0]

    ray = SimpleNamespace(wait=lambda refs, **_: (refs, []), get=get)
    monkeypatch.setattr(workers, "ray", ray)
    actor = SimpleNamespace(updates=0)
    actor.pulse = SimpleNamespace(remote=lambda: [actor.updates])
    return Worker(actor, WorkerFacts("here", 1, {}, "cpu"))


def test_it_is_asked_and_answers_later(worker):
    assert worker.ask() is None
    assert worker.ask() == 0


def test_at_the_end_of_its_pack_it_is_asked_anew(worker):
    """What it answers to an earlier question lacks its last updates."""
    worker.ask()
    worker.actor.updates = 100
    assert worker.hear() == 100
    worker.actor.updates = 200
    assert worker.ask() is None  # nothing of before is on its way
    assert worker.ask() == 200


def test_one_that_does_not_answer_has_said_nothing(worker):
    worker.actor.updates = None
    assert worker.hear() is None
