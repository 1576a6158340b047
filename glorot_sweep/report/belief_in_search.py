"""Whether what a search found is what its runs say: rates, curves of trials, who was repeated."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from glorot_sweep.report.belief import ONE_WINNER, ROUNDING, Curves, Doubt, about
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.names import Curve, Param
from glorot_sweep.tracking.schema.trained import ReplicateRun, TrialRun

REPEATED = tuple(name for name in ONE_WINNER if name != Param.UPDATES)
"""What a replicate has from its winner, which may have been trained for another length."""

SIX_DECIMALS = 1e-6
"""To these the logarithm of a rate is stored."""


def doubts_about_search(
    trials: Sequence[TrialRun],
    replicates: Sequence[ReplicateRun],
    curves: Mapping[str, Curves],
    window: int,
) -> list[Doubt]:
    """Return what contradicts itself in the runs of a search and in those that repeat its winners.

    Args:
        trials: those that the configuration asks for.
        replicates: likewise.
        curves: of the trials, by run id; without points nothing is compared.
        window: evaluations that a final error is the mean of.
    """
    runs: list[TrialRun | ReplicateRun] = [*trials, *replicates]
    rates = [about(run, what) for run in runs for what in _other_rate(run)]
    curved = [about(run, what) for run in trials for what in _other_end(run, curves, window)]
    return [*rates, *curved, *_not_of_their_winner(replicates, trials)]


def _other_rate(run: TrialRun | ReplicateRun) -> Iterator[str]:
    rate, logarithm = run.learning_rate, run.log10_learning_rate
    if abs(math.log10(rate) - logarithm) > SIX_DECIMALS:
        yield f"says learning_rate {rate:g}, but log10_learning_rate {logarithm:g}"


def _other_end(run: TrialRun, curves: Mapping[str, Curves], window: int) -> Iterator[str]:
    points = curves.get(run.run_id, {}).get(Curve.VALIDATION_ERROR, {})
    if run.state is not State.COMPLETE or run.objective is None or not points:
        return
    last = sorted(points)[-window:]
    mean = sum(points[update] for update in last) / len(last)
    if not abs(mean - run.objective) <= ROUNDING:
        yield (
            f"says objective {run.objective:.6g}, but the last {len(last)} points of its curve "
            f"{Curve.VALIDATION_ERROR} have the mean {mean:.6g}"
        )


def _not_of_their_winner(
    replicates: Iterable[ReplicateRun], trials: Iterable[TrialRun]
) -> Iterator[Doubt]:
    """Yield where a replicate has other settings than the trial that it repeats."""
    found = {(run.dataset, run.variant, run.group, f"t{run.trial:03d}"): run for run in trials
             if run.trial is not None}  # fmt: skip
    for run in replicates:
        key = (run.dataset, run.variant, run.group, run.winner or "")
        if (winner := found.get(key)) is None:  # a trial that is gone is named by itself
            continue
        for name in REPEATED:
            own, its = getattr(run, name), getattr(winner, name)
            if own != its:
                yield about(run, f"has {name} {own}, and {winner.name}, which it repeats, {its}")
