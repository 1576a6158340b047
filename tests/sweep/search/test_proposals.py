"""Proposals are Optuna's own, rounded: the reference asks a study trial by trial, as users do."""

import warnings

import numpy as np
import optuna
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import RandomSampler, TPESampler
from optuna.trial import TrialState

from glorot_sweep.sweep.search.proposals import Proposals, store

SPACE = {
    "learning_rate": FloatDistribution(0.001, 0.3, log=True),
    "depth": IntDistribution(1, 5),
    "updates": CategoricalDistribution((0, 100, 1000)),
    "noise": FloatDistribution(0.0, 0.9),
    "width": IntDistribution(100, 100),
}
GENERATION = 5


def six_digits(value):
    return float(f"{value:.6g}") if isinstance(value, float) else value


class Rounded:
    """Of what a sampler draws."""

    def sample_relative(self, *arguments):
        drawn = super().sample_relative(*arguments)
        return {name: six_digits(value) for name, value in drawn.items()}

    def sample_independent(self, *arguments):
        return six_digits(super().sample_independent(*arguments))


class RoundedRandom(Rounded, RandomSampler):
    pass


class RoundedTPE(Rounded, TPESampler):
    pass


def sampler(kind, seed):
    if kind == "random":
        return RoundedRandom(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return RoundedTPE(
            seed=seed, n_startup_trials=GENERATION, multivariate=True, constant_liar=True
        )


def asked_of_optuna(study, kind, seed, fixed):
    study.sampler = sampler(kind, seed)
    if fixed:
        study.enqueue_trial(fixed)
    trial = study.ask()
    for name, one in SPACE.items():
        if isinstance(one, FloatDistribution):
            trial.suggest_float(name, one.low, one.high, log=one.log)
        elif isinstance(one, IntDistribution):
            trial.suggest_int(name, one.low, one.high)
        else:
            trial.suggest_categorical(name, one.choices)
    return trial.params


def tell(study, draw):
    """Tell some of the running trials, in any order: complete, pruned, or failed."""
    running = [t.number for t in study.trials if t.state == TrialState.RUNNING]
    for number in draw.permutation(running)[: draw.integers(1, len(running) + 1)]:
        states = (TrialState.COMPLETE, TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
        state = states[draw.integers(4)]
        # A few different errors, so that there are equal ones.
        value = float(draw.integers(4)) if state == TrialState.COMPLETE else None
        study._storage.set_trial_intermediate_value(number, 10, float(draw.integers(3)))
        study.tell(int(number), value, state=state)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tpe", "random"])
@pytest.mark.parametrize("seed", range(3))
def test_they_are_those_of_optunas_sampler_asked_trial_by_trial(kind, seed):
    theirs = optuna.create_study(direction="minimize")
    ours = optuna.create_study(direction="minimize")
    random_trials = GENERATION if kind == "tpe" else None
    number = 0
    for generation in range(12):
        proposals = Proposals(ours, SPACE, ours.get_trials(deepcopy=False), random_trials)
        for _ in range(GENERATION):
            fixed = {"depth": 4} if number % 3 == 1 else {}
            found = proposals.propose(number, 100 * seed + number, fixed)
            store(ours, SPACE, found)
            assert found == asked_of_optuna(theirs, kind, 100 * seed + number, fixed)
            number += 1
        for study in (theirs, ours):
            tell(study, np.random.default_rng([seed, generation]))
    assert {trial.state for trial in ours.trials} == {
        TrialState.RUNNING, TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL
    }  # fmt: skip
    assert [t.params for t in ours.trials] == [t.params for t in theirs.trials]


@pytest.mark.slow
@pytest.mark.parametrize("random_trials", [None, 2])
def test_numbers_have_six_digits_and_stay_within_the_bounds(random_trials):
    space = {
        "learning_rate": FloatDistribution(
            0.01234564, 0.01234568, log=True
        ),  # both round to the outside
        "damping": FloatDistribution(1e-9, 1e9, log=True),
        "noise": FloatDistribution(0.1, 0.9),
        "depth": IntDistribution(1_000_000, 1_999_999),
    }
    study = optuna.create_study()
    found = []
    for number in range(60):
        proposals = Proposals(study, space, study.get_trials(deepcopy=False), random_trials)
        found.append(proposals.propose(number, number, {}))
        store(study, space, found[-1])
        study.tell(number, number % 7)
    assert [trial.params for trial in study.trials] == found
    assert {one["learning_rate"] for one in found} == {0.01234564, 0.01234568}
    for name in ("damping", "noise"):
        assert len({one[name] for one in found}) > 50
        assert all(one[name] == six_digits(one[name]) for one in found)
    assert any(one["depth"] != six_digits(float(one["depth"])) for one in found)


def test_what_was_stored_before_numbers_were_rounded_is_kept_and_gone_on_from():
    study = optuna.create_study()
    old = {**Proposals(study, SPACE, [], None).propose(0, 1, {}), "learning_rate": 0.012345678901}
    store(study, SPACE, old)
    study.tell(0, 1.0)
    trials = study.get_trials(deepcopy=False)
    found = Proposals(study, SPACE, trials, 1).propose(1, 2, {})
    assert trials[0].params == old
    assert found["learning_rate"] == six_digits(found["learning_rate"])


DECADES = st.floats(-9, 0).map(lambda exponent: 10.0**exponent)
USUAL = st.sampled_from((0.3, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005, 0.003, 0.001))
WIDENED = st.sampled_from((1.0, 1 + 2**-52, 1 + 1e-15, 1 + 1e-12, 1 + 1e-7, 1 + 2e-6, 1.1, 1e9))


@pytest.mark.slow
@settings(max_examples=60)
@given(st.one_of(USUAL, DECADES), WIDENED, st.booleans())
@example(1e-9, 1 + 2**-52, True)  # the logarithms of both ends are the same
def test_whatever_the_range_what_is_proposed_lies_in_it(low, times, log):
    """With one end for both, ends that are neighbours, and ends far apart."""
    high = low * times
    one = FloatDistribution(low, high, log=log)
    study = optuna.create_study()
    for number in range(6):
        proposals = Proposals(study, {"rate": one}, study.get_trials(deepcopy=False), 3)
        found = proposals.propose(number, number, {})
        store(study, {"rate": one}, found)
        study.tell(number, number % 3)
        assert low <= found["rate"] <= high
        assert study.trials[number].params == found
        assert found["rate"] in {low, high, six_digits(found["rate"])}


def test_a_space_of_single_values_is_drawn_too():
    study = optuna.create_study()
    space = {"width": IntDistribution(100, 100)}
    assert Proposals(study, space, [], 0).propose(0, 1, {}) == {"width": 100}


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_is_stored_is_running_and_whole(kind, tmp_path):
    study = optuna.create_study(
        storage=None if kind == "memory" else f"sqlite:///{tmp_path / 'optuna.db'}"
    )
    found = Proposals(study, SPACE, [], None).propose(0, 1, {})
    store(study, SPACE, found)
    (trial,) = study.trials
    assert (trial.state, trial.params, trial.distributions) == (TrialState.RUNNING, found, SPACE)
