"""One run for each trial: what a lost reply or a dead worker has left behind is sorted out."""

from collections.abc import Iterable

from glorot_sweep.sweep.records.recording import STATUS
from glorot_sweep.tracking.records import RunRecord, find_runs
from glorot_sweep.tracking.runs import RunStore, RunWriter, Status

ORPHAN = "its worker is gone"
TRAINED = {"trial", "replicate", "monitored"}


def has_ended(run: RunRecord) -> bool:
    """Return whether a run holds everything that its trial should leave, whatever its status."""
    return run.tags.get("state") in STATUS and "updates_done" in run.metrics


def sort_out(runs: Iterable[RunRecord]) -> tuple[dict[str, RunRecord], list[RunRecord]]:
    """Return the run of each key, and the runs that a key has too many.

    A request whose reply was lost is sent again and makes a second run. The one that has ended
    stays, else the one with more attempts, else the older.
    """
    best: dict[str, RunRecord] = {}
    surplus: list[RunRecord] = []
    for run in runs:
        key = run.tags.get("key")
        if key is None:
            continue
        if key in best and _rank(run) <= _rank(best[key]):
            surplus.append(run)
            continue
        if key in best:
            surplus.append(best[key])
        best[key] = run
    return best, surplus


def delete_surplus(runs: RunStore, sweep: str) -> dict[str, RunRecord]:
    """Delete the runs that a trial of the sweep has too many; return the run of each key."""
    best, surplus = sort_out(find_runs(runs.client, [runs.experiment_id], sweep=sweep))
    for run in surplus:
        runs.delete(run.run_id)
    return best


def delete_unfinished(runs: RunStore, sweep: str) -> None:
    """Delete the trials, replicates and monitored runs of a sweep that have not ended.

    What they hold was made otherwise than what is made now; a run is never of two kinds.
    """
    for run in find_runs(runs.client, [runs.experiment_id], sweep=sweep):
        if run.tags.get("kind") in TRAINED and not has_ended(run):
            runs.delete(run.run_id)


def _rank(run: RunRecord) -> tuple[bool, int, int]:
    return has_ended(run), int(run.tags.get("attempt", "0")), -run.started


def close_orphan(runs: RunStore, run: RunRecord) -> Status:
    """Give a run that is RUNNING without a worker its true status, and return that.

    A worker that dies between a run's last metric and its status leaves an ended run RUNNING.
    """
    writer = RunWriter(runs.client, run.run_id, run.started)
    if "given_up" in run.tags:
        writer.finish("FAILED", {})
        return "FAILED"
    if has_ended(run):
        status: Status = STATUS[run.tags["state"]]
        writer.finish(status, {})
        return status
    writer.finish("KILLED", {"state": "killed", "reason": ORPHAN})
    return "KILLED"
