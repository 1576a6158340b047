"""Pruning decisions, with Optuna's own pruners as the second implementation."""

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.trial import TrialState, create_trial

from glorot_sweep.config.search import PrunerConfig
from glorot_sweep.sweep.contents.pruning import Pruning, pruning_limits

RUNGS = (100, 300, 700)
ERRORS = st.floats(0, 100).map(lambda x: round(x, 1))  # rounded, so that ties occur
CURVES = st.lists(ERRORS, min_size=3, max_size=3).map(
    lambda errors: dict(zip(RUNGS, errors, strict=True))
)
DIVERGED = st.integers(0, 2).flatmap(  # a curve that ends before a rung
    lambda n: st.lists(ERRORS, min_size=n, max_size=n).map(
        lambda errors: dict(zip(RUNGS, errors, strict=False))
    )
)


def optuna_drops(pruner, complete, curve):
    """At each rung: whether Optuna's pruner would stop the trial."""
    study = optuna.create_study(pruner=pruner)
    for values in complete:
        study.add_trial(
            create_trial(state=TrialState.COMPLETE, value=50.0, intermediate_values=values)
        )
    trial = study.ask()
    decisions = []
    for rung, error in curve.items():
        trial.report(error, rung)
        decisions.append(trial.should_prune())
    return decisions


def our_drops(config, complete, curve):
    pruning = Pruning({"t": pruning_limits(config, RUNGS, complete)})
    return [pruning.dropped(rung, {"t": error}) == {"t"} for rung, error in curve.items()]


@pytest.mark.slow
@settings(max_examples=60)
@given(
    complete=st.lists(st.one_of(CURVES, DIVERGED), max_size=8),
    curve=CURVES,
    startup=st.integers(1, 5),
    percentile=st.sampled_from([10.0, 25.0, 50.0, 66.6, 90.0]),
)
def test_percentile_decides_like_optuna(complete, curve, startup, percentile):
    config = PrunerConfig(kind="percentile", percentile=percentile, startup_trials=startup)
    oracle = optuna.pruners.PercentilePruner(percentile, n_startup_trials=startup)
    assert our_drops(config, complete, curve) == optuna_drops(oracle, complete, curve)


@settings(max_examples=40, deadline=None)
@given(complete=st.lists(CURVES, max_size=8), curve=CURVES, startup=st.integers(1, 5))
def test_median_decides_like_optuna(complete, curve, startup):
    config = PrunerConfig(kind="median", startup_trials=startup)
    oracle = optuna.pruners.MedianPruner(n_startup_trials=startup)
    assert our_drops(config, complete, curve) == optuna_drops(oracle, complete, curve)


def test_without_pruner_there_is_no_limit():
    curves = [dict.fromkeys(RUNGS, 1.0)] * 9
    assert pruning_limits(PrunerConfig(kind="none"), RUNGS, curves) == {}


def test_an_error_at_the_limit_goes_on_and_above_it_is_dropped():
    pruning = Pruning({"a": {100: 50.0}, "b": {100: 50.0}})
    assert pruning.dropped(100, {"a": 50.0, "b": 50.1, "no_limit": 99.0}) == {"b"}


def test_the_best_error_so_far_counts_not_the_last():
    pruning = Pruning({"a": {300: 50.0}})
    assert not pruning.dropped(100, {"a": 40.0})
    assert not pruning.dropped(300, {"a": 80.0})


@pytest.mark.parametrize("update", [99, 101])
def test_between_rungs_nothing_is_dropped(update):
    assert not Pruning({"a": {100: 1.0}}).dropped(update, {"a": 99.0})
