"""What has become of a sweep's runs, in words."""

import dataclasses
import time

import pytest
from run_builders import record

from glorot_sweep.sweep.records.standing import begun_at, done, outcome_of, outcomes, state_of_sweep
from glorot_sweep.tracking.life import Status
from glorot_sweep.tracking.schema.runs import BEGUN


@pytest.mark.parametrize(
    ("state", "given_up", "outcome"),
    [
        ("complete", False, "complete"),
        ("pruned", False, "pruned"),
        ("diverged", False, "diverged"),
        ("failed", True, "failed"),
        ("failed", False, "interrupted"),  # it will be tried again
        ("killed", False, "interrupted"),
        ("running", False, "in work"),
    ],
)
def test_each_end_has_its_word(state, given_up, outcome):
    assert outcome_of(record("trial", state, given_up=given_up)) == outcome


def test_a_run_whose_status_a_kill_has_left_behind_has_ended():
    left = dataclasses.replace(record("trial", "pruned"), status=Status.RUNNING)
    assert outcome_of(left) == "pruned"


def test_what_is_done_needs_no_more_work():
    states = ("complete", "complete", "pruned", "diverged", "failed", "killed", "running")
    counts = outcomes(record("trial", state) for state in states)
    assert counts == {"complete": 2, "pruned": 1, "diverged": 1, "interrupted": 2, "in work": 1}
    assert done(counts) == 4


def test_a_sweep_that_is_partly_deleted_is_called_so():
    assert state_of_sweep(record()) == "complete"
    assert state_of_sweep(record(deletion=BEGUN.deletion)) == "being deleted"
    assert state_of_sweep(record(importing="of this digest")) == "being imported"


def test_times_are_this_machines(monkeypatch):
    monkeypatch.setenv("TZ", "Etc/GMT-3")  # three hours ahead of Greenwich
    time.tzset()
    assert begun_at(record(started=1_234_567_890_123)) == "2009-02-14 02:31"
    monkeypatch.undo()
    time.tzset()
