"""One run for each trial: what a lost reply or a dead worker has left behind is sorted out."""

import math
from collections.abc import Collection, Iterable

from glorot_sweep.tracking.belonging import OwnRun, runs_of
from glorot_sweep.tracking.life import State, Told
from glorot_sweep.tracking.records import read_curve, read_times
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.members import member_run
from glorot_sweep.tracking.schema.names import Curve, Kind, Metric
from glorot_sweep.tracking.schema.trained import MemberRun
from glorot_sweep.training.results import Evaluation, Trained, TrialResult

ORPHAN = "its worker is gone"
TRAINED = {Kind.TRIAL, Kind.REPLICATE, Kind.MONITORED}


def members(runs: RunStore, sweep: OwnRun) -> list[MemberRun]:
    """Return every run of a sweep, its own included, oldest first."""
    found = runs_of(runs.client, runs.experiment_id, sweep)
    return [member_run(run) for run in found]


def sort_out(
    runs: Iterable[MemberRun], ours: Collection[str] = ()
) -> tuple[dict[str, MemberRun], list[MemberRun]]:
    """Return the run of each key, and the runs that a key has too many.

    A request whose reply was lost is sent again and makes a second run. The one that is whole
    stays, else one of `ours`, else the one with more attempts, else the older.

    Args:
        runs: of a sweep.
        ours: ids of those that this process is writing.
    """

    def rank(run: MemberRun) -> tuple[bool, bool, int, int]:
        return run.is_whole, run.run_id in ours, run.attempt, -run.started

    best: dict[str, MemberRun] = {}
    surplus: list[MemberRun] = []
    for run in runs:
        key = run.key
        if key is None:
            continue
        if key in best and rank(run) <= rank(best[key]):
            surplus.append(run)
            continue
        if key in best:
            surplus.append(best[key])
        best[key] = run
    return best, surplus


def delete_surplus(
    runs: RunStore, sweep: OwnRun, ours: Collection[str] = ()
) -> dict[str, MemberRun]:
    """Delete the runs that a trial of the sweep has too many; return the run of each key."""
    best, surplus = sort_out(members(runs, sweep), ours)
    for run in surplus:
        runs.delete(run.run_id)
    return best


def delete_unfinished(runs: RunStore, sweep: OwnRun) -> None:
    """Delete the trials, replicates and monitored runs of a sweep that have not ended.

    What they hold was made otherwise than what is made now; a run is never of two kinds. One that
    was given up has ended: Optuna was told of it, and a look may have been made without its seed.
    """
    for run in members(runs, sweep):
        if run.kind in TRAINED and not (run.is_whole or run.given_up):
            runs.delete(run.run_id)


def trained_in(runs: RunStore, run: MemberRun) -> Trained | None:
    """Return when a trial was trained whose run has ended, as far as MLflow knows it."""
    times = read_times(runs.client, run.run_id)
    return None if times is None else Trained(run.run_id, *times)


def result_in(runs: RunStore, run: MemberRun) -> TrialResult:
    """Return a trial's result as its run tells it; only what Optuna is told."""
    curve = read_curve(runs.client, run.run_id, Curve.VALIDATION_ERROR)
    measured = tuple(Evaluation(at, 0.0, 0.0, error) for at, error in sorted(curve.items()))
    error = run.needs(Metric.OBJECTIVE) if run.state.told is Told.COMPLETE else math.nan
    trained = trained_in(runs, run)
    return TrialResult(
        str(run.key), run.state, run.updates_done or 0, measured, error, trained=trained
    )


def close_orphan(runs: RunStore, run: MemberRun) -> State:
    """Give a run that is RUNNING without a worker its true status, and return its state.

    A worker that dies between a run's last metric and its status leaves a whole run RUNNING.
    """
    writer = RunWriter(runs.client, run.run_id, run.started)
    if run.given_up or run.is_whole:
        writer.finish(run.state)
        return run.state
    writer.finish(State.KILLED, ORPHAN)
    return State.KILLED
