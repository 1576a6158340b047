"""The search's trials, and the learning rate that it selected."""

import math

from glorot_sweep.report.claims.cells import sweep_of
from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.claims.trained import none_diverged
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.names import Metric
from glorot_sweep.tracking.schema.trained import TrialRun


def complete_trials(evidence: Evidence, variant: str, depth: int) -> list[TrialRun]:
    """Return the complete trials of a variant at one depth on Shapeset, the best one first.

    Raises:
        MissingRunsError: there is none.
    """
    trials = [
        trial for trial in sweep_of(evidence).trials
        if (trial.dataset, trial.variant, trial.depth) == ("shapeset", variant, depth)
        and trial.state is State.COMPLETE
    ]  # fmt: skip
    if not trials:
        raise MissingRunsError(
            f"no complete trial of {variant} with {depth} hidden layers on shapeset; run a sweep "
            "file that searches this depth with more trials"
        )
    return sorted(trials, key=lambda trial: trial.needs(Metric.OBJECTIVE))


def runs_at_selected_rate(evidence: Evidence, variant: str, depth: int) -> list[LookedAtRun]:
    """Return the runs on Shapeset with statistics, at the learning rate of the best trial.

    Raises:
        MissingRunsError: there is none.
    """
    rate = complete_trials(evidence, variant, depth)[0].learning_rate
    runs = [
        run for run in evidence.runs
        if (run.dataset, run.variant, run.depth) == ("shapeset", variant, depth)
        and math.isclose(run.learning_rate, rate, rel_tol=1e-6)  # a file may have shortened it
        and not run.statistics.empty
    ]  # fmt: skip
    if not runs:
        raise MissingRunsError(
            f"no run of {variant} with {depth} hidden layers on shapeset with layer statistics at "
            f"the selected learning rate {rate!r}; add it to the `monitored` section of a sweep "
            "file"
        )
    return none_diverged(sorted(runs, key=lambda run: (run.kind, run.seed)))
