"""The search's trials, depth by depth."""

from collections.abc import Iterable

from glorot_sweep.report.claims.cells import sweep_of
from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.names import Metric
from glorot_sweep.tracking.schema.trained import TrialRun


def lowest_of_equally_many(
    evidence: Evidence, variant: str, depths: Iterable[int]
) -> tuple[dict[int, float], int, list[str]]:
    """Return the lowest objective of each depth on Shapeset, over equally many trials.

    A minimum over more trials is lower whatever the depth is worth, so as many are counted as the
    depth with the fewest has, the first of each, pruned ones included: a pruned trial was behind.

    Returns:
        Depth to error in percent; how many trials of each were counted; their run ids.

    Raises:
        MissingRunsError: a depth has no trial that is complete.
    """
    by_depth = {depth: _tried(evidence, variant, depth) for depth in depths}
    for depth, trials in by_depth.items():
        if not trials:
            raise MissingRunsError(
                f"no trial of {variant} with {depth} hidden layers on shapeset; run a sweep file "
                "that searches this depth"
            )
    count = min(map(len, by_depth.values()))
    lowest, used = {}, []
    for depth, trials in by_depth.items():
        complete = [trial for trial in trials[:count] if trial.state is State.COMPLETE]
        if not complete:
            raise MissingRunsError(
                f"no complete trial of {variant} with {depth} hidden layers on shapeset; run a "
                "sweep file that searches this depth with more trials"
            )
        lowest[depth] = min(trial.needs(Metric.OBJECTIVE) for trial in complete)
        used += [trial.run_id for trial in trials[:count]]
    return lowest, count, used


def _tried(evidence: Evidence, variant: str, depth: int) -> list[TrialRun]:
    """The trials of a depth that came to an end, those of one number by group.

    A factor may be the depth.
    """
    sweep = sweep_of(evidence)
    width = sweep.config.network.middle_width
    trials = [
        trial for one in sweep.at_values if one.config.network.middle_width == width
        for trial in one.trials
        if (trial.dataset, trial.variant, trial.depth) == ("shapeset", variant, depth)
        and (trial.state.is_measured or trial.state is State.PRUNED)
    ]  # fmt: skip
    return sorted(trials, key=lambda trial: (trial.trial or 0, trial.group or 0))
