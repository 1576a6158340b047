"""Trials of a search that a figure can show."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from glorot_sweep.tracking.records import RunRecord

ERROR_METRICS = {
    "complete": "objective",
    "pruned": "best/validation_error_percent",
    "diverged": "objective",
}


@dataclass(frozen=True)
class Trial:
    """A trial as it is drawn.

    Attributes:
        dataset, variant, depth, learning_rate: its specification.
        state: `complete`, `pruned` or `diverged`.
        error: validation error in percent: at the end; a pruned trial's best one; that of the
            majority class for a diverged trial.
    """

    dataset: str
    variant: str
    depth: int
    learning_rate: float
    state: str
    error: float


def measured_trials(records: Iterable[RunRecord]) -> tuple[list[Trial], tuple[str, ...]]:
    """Return the trials with a validation error, and notes on how many others there are."""
    trials, left_out = [], Counter[str]()
    for record in records:
        state = record.tags["state"]
        metric = ERROR_METRICS.get(state)
        if metric is None:
            left_out[state] += 1
        elif metric not in record.metrics:
            left_out[f"{state} before the first validation error"] += 1
        else:
            trials.append(_trial(record, state, record.metrics[metric]))
    return trials, tuple(f"trials not drawn: {n} {why}" for why, n in sorted(left_out.items()))


def _trial(record: RunRecord, state: str, error: float) -> Trial:
    return Trial(
        dataset=record.tags["dataset"],
        variant=record.tags["variant"],
        depth=int(record.params["depth"]),
        learning_rate=float(record.params["learning_rate"]),
        state=state,
        error=error,
    )
