"""One table of failing packs: what is tried next, and what is given up."""

import io
from collections import deque
from types import SimpleNamespace

import pytest
from rich.console import Console
from sweep_builders import NOTE, by_name, config, on_torch, spec

from glorot_sweep.engine.choice import Resolved
from glorot_sweep.errors import ServiceLostError, TooManyFailuresError
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.execution.dispatch import Dispatch
from glorot_sweep.sweep.execution.outcome import Failure, Outcome
from glorot_sweep.sweep.execution.pack_sizes import PackSizes
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.recording import open_run
from glorot_sweep.tracking.belonging import OwnRun
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.records import read_text
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.training.checkpoint import Checkpoint
from glorot_sweep.training.results import PackResult, TrialResult

ERROR = Failure("error", "ValueError: boom", "Traceback: boom")
MEMORY = Failure("memory", "CUDA out of memory")
LOST = Failure("lost", "the worker died")
SERVICE = Failure("service", "OSError: No space left on device")


class ScriptedExecutor:
    """Runs packs one after another; `failure_of(pack, attempt)` says how one fails, or None.

    Attributes:
        jobs: all that were submitted.
        advance: told of the updates of each attempt.
        trained: updates of each trial in an attempt that fails.
    """

    def __init__(self, runs, failure_of):
        self.runs, self.failure_of = runs, failure_of
        self.jobs, self.queue, self.idle_workers = [], deque(), 1
        self.advance, self.trained = lambda _: None, 0

    def submit(self, job):
        self.jobs.append(job)
        self.queue.append(job)

    def wait(self):
        if not self.queue:
            return None
        job = self.queue.popleft()
        for trial in job.spec.trials:  # as a worker does before it trains
            open_run(self.runs, trial, job.plans[trial.key], job.note)
        attempt = self.packs().count(letters(job)) - self.waiting(job)
        failure = self.failure_of(letters(job), attempt)
        wanted = sum(self.trained if failure else one.updates for one in job.spec.trials)
        counted = max(0, wanted - job.restored)
        self.advance(counted)
        return Outcome(job, failure or success(job), counted)

    def waiting(self, job):
        return sum(letters(other) == letters(job) for other in self.queue)

    def packs(self):
        return [letters(job) for job in self.jobs]


class ManyWorkers(ScriptedExecutor):
    """Eight workers, each of which begins a pack at once."""

    def submit(self, job):
        super().submit(job)
        self.idle_workers = max(0, 8 - len(self.queue))


class Checkpoints:
    """Every pack is saved at the updates that `reached(pack)` says; None: never."""

    def __init__(self, reached):
        self.reached = reached

    def groups(self, trials):
        return [], list(trials)

    def file(self, trials):
        name = "".join(sorted(trial.key for trial in trials))
        return SimpleNamespace(name=name, read=lambda **_: self.read(name, trials))

    def read(self, name, trials):
        updates = self.reached(name)
        if updates is None:
            return None
        prints = {trial.key: trial.fingerprint for trial in trials}
        return Checkpoint(updates, 0, prints, dict.fromkeys(prints), {})


def letters(job):
    return "".join(trial.key for trial in job.spec.trials)


def success(job):
    trials = tuple(TrialResult(t.key, State.COMPLETE, t.updates, (), 1.0) for t in job.spec.trials)
    return PackResult(trials, 1.0, sum(trial.updates for trial in job.spec.trials))


class Case:
    """A dispatch with an executor that fails as it is told."""

    def __init__(
        self, place, failure_of, reached=lambda _: None, max_failed=10, sizes=None, engines=None
    ):
        runs = RunStore(place.client, place.experiment_id)
        self.place, self.said, self.events = place, io.StringIO(), []
        sweep = SimpleNamespace(
            config=config({"execution.max_failed": max_failed}),
            place=place, runs=runs, tags_for=lambda _: {"sweep": "small"}, existing={},
            own=OwnRun("small", "its own run", 0),
            engines=engines or on_torch(config()),
        )  # fmt: skip
        self.executor = ScriptedExecutor(runs, failure_of)
        self.dispatch = Dispatch(
            sweep,
            {f"{v}/shapeset": runs.create(f"{v}-shapeset", {}) for v in ("tanh", "tanh_n")},
            {"shapeset": NOTE},
            self.executor,
            Checkpoints(reached),
            sizes or PackSizes(4, None, {}),
            SweepProgress(Console(file=self.said, width=200), watch=self.events.append),
        )
        self.executor.advance = self.dispatch.progress.advance
        self.dispatch.progress.start("search", "trials", 4, 1)

    def run(self, keys="abcd"):
        """Submit trials; return the packs that were tried, and the states of the results."""
        self.dispatch.submit([Task(spec(key), {"trial": key}) for key in keys])
        before, states = len(self.executor.jobs), {}
        before -= len(self.executor.queue)
        while (results := self.dispatch.wait()) is not None:
            states |= {result.key: result.state for result in results}
        assert set(states) == set(keys)
        return self.executor.packs()[before:], "".join(
            k for k in keys if states[k] is State.GIVEN_UP
        )


