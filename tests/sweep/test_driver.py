"""The driver alone: generations, tells, what is not done again, how it ends. Nothing is trained."""

import re
from collections import deque
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from sweep_builders import config

from glorot_sweep.errors import StopRequested, SweepHeldError, UserError
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.trained import MemberRun
from glorot_sweep.training.results import given_up

from .driver_case import CURVE, DEEP, SHALLOW, Case, FakeDispatch, FakeStudy, Held

MONITORED = {"monitored": {"updates": 300, "learning_rates": [0.05]}, "variants": ["tanh"]}


def record(state=State.COMPLETE, status=None, updates_done=1):
    """What an earlier start has left of a run; MLflow's status is the state's, or another."""
    return MemberRun(
        run_id="1", name="a", started=1, kind=Kind.REPLICATE, status=status or state.status,
        word=state, given_up=state is State.GIVEN_UP, updates_done=updates_done,
    )  # fmt: skip


def test_a_study_that_is_spent_is_asked_no_more():
    """With many groups most are spent while the last one goes on; each question is a query."""
    case = Case({"search.trials": 2}, choose=lambda work: work[0])
    case.driver.search()
    assert [study.asked for study in case.studies] == [2, 2]


def test_every_generation_is_told_whole_and_then_the_next_is_asked():
    case = Case()
    case.driver.search()
    for study in (0, 1):
        assert case.told(study) == [[0, 1], [2, 3], [4, 5]]
    assert len(set(case.submitted())) == len(case.submitted()) == 12


def test_studies_advance_independently_of_one_another():
    """Whatever the slow study has in work, the other one goes on to its end."""
    slow = "tanh_n/shapeset"
    ends = []

    def choose(work):
        task = next((one for one in work if not one.key.startswith(slow)), work[0])
        ends.append(task.key)
        return task

    case = Case(choose=choose)
    case.driver.search()
    assert [key for key in ends if key.startswith(slow)] == ends[6:]
    assert case.told(0) == case.told(1) == [[0, 1], [2, 3], [4, 5]]


def test_a_generation_is_told_once_its_last_trial_has_ended_in_whatever_order():
    case = Case({"variants": ["tanh"], "search.generation": 3}, choose=lambda work: work[-1])
    told_after = []
    wait = case.dispatch.wait

    def watched():
        told_after.append(len(case.studies[0].generations))
        return wait()

    case.dispatch.wait = watched
    case.driver.search()
    assert told_after == [0, 0, 0, 1, 1, 1, 2]
    assert case.told() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("workers", ["busy", "idle"])
def test_what_is_ready_waits_for_an_idle_worker_so_that_studies_share_packs(workers):
    case = Case({"search.trials": 4})

    class OneWorker(FakeDispatch):
        wants_more = property(lambda self: workers == "idle" or not self.work)

        def __init__(self):
            self.work, self.batches, self.settled = deque(), [], []
            self.choose, self.checkpoints = None, SimpleNamespace(forget=lambda _: None)

    case.driver.dispatch = case.dispatch = OneWorker()
    case.driver.search()
    assert [len(batch) for batch in case.dispatch.batches] == (
        [4, 4] if workers == "busy" else [4, 2, 2]
    )


def test_a_spent_budget_asks_nothing():
    case = Case({"variants": ["tanh"]})
    case.driver.search()
    before = list(case.dispatch.batches)
    case.driver.search()
    assert case.dispatch.batches == before


def test_checkpoints_of_told_trials_are_forgotten_and_no_others():
    case = Case({"variants": ["tanh"], "search.trials": 2})
    forgotten_after = []
    wait = case.dispatch.wait

    def watched():
        forgotten_after.append(len(case.dispatch.forgotten))
        return wait()

    case.dispatch.wait = watched
    case.driver.search()
    assert forgotten_after == [0, 0, 2]  # the first one's pack may still have to be trained again
    assert case.dispatch.forgotten == set(case.submitted())


