"""What has become of a sweep's runs, in words."""

import dataclasses

import pytest
from run_builders import record

from glorot_sweep.sweep.records.standing import done, outcome_of, outcomes
from glorot_sweep.tracking.life import Status


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
