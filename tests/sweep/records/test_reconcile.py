"""What a lost reply or a dead worker has left behind is sorted out, and nothing whole is lost."""

import dataclasses

import pytest
from run_builders import record, write

from glorot_sweep.sweep.records.reconcile import (
    ORPHAN,
    close_orphan,
    delete_surplus,
    delete_unfinished,
    members,
    sort_out,
)
from glorot_sweep.tracking.belonging import OwnRun
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.runs import standing
from glorot_sweep.tracking.schema.trained import MemberRun

SMALL = OwnRun("small", "its own run", 0)
WHOLE = (State.COMPLETE, State.PRUNED, State.DIVERGED)


@pytest.fixture
def runs(place):
    return RunStore(place.client, place.experiment_id)


def in_state(state, **changes):
    """A run of this state, which was trained to its end."""
    word = dataclasses.asdict(standing(state, None))
    made = record("trial", name=f"of {state}", key=f"of {state}")
    return dataclasses.replace(made, **{**word, "status": state.status, **changes})


def member(run_id="r", key="k", state=State.COMPLETE, attempt=1, started=0, updates_done=30):
    """Only what decides which of several runs stays."""
    return MemberRun(
        run_id=run_id, name=run_id, status=state.status, started=started, attempt=attempt,
        kind="trial", key=key, word=state, given_up=state is State.GIVEN_UP,
        updates_done=updates_done,
    )  # fmt: skip


@pytest.mark.parametrize("state", State)
def test_a_run_is_whole_if_its_training_reached_an_end_and_has_left_its_values(state):
    assert member(state=state).is_whole == (state in WHOLE)
    assert not member(state=state, updates_done=None).is_whole


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        ({}, {"state": State.RUNNING, "attempt": 5}),
        ({}, {"state": State.GIVEN_UP, "attempt": 5}),
        ({}, {"updates_done": None, "attempt": 5}),
        ({"state": State.KILLED, "attempt": 2}, {"state": State.FAILED, "attempt": 1}),
        ({"started": 1}, {"started": 2}),
    ],
    ids=["running", "given up", "without values", "fewer attempts", "younger"],
)
@pytest.mark.parametrize("first", ["stays", "goes"])
def test_of_two_runs_of_a_key_the_better_stays_whatever_their_order(stays, goes, first):
    one, other = member("one", **stays), member("other", **goes)
    best, surplus = sort_out([one, other] if first == "stays" else [other, one])
    assert (best, surplus) == ({"k": one}, [other])


def test_runs_without_a_key_are_nobodys_surplus():
    best, surplus = sort_out([member("a", key=None), member("b", key=None), member("c")])
    assert (set(best), surplus) == ({"k"}, [])


def test_of_three_runs_one_stays():
    found = [member("a", attempt=1), member("b", attempt=3), member("c", attempt=2)]
    best, surplus = sort_out(found)
    assert best["k"].run_id == "b"
    assert {run.run_id for run in surplus} == {"a", "c"}


def test_the_surplus_of_one_sweep_alone_is_deleted(place, runs):
    kept = write(runs, record("trial", key="k", name="kept"))
    lost = write(runs, record("trial", "running", key="k", name="lost", updates_done=None))
    strange = write(runs, record("trial", key="k", name="of another", sweep="large"))
    for writer in (kept, lost, strange):
        writer.flush()
    assert {key: run.run_id for key, run in delete_surplus(runs, SMALL).items()} == {
        "k": kept.run_id
    }
    left = [writer for writer in (kept, lost, strange) if get_run(place.client, writer.run_id)]
    assert left == [kept, strange]


@pytest.mark.slow
def test_only_trained_runs_that_are_not_whole_are_deleted(runs):
    for kind in ("sweep", "study", "trial", "replicate", "monitored"):
        for state in ("complete", "running"):
            name = f"{kind} {state}"
            write(runs, record(kind, state, name=name, key=name)).flush()
    for kind in ("trial", "replicate"):
        name = f"{kind} given up"
        write(runs, record(kind, "failed", name=name, key=name, given_up=True)).flush()
    delete_unfinished(runs, SMALL)
    assert [run.name for run in members(runs, SMALL) if run.word is State.RUNNING] == [
        "sweep running", "study running",
    ]  # fmt: skip
    assert sum(run.given_up for run in members(runs, SMALL)) == 2
    assert sum(run.word is State.COMPLETE for run in members(runs, SMALL)) == 5


@pytest.mark.slow
@pytest.mark.parametrize("state", State)
def test_a_run_without_a_worker_gets_the_status_of_its_state(place, runs, state):
    """Its last tags come before its status: a worker that dies in between leaves it RUNNING."""
    writer = write(runs, in_state(state))
    writer.flush()
    (run,) = members(runs, SMALL)
    expected = state if state.is_kept else State.KILLED
    assert close_orphan(runs, run) is expected
    left = get_run(place.client, writer.run_id)
    assert left.status == expected.status
    assert left.tags["state"] == expected.word
    assert ("given_up" in left.tags) == (state is State.GIVEN_UP)
    assert left.tags.get("reason") == (None if state.is_kept else ORPHAN)


def test_one_that_ended_without_its_values_was_not_whole(place, runs):
    writer = write(runs, in_state(State.COMPLETE, updates_done=None))
    writer.flush()
    (run,) = members(runs, SMALL)
    assert close_orphan(runs, run) is State.KILLED
    assert get_run(place.client, writer.run_id).tags["state"] == "killed"
