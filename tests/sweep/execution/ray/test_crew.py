"""Who belongs to a crew, and how workers end. Ray is made up; the processes are real."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

pytest.importorskip("ray")

from ray.exceptions import ActorDiedError, RayError

from glorot_sweep.errors import ServiceLostError, UserError
from glorot_sweep.sweep.execution.ray import crew as crews
from glorot_sweep.sweep.execution.ray.cluster import Cluster, WorkerNeeds
from glorot_sweep.sweep.execution.ray.crew import FRUITLESS_GROWTHS, START_SECONDS, Crew
from glorot_sweep.sweep.execution.ray.remote_worker import (
    WorkerFacts,
    WorkerSetup,
    local_versions,
)

NEEDS, SETUP = WorkerNeeds("cpu", 1, 0.0), WorkerSetup("cpu", 1)
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(flush=True)
time.sleep(60)
"""
HEALTHY = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.2), sys.exit(7)))
print(flush=True)
time.sleep(60)
"""


class Actor:
    """A worker of the made-up Ray: a process, and what it answers when it is asked for facts."""

    def __init__(self, ray, facts):
        self.ray, self.answer = ray, facts
        self.facts = SimpleNamespace(remote=lambda: self)


class FakeRay:
    """What a crew calls of Ray. Each new actor takes the next of `answers`: facts, or an error."""

    def __init__(self):
        self.answers, self.killed, self.has_ended = [], [], False
        self.now, self.cpus = 0.0, 2.0

    def remote(self, _):
        made = SimpleNamespace(remote=lambda _: Actor(self, self.answers.pop(0)))
        return SimpleNamespace(options=lambda **_: made)

    def wait(self, actors, timeout, num_returns=1):
        self.now += timeout
        done = [one for one in actors if one.answer != "silence"]
        return done, [one for one in actors if one not in done]

    def get(self, actor):
        if isinstance(actor.answer, Exception):
            raise actor.answer
        return actor.answer

    def kill(self, actor):
        self.killed.append(actor)
        answer = actor.answer
        if isinstance(answer, WorkerFacts) and answer.host == socket.gethostname():
            os.kill(answer.pid, signal.SIGTERM)

    def shutdown(self):
        self.has_ended = True

    def get_runtime_context(self):
        return SimpleNamespace(gcs_address="127.0.0.1:1")

    def cluster(self):
        return Cluster("here", self.cpus, 0.0, 1)


class Processes:
    """Processes of this machine that stand for workers."""

    def __init__(self):
        self.started = []

    def start(self, code=HEALTHY):
        """Start one; it is deaf, or not, once it has said so."""
        one = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        one.stdout.readline()
        self.started.append(one)
        return one

    def pause(self):
        """Wait a moment of real time; those that have ended are gone from the machine."""
        time.sleep(0.01)
        for one in self.started:
            one.poll()


@pytest.fixture
def processes():
    those = Processes()
    yield those
    for one in those.started:
        one.kill()
        one.communicate()


@pytest.fixture
def ray(monkeypatch, processes):
    fake = FakeRay()

    def sleep(seconds):
        fake.now += seconds
        processes.pause()

    clock = SimpleNamespace(monotonic=lambda: fake.now, sleep=sleep)
    monkeypatch.setattr(crews, "ray", fake)
    monkeypatch.setattr(crews, "leave", fake.shutdown)
    monkeypatch.setattr(crews, "time", clock)
    monkeypatch.setattr(crews, "read_again", lambda _: fake.cluster())
    return fake


def facts(pid=1, host="elsewhere", **versions):
    return WorkerFacts(host, pid, {**local_versions(), **versions}, "cpu")


def here(process):
    return facts(process.pid, socket.gethostname())


def hire(ray, *answers, wanted=0):
    ray.answers, ray.cpus = list(answers), float(len(answers))
    return Crew(ray.cluster(), NEEDS, wanted, SETUP)


def test_as_many_as_fit_are_hired(ray):
    assert len(hire(ray, facts(1), facts(2), facts(3)).workers) == 3


def test_one_that_dies_at_its_start_is_called_again_with_the_next_growth(ray, caplog):
    with caplog.at_level(logging.WARNING, "glorot_sweep"):
        crew = hire(ray, facts(1), ActorDiedError())
    assert [worker.facts.pid for worker in crew.workers] == [1]
    assert "a worker could not start" in caplog.text
    ray.answers = [facts(7)]
    crew.grow()
    crew.admit()
    assert [worker.facts.pid for worker in crew.workers] == [1, 7]
    crew.grow()  # all places are taken: nobody is called
    assert ray.answers == []


def test_one_that_does_not_answer_is_sent_away_after_its_time(ray):
    crew = hire(ray, facts(1), "silence")
    assert [worker.facts.pid for worker in crew.workers] == [1]
    assert [actor.answer for actor in ray.killed] == ["silence"]
    assert START_SECONDS <= ray.now <= START_SECONDS + 2


def test_a_crew_of_which_nobody_answers_is_refused_and_ray_ended(ray):
    with pytest.raises(UserError, match=r"no worker of here .* answered within 120 s"):
        hire(ray, "silence", "silence")
    assert ray.has_ended


def test_a_crew_of_which_all_die_at_their_start_says_why(ray):
    broken = RayError("in __init__()\nModuleNotFoundError: No module named 'mine'.")
    with pytest.raises(
        UserError, match=r"could start: ModuleNotFoundError: .* 'mine'\. Ray's logs"
    ):
        hire(ray, broken, broken)
    assert ray.now < START_SECONDS
    assert ray.has_ended


def test_a_worker_of_another_version_refuses_the_crew_and_ray_is_ended(ray):
    with pytest.raises(UserError, match=r"torch: .* here, 1\.0 there"):
        hire(ray, facts(1), facts(2, torch="1.0"))
    assert ray.has_ended


def test_a_worker_without_the_engine_refuses_the_crew_and_ray_is_ended(ray):
    with pytest.raises(UserError, match=r"elsewhere lacks the native engine.*: no compiler"):
        hire(ray, facts(1), WorkerFacts("elsewhere", 2, local_versions(), "cpu", "no compiler"))
    assert ray.has_ended


def test_a_crew_without_a_worker_that_can_have_none_is_an_outage(ray):
    crew = hire(ray, facts(1))
    crew.lose(crew.workers[0])
    ray.cpus = 0.0
    with pytest.raises(ServiceLostError, match="no worker is left"):
        crew.grow()


@pytest.mark.parametrize(
    ("answer", "cause"),
    [(ActorDiedError(), "died unexpectedly"), ("silence", "none answered within 120 s")],
)
def test_a_crew_without_a_worker_of_which_none_can_start_is_an_outage(ray, answer, cause):
    crew = hire(ray, facts(1))
    crew.lose(crew.workers[0])
    for _ in range(FRUITLESS_GROWTHS):
        ray.answers = [answer]
        crew.grow()
        ray.now += START_SECONDS + 1
        crew.admit()
    with pytest.raises(ServiceLostError, match=f"no new one of here .* could start: .*{cause}"):
        crew.grow()


def test_growths_that_were_fruitless_before_one_that_was_not_are_forgotten(ray):
    crew = hire(ray, facts(1))
    for answer in [ActorDiedError(), facts(2)] * FRUITLESS_GROWTHS:
        for worker in list(crew.workers):
            crew.lose(worker)
        ray.answers = [answer]
        crew.grow()
        crew.admit()
    assert [worker.facts.pid for worker in crew.workers] == [2]


def test_no_more_are_called_than_were_wanted(ray):
    crew = hire(ray, facts(1), wanted=1)
    ray.cpus, ray.answers = 8.0, []
    crew.grow()
    assert len(crew.workers) == 1


def test_at_dismissal_ray_ends_the_healthy_by_itself(ray, processes):
    """A signal beside it would be an accident to Ray, which would tell the user of one."""
    one = processes.start()
    crew = hire(ray, here(one), facts(1, "elsewhere"))
    crew.dismiss()
    assert one.wait(10) == 7  # it has ended itself, as the made-up Ray told it to
    assert ray.has_ended
    assert crew.workers == []


def test_at_dismissal_one_that_hangs_hears_a_signal(ray, processes):
    deaf = processes.start(DEAF)
    hire(ray, here(deaf)).dismiss()
    assert deaf.wait(10) == -signal.SIGKILL


def test_one_that_is_lost_hears_a_signal_at_once(ray, processes):
    deaf = processes.start(DEAF)
    crew = hire(ray, here(deaf))
    before = ray.now
    crew.lose(crew.workers[0])
    assert deaf.wait(10) == -signal.SIGKILL
    assert ray.now == before
    assert crew.workers == []


def test_without_its_head_a_crew_is_dismissed_without_ray(ray, processes):
    one = processes.start()
    crew = hire(ray, here(one))
    with pytest.raises(ServiceLostError, match=r"the head of here .* is gone"):
        crew.refuse_lost_head()  # nothing listens at its port
    crew.dismiss()
    assert one.wait(10) == -signal.SIGKILL
    assert (ray.killed, ray.has_ended) == ([], False)
