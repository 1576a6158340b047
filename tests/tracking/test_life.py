"""Every state of a run has a meaning for everyone who reads it."""

import optuna
import pytest
from mlflow.entities import RunStatus

from glorot_sweep.tracking.life import MEANINGS, State, Status, Told, state_of

# State: word, MLflow, Optuna, measured in the report, kept by the next start.
EXPECTED = {
    "running": ("running", "RUNNING", None, False, False),
    "complete": ("complete", "FINISHED", "COMPLETE", True, True),
    "pruned": ("pruned", "KILLED", "PRUNED", False, True),
    "diverged": ("diverged", "FINISHED", "COMPLETE", True, True),
    "failed": ("failed", "FAILED", None, False, False),
    "given_up": ("failed", "FAILED", "FAIL", False, True),
    "killed": ("killed", "KILLED", None, False, False),
}


def test_the_words_that_are_stored_and_what_they_mean_never_change():
    assert set(MEANINGS) == set(State)
    assert {
        state.value: (state.word, state.status, state.told, state.is_measured, state.is_kept)
        for state in State
    } == EXPECTED


@pytest.mark.parametrize("state", State)
def test_what_is_stored_of_a_state_is_read_as_that_state(state):
    assert state_of(state.word, given_up=state is State.GIVEN_UP) is state


def test_a_word_that_is_no_state_is_refused():
    with pytest.raises(ValueError, match=r"one of complete, diverged, failed, .* got 'given_up'"):
        state_of("given_up")


def test_mlflow_and_optuna_have_these_words():
    assert {status.value for status in Status} <= _mlflow()
    assert all(optuna.trial.TrialState[told].is_finished() for told in Told)


def _mlflow():
    return {RunStatus.to_string(status) for status in RunStatus.all_status()}


def test_what_optuna_is_told_is_what_the_next_start_keeps():
    """A trial that is trained again must still be asked for, and the reverse."""
    assert all((state.told is not None) == state.is_kept for state in State)
    assert all(state.is_kept for state in State if state.is_measured)