def never(pack, attempt):
    return None


def poison(key, failure=ERROR):
    return lambda pack, _: failure if key in pack else None


def first(count, failure):
    """The first attempts of each pack fail."""
    return lambda _, attempt: failure if attempt <= count else None


TABLE = {
    "nothing fails": ("abcd", never, ["abcd"], ""),
    "an error once, of a lone trial": ("a", first(1, ERROR), ["a", "a"], ""),
    "an error twice, of a lone trial": ("a", first(2, ERROR), ["a", "a"], "a"),
    "an error of one among four": ("abcd", poison("c"), ["abcd", "ab", "cd", "c", "d", "c"], "c"),
    "an error of one, and one of its neighbour": (
        "abcd", lambda pack, n: ERROR if "c" in pack or (pack, n) == ("d", 1) else None,
        ["abcd", "ab", "cd", "c", "d", "c", "d"], "c",
    ),
    "an error of all": ("abcd", poison(""), ["abcd", "ab", "cd", *"abcd", *"abcd"], "abcd"),
    "an error of four together only": (
        "abcd", lambda pack, _: ERROR if len(pack) > 3 else None, ["abcd", "ab", "cd"], "",
    ),
    "memory for two": (
        "abcd", lambda pack, _: MEMORY if len(pack) > 2 else None, ["abcd", "ab", "cd"], "",
    ),
    "memory for none": (
        "abcd", poison("", MEMORY), ["abcd", "ab", "cd", "a", "b", "c", "d"], "abcd",
    ),
    "a worker lost once": ("abcd", first(1, LOST), ["abcd", "abcd"], ""),
    "a worker lost under a lone trial, twice": ("a", first(2, LOST), ["a", "a", "a"], ""),
    "a worker lost under a lone trial, always": ("a", poison("a", LOST), ["a", "a", "a"], "a"),
    "workers lost under one trial": (
        "abcd", poison("c", LOST), ["abcd", "abcd", "ab", "cd", "c", "d", "c", "c"], "c",
    ),
    "workers lost under one trial, and one under its neighbour": (
        "abcd", lambda pack, n: LOST if "c" in pack or (pack, n) == ("d", 1) else None,
        ["abcd", "abcd", "ab", "cd", "c", "d", "c", "d", "c"], "c",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("keys", "failure_of", "packs", "given_up"), TABLE.values(), ids=TABLE)
def test_what_is_tried_next_and_what_is_given_up(place, keys, failure_of, packs, given_up):
    case = Case(place, failure_of)
    assert case.run(keys) == (packs, given_up)
    runs = by_name(place)
    assert {name for name, run in runs.items() if "given_up" in run.data.tags} == set(given_up)
    for key in keys:
        tried = sum(key in pack for pack in packs) + (key in given_up)  # to write that it is
        assert runs[key].data.tags["attempt"] == str(tried), "each attempt opens the same run"
    assert case.said.getvalue().count("is given up") == len(given_up)


@pytest.mark.slow
def test_a_worker_lost_again_and_again_while_its_pack_gets_on_is_bad_luck(place):
    case = Case(place, first(5, LOST), reached=lambda _: 10 * len(case.executor.jobs))
    assert case.run() == (["abcd"] * 6, "")


@pytest.mark.slow
def test_parts_of_a_pack_go_on_from_its_checkpoint(place):
    case = Case(place, poison("c"), reached=lambda pack: 20 if pack == "abcd" else None)
    case.run()
    begun = [(letters(job), job.resume_from and job.resume_from.name) for job in case.executor.jobs]
    assert begun == [
        ("abcd", None), ("ab", "abcd"), ("cd", "abcd"), ("c", "abcd"), ("d", "abcd"),
        ("c", "abcd"),
    ]  # fmt: skip
    counted = [job.restored for job in case.executor.jobs]
    assert counted == [0, 40, 40, 20, 20, 20], "what is saved is not counted again at the end"


@pytest.mark.slow
@pytest.mark.parametrize("failure_of", [poison("c"), poison("c", LOST), first(1, ERROR)])
@pytest.mark.parametrize("saved", [None, 20])
def test_what_an_attempt_has_lost_is_not_counted_twice(place, failure_of, saved):
    """And a trial that is given up is done."""
    case = Case(place, failure_of, reached=lambda pack: saved if pack == "abcd" else None)
    case.executor.trained = 25
    case.dispatch.progress.start("search", "trials", 4, 120)
    case.run()
    assert max(event.updates_done for event in case.events) == 120
    last = case.events[-1]
    assert (last.done, last.updates_done) == (4, 120)


@pytest.mark.slow
def test_a_size_that_did_not_fit_is_not_tried_again(place):
    case = Case(place, lambda pack, _: MEMORY if len(pack) > 2 else None)
    case.run()
    assert case.run("efgh") == (["ef", "gh"], "")


def test_each_pack_is_as_large_as_its_own_engine_allows(place):
    """A wide network fills the cache on torch; beside it the native ones stay together."""
    engines = {"tanh": Resolved("native"), "tanh_n": Resolved("torch")}
    sizes = PackSizes(None, None, {"shapeset": (1024, 9)})
    case = Case(place, never, sizes=sizes, engines=engines)
    wide = [
        spec(key, width=2000, variant="tanh" if key in "abcd" else "tanh_n") for key in "aebfcgdh"
    ]
    case.dispatch.submit([Task(one, {}) for one in wide])
    assert case.executor.packs() == ["abcd", "ef", "gh"]


def test_a_trial_that_was_saved_as_another_begins_anew_and_its_neighbours_go_on(place):
    """A winner that a sweep's growth has changed, under the key of the one before."""
    case = Case(place, never)
    then = [spec(key, learning_rate=0.02 if key == "c" else 0.01) for key in "abcd"]
    now = [spec(key, learning_rate=0.01) for key in "abcd"]
    prints = {trial.key: trial.fingerprint for trial in then}
    stored = Checkpoint(20, 0, prints, dict.fromkeys(prints), {})
    file = SimpleNamespace(name="saved", read=lambda **_: stored)
    case.dispatch.checkpoints.groups = lambda _: ([(file, now)], [])
    case.dispatch.submit([Task(one, {}) for one in now])
    begun = [(letters(job), job.resume_from and job.resume_from.name) for job in case.executor.jobs]
    assert begun == [("abd", "saved"), ("c", None)]
    assert [job.restored for job in case.executor.jobs] == [60, 0]


def test_beside_what_was_saved_no_worker_stays_idle(place):
    case = Case(place, never, sizes=PackSizes(20, None, {}))
    case.dispatch.executor = case.executor = ManyWorkers(case.executor.runs, never)
    saved = SimpleNamespace(read=lambda **_: None)
    groups = [(saved, [spec(key) for key in pair]) for pair in ("ab", "cd", "ef", "gh")]
    fresh = [spec(key) for key in "ijklmnopqrstuvwx"]
    case.dispatch.checkpoints.groups = lambda _: (groups, fresh)
    known = [one for _, trials in groups for one in trials]
    case.dispatch.submit([Task(one, {}) for one in [*known, *fresh]])
    assert case.executor.packs() == ["ab", "cd", "ef", "gh", "ijkl", "mnop", "qrst", "uvwx"]


@pytest.mark.slow
def test_what_is_given_up_says_why(place):
    Case(place, poison("c")).run()
    run = by_name(place)["c"]
    assert (run.info.status, run.data.tags["state"]) == ("FAILED", "failed")
    assert run.data.tags["reason"] == "ValueError: boom"
    assert read_text(place.client, run.info.run_id, "failure.txt") == "Traceback: boom"


def test_an_outage_is_no_trials_fault_and_ends_the_work(place):
    case = Case(place, poison("", SERVICE))
    with pytest.raises(ServiceLostError, match=r"No space left on device\. Nothing"):
        case.run()
    assert case.executor.packs() == ["abcd"]
    assert not any("given_up" in run.data.tags for run in by_name(place).values())


@pytest.mark.slow
def test_too_many_failures_end_the_work_and_are_tried_again_next_time(place):
    case = Case(place, poison(""), max_failed=2)
    with pytest.raises(TooManyFailuresError, match=r"3 runs .* allows \(2\); the last: c: Value"):
        case.run()
    assert not any("given_up" in run.data.tags for run in by_name(place).values())


def test_more_is_wanted_while_a_worker_is_idle_or_nothing_is_in_work(place):
    case = Case(place, never)
    assert case.dispatch.wants_more
    case.executor.idle_workers = 0
    assert case.dispatch.wants_more  # a crew that waits for its next worker
    case.dispatch.submit([Task(spec("a"), {})])
    assert not case.dispatch.wants_more
    case.dispatch.wait()
    assert case.dispatch.wants_more
