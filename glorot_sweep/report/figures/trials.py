"""Trials of a search that a figure can show."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.trained import TrialRun

DRAWN = (State.COMPLETE, State.PRUNED, State.DIVERGED)


@dataclass(frozen=True)
class Trial:
    """A trial as it is drawn.

    Attributes:
        dataset, variant, depth, learning_rate: its specification.
        state: one of `DRAWN`.
        error: final validation error in percent; a pruned trial's best one; that of the
            majority class for a diverged trial.
    """

    dataset: str
    variant: str
    depth: int
    learning_rate: float
    state: State
    error: float


def measured_trials(records: Iterable[TrialRun]) -> tuple[list[Trial], tuple[str, ...]]:
    """Return the trials with a validation error, and notes on how many others there are."""
    trials, left_out = [], Counter[str]()
    for record in records:
        pruned = record.state is State.PRUNED
        error = record.best_validation_error if pruned else record.objective
        if record.state not in DRAWN:
            left_out[record.state.word] += 1
        elif error is None:
            left_out[f"{record.state.word} before the first validation error"] += 1
        else:
            trials.append(_trial(record, error))
    return trials, tuple(f"trials not drawn: {n} {why}" for why, n in sorted(left_out.items()))


def _trial(record: TrialRun, error: float) -> Trial:
    return Trial(
        dataset=record.dataset,
        variant=record.variant,
        depth=record.depth,
        learning_rate=record.learning_rate,
        state=record.state,
        error=error,
    )
