"""The study of C and gamma: the same trials however often it is stopped."""

import optuna
import pytest
from optuna.storages import InMemoryStorage
from optuna.trial import TrialState

from glorot_sweep.svm.search import BOUNDS, RANDOM_TRIALS, SvmSearch, SvmTrial
from glorot_sweep.sweep.storage.patience import Patience


def search(storage: InMemoryStorage, seed: int = 3) -> SvmSearch:
    return SvmSearch(storage, "svm", seed, Patience())


def error_of(trial: SvmTrial) -> float:
    return 50 + trial.gamma * 100 + abs(trial.c - 10) / 100


def run(trials: int, *, anew: bool, seed: int = 3) -> list[SvmTrial]:
    """All trials; `anew`: another process asks every one of them, after one that never told."""
    storage = InMemoryStorage()
    one = search(storage, seed)
    for number in range(trials):
        if anew:
            one.ask(number)
            one = search(storage, seed)
        one.tell(number, error_of(one.ask(number)), {})
    return one.finished()


def test_a_search_that_was_stopped_everywhere_has_the_same_trials() -> None:
    trials = run(RANDOM_TRIALS + 4, anew=False)
    assert run(RANDOM_TRIALS + 4, anew=True) == trials
    assert len({(trial.c, trial.gamma) for trial in trials}) == len(trials)
    assert run(RANDOM_TRIALS + 4, anew=False, seed=4) != trials
    for trial in trials:
        for name, (low, high) in BOUNDS.items():
            assert low <= getattr(trial, name) <= high


def test_the_best_is_the_earliest_of_the_lowest_and_told_twice_counts_once() -> None:
    one = search(InMemoryStorage())
    for number, error in enumerate((60.0, 55.0, 55.0)):
        one.ask(number)
        one.tell(number, error, {})
    one.tell(1, 1.0, {})
    assert (one.best().number, one.best().error) == (1, 55.0)


def test_a_trial_out_of_order_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="asked for trial 1, but 0 comes next"):
        search(InMemoryStorage()).ask(1)


def test_an_unfinished_trial_is_not_among_the_finished() -> None:
    storage = InMemoryStorage()
    one = search(storage)
    one.ask(0)
    assert one.finished() == []
    (stored,) = optuna.load_study(study_name="svm", storage=storage).trials
    assert stored.state == TrialState.RUNNING
