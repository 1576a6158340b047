"""Rates, curves of trials and repeated winners: what contradicts itself is named with its run."""

from dataclasses import replace

import pytest
from run_builders import record

from glorot_sweep.report.belief_in_search import doubts_about_search
from glorot_sweep.tracking.schema.names import Curve

TRIAL = record("trial", name="tanh-t003", trial=3, run_id="trial", objective=50.0)
REPLICATE = record("replicate", name="tanh-seed0", run_id="replicate", winner="t003")
POINTS = {"trial": {Curve.VALIDATION_ERROR: {10: 70.0, 20: 52.0, 30: 48.0}}}


def said(trial=TRIAL, replicate=REPLICATE, points=POINTS, window=2):
    return [(d.run_id, d.what) for d in doubts_about_search([trial], [replicate], points, window)]


def test_what_agrees_is_believed():
    assert said() == []
    assert said(points={}) == [], "without points there is nothing to compare"
    assert said(replicate=replace(REPLICATE, winner="t009")) == [], "of a trial that is gone"


def test_a_rate_that_was_changed_contradicts_its_logarithm():
    ((run_id, what), *_) = said(replicate=replace(REPLICATE, learning_rate=0.4))
    assert (run_id, what) == ("replicate", "says learning_rate 0.4, but log10_learning_rate -1")


@pytest.mark.parametrize(("name", "value"), [("learning_rate", 0.2), ("depth", 3), ("noise", 0.5)])
def test_a_replicate_has_the_settings_of_its_winner(name, value):
    found = said(replicate=replace(REPLICATE, **{name: value}))
    was = getattr(TRIAL, name)
    assert ("replicate", f"has {name} {value}, and tanh-t003, which it repeats, {was}") in found


def test_winners_of_another_group_or_variant_are_not_mistaken():
    other = replace(TRIAL, group=1, depth=4)
    assert said(trial=other) == []


def test_an_objective_is_the_mean_of_the_end_of_its_curve():
    ((run_id, what),) = said(trial=replace(TRIAL, objective=1.0))
    assert run_id == "trial"
    assert what == (
        f"says objective 1, but the last 2 points of its curve {Curve.VALIDATION_ERROR} have the "
        "mean 50"
    )
    pruned = record("trial", "pruned", trial=3, run_id="trial", best_validation_error=40.0)
    assert said(trial=pruned) == []
