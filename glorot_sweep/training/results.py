"""What comes back from a pack, as plain data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.tracking.life import State


@dataclass(frozen=True)
class Evaluation:
    """How well one trial does after some updates.

    Attributes:
        update: SGD steps done.
        train_loss: mean, over the training examples since the last evaluation, of the cost that the
            trial is trained on: nats, or 0 to 2 of the quadratic cost.
        validation_loss: mean negative log-likelihood of the validation set, in nats, whatever the
            trial is trained on.
        validation_error: percent.
        test_error: percent; None where it is not measured.
    """

    update: int
    train_loss: float
    validation_loss: float
    validation_error: float
    test_error: float | None = None


@dataclass(frozen=True)
class Trained:
    """Where a result was written, and when it was trained.

    Attributes:
        run_id: of its run.
        began, ended: of the training, in seconds since 1970, by the clock of its machine; a trial
            that leaves its pack ends before its neighbours.
    """

    run_id: str
    began: float
    ended: float


@dataclass(frozen=True)
class TrialResult:
    """A trial's outcome.

    Attributes:
        key: the trial's key.
        state: how it ended. The errors of a diverged trial are those of always answering the
            majority class; one that is given up has none.
        updates: SGD steps done.
        curve: every evaluation; those of a diverged trial end before the one that showed it.
        validation_error: percent: the mean over the last evaluations, as many as the trial's
            window; of a pruned one the last.
        test_error: likewise; None unless the trial is a replicate.
        test_predictions: classes [n_test], uint8, of a replicate: those of the last evaluation.
        weights: name to array of a replicate: weight_0 [fan_in, fan_out], bias_0 [fan_out], ...
        statistics: what the probe has seen in its layers, in the order of the updates.
        trained: where and when; None as long as nothing was written. Results that differ in
            nothing else are equal.
    """

    key: str
    state: State
    updates: int
    curve: tuple[Evaluation, ...]
    validation_error: float
    test_error: float | None = None
    test_predictions: NDArray[np.uint8] | None = None
    weights: dict[str, NDArray[np.float32]] | None = None
    statistics: tuple[LayerStatistics, ...] = ()
    trained: Trained | None = field(default=None, compare=False)


def final_errors(curve: Sequence[Evaluation], window: int) -> tuple[float, float | None]:
    """Return the means of validation and test error over the last evaluations, percent.

    Args:
        curve: every evaluation, at least `window`.
        window: how many of them count.

    Example:
        >>> curve = [Evaluation(u, 0.0, 0.0, error) for u, error in ((1, 9.0), (2, 6.0), (3, 5.0))]
        >>> final_errors(curve, 2)
        (5.5, None)
    """
    last = curve[-window:]
    test = [look.test_error for look in last if look.test_error is not None]
    return _mean([look.validation_error for look in last]), _mean(test) if test else None


def _mean(errors: Sequence[float]) -> float:
    if len(set(errors)) == 1:
        return errors[0]  # networks that do not learn tie at one error, to its last bit
    return math.fsum(errors) / len(errors)  # rounded twice, whatever the order


def given_up(key: str, trained: Trained | None = None) -> TrialResult:
    """Return the result of a trial that is given up."""
    return TrialResult(key, State.GIVEN_UP, 0, (), float("nan"), trained=trained)


@dataclass(frozen=True)
class PackResult:
    """Results in the order of the pack's trials, and what the training took.

    Attributes:
        trials: one result for each trial.
        seconds: wall time of the training.
        model_updates: SGD steps done by all trials together, those of pre-training included.
    """

    trials: tuple[TrialResult, ...]
    seconds: float
    model_updates: int
