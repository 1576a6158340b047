"""Which of a study's trials count: the complete ones, and the best of them."""

from collections.abc import Iterable

from optuna.trial import FrozenTrial, TrialState

from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.pruning import CompleteTrial
from glorot_sweep.sweep.contents.replicates import Candidate


def complete_trials(trials: Iterable[FrozenTrial]) -> list[CompleteTrial]:
    """Return the complete trials, as far as others are compared with them."""
    return [
        CompleteTrial(trial.params["depth"], trial.intermediate_values)
        for trial in trials
        if trial.state == TrialState.COMPLETE
    ]


def best_trial(trials: Iterable[FrozenTrial], depth: int | None) -> Candidate | None:
    """Return the complete trial with the lowest error, of equals the earliest; None without any."""
    candidates = [
        Candidate(trial.number, Hyperparameters(**trial.params), trial.value)
        for trial in trials
        if trial.state == TrialState.COMPLETE
        and trial.value is not None
        and depth in {None, trial.params["depth"]}
    ]
    return min(candidates, key=lambda one: (one.validation_error, one.number), default=None)