@pytest.mark.parametrize("numbers", [(2,), (2, 3), (0, 1, 2, 3, 4, 5)])
def test_trials_that_were_given_up_are_told_as_failed_and_not_tried_again(numbers):
    lost = {f"tanh/shapeset/t00{number}": record(State.GIVEN_UP) for number in numbers}
    case = Case({"variants": ["tanh"]}, existing=lost)
    case.driver.search()
    told = case.studies[0].generations
    states = {key: result.state for one in told for key, result in one.items()}
    assert {key for key, state in states.items() if state is State.GIVEN_UP} == set(lost)
    assert set(case.submitted()) == states.keys() - lost.keys()
    assert case.told() == [[0, 1], [2, 3], [4, 5]]
    given_up_then = len(lost), len(lost) * case.driver.config.search.updates
    assert (case.events[-1].done, case.events[-1].updates_done) == given_up_then, "and are done"


@pytest.mark.parametrize(
    ("state", "error"), [(State.COMPLETE, 12.5), (State.PRUNED, None), (State.DIVERGED, 90.0)]
)
def test_trials_that_have_ended_are_told_from_their_runs_and_not_trained_again(state, error):
    """Trained again after a change of the code, a run would be of two kinds."""
    key = "tanh/shapeset/t002"
    left = replace(record(state), key=key, objective=error)
    case = Case({"variants": ["tanh"]}, existing={key: left})
    case.driver.search()
    assert key not in case.submitted()
    assert case.told() == [[0, 1], [2, 3], [4, 5]]
    found = case.studies[0].generations[1][key]
    assert (found.state, found.trained.run_id) == (state, left.run_id)
    assert {one.update: one.validation_error for one in found.curve} == CURVE
    assert error in {None, found.validation_error}


def test_a_run_that_lacks_its_status_alone_gets_it():
    """Its worker died between the last tag and the status."""
    left = record(State.COMPLETE, Status.RUNNING)
    case = Case({"variants": ["tanh"]}, existing={"tanh/shapeset/seed0": left})
    case.driver.replicate()
    assert case.client.terminated == {left.run_id: Status.FINISHED}


def test_a_lost_lock_ends_the_search_before_the_next_generation_is_asked():
    case = Case({"variants": ["tanh"]}, held=Held(2))
    with pytest.raises(SweepHeldError):
        case.driver.search()
    assert case.dispatch.batches == [["tanh/shapeset/t000", "tanh/shapeset/t001"]]


def test_a_lost_lock_ends_the_replicates():
    """A database that restarts forgets its locks."""
    case = Case(held=Held(1))
    with pytest.raises(SweepHeldError):
        case.driver.replicate()
    assert case.dispatch.work


def test_replicates_of_the_winners_are_trained_in_one_submission():
    case = Case({"variants": ["tanh"]}, best=SHALLOW)
    winners = case.driver.replicate()
    assert [winner.role for winner in winners] == ["table_depth", "best_depth"]
    assert case.dispatch.batches == [
        [f"tanh/shapeset{end}/seed{seed}" for seed in (0, 1) for end in ("", "/best")]
    ]
    assert case.dispatch.forgotten == set(case.submitted())


@pytest.mark.parametrize(
    ("left", "again"),
    [
        (record(), False),
        (record(State.DIVERGED), False),
        (record(State.GIVEN_UP, updates_done=None), False),
        (record(State.KILLED), True),
        (record(State.FAILED), True),
        (record(State.RUNNING), True),
        (record(State.COMPLETE, Status.RUNNING), False),  # its worker died before the status
        (record(State.COMPLETE, updates_done=None), True),  # or before the last metric
    ],
)
def test_what_an_earlier_start_has_ended_is_not_done_again(left, again):
    case = Case({"variants": ["tanh"]}, existing={"tanh/shapeset/seed0": left})
    assert len(case.driver.replicate()) == 1
    assert ("tanh/shapeset/seed0" in case.submitted()) == again
    assert "tanh/shapeset/seed1" in case.submitted()


@pytest.mark.parametrize("state", [State.KILLED, State.COMPLETE])
def test_a_run_that_is_of_something_else_is_refused(state):
    left = replace(record(state), params={"learning_rate": "0.10", "activation": "softsign"})
    case = Case({"variants": ["tanh"]}, existing={"tanh/shapeset/seed0": left})
    with pytest.raises(UserError) as caught:
        case.driver.replicate()
    assert re.search(rf"\({left.run_id}\).* activation = 'softsign'.* 'tanh'", str(caught.value))
    assert "delete it" in str(caught.value)
    assert case.dispatch.batches == []


