"""What the executor makes of its workers: they answer, die, hang, are told to stop. No Ray runs."""

from collections import deque

import pytest

pytest.importorskip("ray")

from sweep_builders import NOTE, spec

from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.execution.outcome import Failure
from glorot_sweep.sweep.execution.ray.executor import GROW_SECONDS, PULSE_SECONDS, RayExecutor
from glorot_sweep.sweep.execution.ray.remote_worker import RunTarget
from glorot_sweep.sweep.execution.ray.worker import WorkerLostError
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.training.results import PackResult

HANG = 30.0
RESULT = PackResult((), 1.0, 0)


class FakeWorker:
    """Answers its packs as it was told to: (seconds, answer) for each.

    Attributes:
        updates_per_second: what it does while it has a pack.
    """

    def __init__(self, crew, *answers, updates_per_second=10):
        self.crew, self.answers = crew, deque(answers)
        self.updates_per_second = updates_per_second
        self.job, self.held, self.updates, self.moved = None, set(), 0, 0.0
        self.began, self.done, self.datasets = 0.0, 0, []

    def begin(self, job, target, dataset):
        self.job, self.began = job, self.crew.now
        self.datasets.append(dataset)
        seconds, self.answer = self.answers.popleft()
        self.ends = self.crew.now + seconds

    def result(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        self.done, self.job = self.so_far(), None
        return self.answer

    def so_far(self):
        return self.done + int((self.crew.now - self.began) * self.updates_per_second)

    def ask(self):
        return self.so_far()

    def hear(self):
        return self.done


class FakeCrew:
    """Workers on a clock that only waiting moves."""

    def __init__(self):
        self.now, self.workers, self.shared = 100.0, [], []
        self.events, self.recruits = [], deque()

    def hire(self, *answers, **settings):
        self.workers.append(FakeWorker(self, *answers, **settings))
        return self.workers[-1]

    def share(self, dataset):
        self.shared.append(dataset)
        return f"reference of {dataset}"

    def wait(self, seconds):
        self.now += seconds
        ended = [worker for worker in self.workers if worker.job and self.now >= worker.ends]
        return min(ended, key=lambda worker: worker.ends, default=None)

    def lose(self, worker):
        self.events.append("lose")
        self.workers.remove(worker)

    def grow(self):
        self.events.append("grow")
        if self.recruits:
            self.workers.append(self.recruits.popleft())

    def refuse_lost_head(self):
        pass

    def admit(self):
        pass

    def stop(self):
        self.events.append("stop")

    def dismiss(self):
        self.events.append("dismiss")


class Watched(RayExecutor):
    """The executor with all that it tells."""

    def __init__(self, crew):
        self.told, self.notes, self.stop_at = [], [], None
        target = RunTarget("http://server", "1")
        super().__init__(
            crew, target, lambda name: name, self.hear, HANG, self.notes.append, lambda: crew.now
        )

    def hear(self, updates, trials):
        if self.stop_at is not None and self.crew.now >= self.stop_at:
            raise StopRequested(15)
        self.told.append(updates * trials)


def job(key, dataset="shapeset"):
    return PackJob(PackSpec((spec(key, dataset=dataset),)), {}, NOTE)


@pytest.fixture
def crew():
    return FakeCrew()


def outcomes(executor):
    """What becomes of every pack: names and results."""
    found = []
    while (outcome := executor.wait()) is not None:
        found.append((outcome.job.spec.first.key, outcome.result))
    return found


def test_packs_go_to_idle_workers_and_the_rest_waits_in_line(crew):
    crew.hire((3, RESULT), (3, RESULT))
    crew.hire((1, RESULT))
    executor = Watched(crew)
    assert executor.idle_workers == 2
    executor.submit(job("a"))
    assert executor.idle_workers == 1
    executor.submit(job("b"))
    executor.submit(job("c"))
    assert executor.idle_workers == 0
    crew.workers[1].answers.append((9, RESULT))
    assert [key for key, _ in outcomes(executor)] == ["b", "a", "c"]
    assert executor.idle_workers == 2


def test_a_data_set_is_shared_once_and_goes_to_each_worker_once(crew):
    one = crew.hire(*[(1, RESULT)] * 3)
    executor = Watched(crew)
    for key, dataset in (("a", "shapeset"), ("b", "shapeset"), ("c", "mnist")):
        executor.submit(job(key, dataset))
    outcomes(executor)
    assert one.datasets == ["reference of shapeset", None, "reference of mnist"]
    assert crew.shared == ["shapeset", "mnist"]


def test_a_failure_that_a_worker_answers_is_the_packs_and_not_the_workers(crew):
    failure = Failure("error", "ValueError: boom")
    crew.hire((1, failure), (1, RESULT))
    executor = Watched(crew)
    executor.submit(job("a"))
    executor.submit(job("b"))
    assert outcomes(executor) == [("a", failure), ("b", RESULT)]
    assert "lose" not in crew.events


def test_a_worker_that_dies_is_lost_and_replaced_before_the_next_tick(crew):
    crew.hire((1, WorkerLostError("ActorDiedError on there")))
    executor = Watched(crew)
    executor.submit(job("a"))
    outcome = executor.wait()
    reason = "the worker died: ActorDiedError on there"
    assert outcome.result == Failure("lost", reason)
    assert crew.workers == []
    assert executor.notes == ["  lost a worker (ActorDiedError on there); another takes its place"]
    crew.recruits.append(FakeWorker(crew, (1, RESULT)))
    executor.submit(outcome.job)
    before = crew.now
    assert outcomes(executor) == [("a", RESULT)]
    assert crew.events == ["lose", "grow"]
    assert crew.now - before < 2  # it did not wait for the next growth


def test_a_worker_without_progress_is_lost_and_its_late_answer_not_heard(crew):
    hung = crew.hire((HANG + 10, RESULT), updates_per_second=0)
    executor = Watched(crew)
    executor.submit(job("a"))
    outcome = executor.wait()
    assert outcome.result == Failure("lost", "the worker died: no progress for 30 s")
    assert HANG < crew.now - 100 < HANG + 2 * PULSE_SECONDS
    crew.recruits.append(FakeWorker(crew, (60, RESULT)))
    executor.submit(outcome.job)
    second = executor.wait()
    assert (second.job, second.result) == (outcome.job, RESULT)
    assert hung.job is not None  # it would have answered long before the second
    assert crew.now > hung.ends + 50


def test_a_slow_worker_that_moves_is_not_taken_for_hung(crew):
    crew.hire((20 * HANG, RESULT), updates_per_second=1)
    executor = Watched(crew)
    executor.submit(job("a"))
    assert outcomes(executor) == [("a", RESULT)]


def test_what_workers_do_is_counted_once(crew):
    crew.hire((10, RESULT))
    crew.hire((4, RESULT), (4, RESULT), updates_per_second=3)
    executor = Watched(crew)
    for key in ("a", "b", "c"):
        executor.submit(job(key))
    outcomes(executor)
    assert sum(executor.told) == 10 * 10 + 2 * 4 * 3


def test_an_outcome_says_how_much_was_counted_of_its_pack(crew):
    crew.hire((4, RESULT), (5, Failure("error", "boom")), (3, WorkerLostError("died")))
    executor, counted = Watched(crew), []
    for key in ("a", "b", "c"):
        executor.submit(job(key))
    while (outcome := executor.wait()) is not None:
        counted.append(outcome.counted)
    assert counted[:2] == [40, 50]
    assert 0 < counted[2] <= 30  # what it did since it was last asked is not known
    assert sum(counted) == sum(executor.told)


def test_a_signal_is_noticed_while_workers_train_and_nothing_is_lost(crew):
    worker = crew.hire((1000, RESULT))
    executor = Watched(crew)
    executor.submit(job("a"))
    executor.stop_at = crew.now + 5
    with pytest.raises(StopRequested):
        executor.wait()
    assert crew.now < 100 + 6
    assert crew.workers == [worker]


def test_a_worker_that_was_told_to_stop_stops_the_sweep(crew):
    crew.hire((1, None))
    executor = Watched(crew)
    executor.submit(job("a"))
    with pytest.raises(StopRequested):
        executor.wait()


def test_at_the_end_workers_may_save_before_they_are_ended(crew):
    executor = Watched(crew)
    executor.close()
    assert crew.events == ["stop", "dismiss"]


def test_a_crew_that_is_new_or_lost_is_waited_for(crew):
    """No worker has answered yet: the pack waits, and the crew grows now and then."""
    executor = Watched(crew)
    executor.submit(job("a"))
    assert executor.idle_workers == 0

    def late():
        crew.events.append("grow")
        if crew.now > 100 + 3 * GROW_SECONDS and not crew.workers:
            crew.hire((1, RESULT))

    crew.grow = late
    assert outcomes(executor) == [("a", RESULT)]
    assert 3 <= crew.events.count("grow") <= 4


def test_without_a_pack_there_is_nothing_to_wait_for(crew):
    crew.hire()
    assert Watched(crew).wait() is None
