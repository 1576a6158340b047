"""What Optuna is told of a trial that has ended."""

from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from glorot_sweep.sweep.search.attributes import PageOf, of_trial
from glorot_sweep.sweep.storage.times import set_times
from glorot_sweep.training.results import TrialResult


def tell(storage: BaseStorage, trial_id: int, result: TrialResult, page_of: PageOf) -> None:
    """Tell a trial's end; told again, as after a lost reply, it is the same.

    A process that dies before the times are set leaves the trial with those of asking and telling.

    Args:
        storage: Optuna's.
        trial_id: Optuna's.
        result: of the trial.
        page_of: the address of a run's page by its id, if a server shows it.
    """
    stored = storage.get_trial(trial_id)
    if not stored.state.is_finished():
        _tell_values(storage, stored, result, page_of)
    if result.trained is not None:
        set_times(storage, trial_id, result.trained.began, result.trained.ended)


def _tell_values(
    storage: BaseStorage, stored: FrozenTrial, result: TrialResult, page_of: PageOf
) -> None:
    trial_id = stored._trial_id
    for measured in result.curve:
        update, error = measured.update, measured.validation_error
        if update not in stored.intermediate_values:  # those of a process that died
            storage.set_trial_intermediate_value(trial_id, update, error)
    for name, value in of_trial(result, page_of).items():
        storage.set_trial_user_attr(trial_id, name, value)
    assert result.state.told is not None, f"{result.key} has not ended: {result.state}"
    state = TrialState[result.state.told]
    storage.set_trial_state_values(trial_id, state, _values(state, result))


def _values(state: TrialState, result: TrialResult) -> list[float] | None:
    """Return what Optuna notes as a trial's value: for a pruned one the last that was seen."""
    if state == TrialState.COMPLETE:
        return [result.validation_error]
    if state == TrialState.PRUNED and result.curve:
        return [result.curve[-1].validation_error]
    return None