def test_without_anything_left_to_do_the_winners_are_known_all_the_same():
    done = {f"tanh/shapeset/seed{seed}": record() for seed in (0, 1)}
    case = Case({"variants": ["tanh"]}, existing=done)
    assert [winner.candidate for winner in case.driver.replicate()] == [DEEP]
    assert case.dispatch.batches == []


def test_the_phases_follow_each_other():
    case = Case(MONITORED)
    assert [winner.candidate for winner in case.driver.run(lambda: None)] == [DEEP]
    kinds = [key.rpartition("/")[2][0] + key[0] for key in case.submitted()]
    assert kinds == ["tt"] * 6 + ["st"] * 2 + ["sm"]


def test_further_studies_are_searched_and_repeated_and_nothing_is_trained_twice():
    variants = ["tanh", "softsign", "sigmoid"]
    monitored = {**MONITORED["monitored"], "depths": {"tanh": [2]}}
    changes = {"monitored": monitored, "variants": variants}
    later = [FakeStudy(config(changes), name) for name in variants[1:]]
    case = Case(changes, further=[[later[0]], [later[1]]])
    winners = case.driver.run(lambda: None)
    assert [winner.variant for winner in winners] == ["tanh", "softsign", "sigmoid"]
    assert [study.variant for study in case.driver.studies] == ["tanh", "softsign", "sigmoid"]
    assert len(case.submitted()) == len(set(case.submitted()))
    kinds = [key.rpartition("/")[2][0] + key[:2] for key in case.submitted()]
    replicates = 2  # of each
    assert kinds == [
        *["tta"] * 6, *["sta"] * replicates, *["tso"] * 6, *["sso"] * replicates,
        *["tsi"] * 6, *["ssi"] * replicates, "smo",
    ]  # fmt: skip


@pytest.mark.parametrize("until", [None, {"most": 4}])
def test_what_a_look_was_made_without_stays_given_up(until):
    """Of a sweep that goes on until it is decided, also after the last look."""
    case = Case()
    case.driver.sweep = Mock(config=Mock(replicates=Mock(until_decided=until)))
    case.driver._trained = {"a replicate"}
    assert case.driver._looked_further() == []
    assert case.dispatch.settled == ([] if until is None else ["a replicate"])


def test_remarks_on_a_search_are_made_once():
    said = []
    changes = {"variants": ["tanh", "softsign"]}
    case = Case(changes, further=[[FakeStudy(config(changes), "softsign")]],
                best=replace(DEEP, validation_error=95.0))  # fmt: skip
    case.driver.progress.note = said.append
    case.driver.run(lambda: None)
    assert len(said) == len(set(said))


@pytest.mark.parametrize(("phase", "submissions"), [(1, 3), (2, 4), (3, 5)])
def test_a_stop_between_two_phases_begins_no_other(phase, submissions):
    calls = []

    def check():
        calls.append(1)
        if len(calls) == phase:
            raise StopRequested(15)

    case = Case(MONITORED)
    with pytest.raises(StopRequested):
        case.driver.run(check)
    assert len(case.dispatch.batches) == submissions  # three generations, replicates, monitored


def test_a_stop_while_trials_train_tells_no_half_generation():
    case = Case({"variants": ["tanh"]})
    wait, left = case.dispatch.wait, [3]

    def stopping():
        left[0] -= 1
        if left[0] < 0:
            raise StopRequested(15)
        return wait()

    case.dispatch.wait = stopping
    with pytest.raises(StopRequested):
        case.driver.search()
    assert case.told() == [[0, 1]]  # the third trial has ended, and its generation has not


def test_a_study_with_a_failure_goes_on_once_nothing_else_is_in_work():
    """Until then the failures may become too many, and none of them was told."""
    case = Case()
    wait, first = case.dispatch.wait, []

    def failing():
        results = wait()
        if results and not first:
            first.append(results[0].key)
            return [given_up(results[0].key)]
        return results

    case.dispatch.wait = failing
    case.driver.search()
    asked = case.submitted()
    own = [key for key in asked if key.startswith("tanh/")]
    others = [key for key in asked if key not in own]
    assert len(own) == len(others) == 6
    assert asked.index(own[2]) > max(map(asked.index, others))
    assert first[0] in case.dispatch.settled
