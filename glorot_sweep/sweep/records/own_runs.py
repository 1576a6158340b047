"""The own run of a sweep, and the lease on it; a lost reply may have left several."""

from collections.abc import Sequence
from typing import Any

from glorot_sweep.tracking.belonging import sweep_runs
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import ArtifactError
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.runs import SweepRun
from glorot_sweep.tracking.sweeps import read_identity


def look_at_lease(place: Place, sweep: str, lease: Lease) -> list[SweepRun]:
    """Return the own runs of a sweep that nobody drives; none, if it is yet to begin.

    Raises:
        SweepHeldError: somebody drives it.
    """
    found = sweep_runs(place.client, place.experiment_id, sweep)
    for run in found:
        lease.look(place.client, run.run_id)
    return found


def take_lease(place: Place, sweep: str, lease: Lease) -> None:
    """Hold a sweep, if it has begun.

    Raises:
        SweepHeldError: somebody else drives it.
    """
    found = look_at_lease(place, sweep, lease)
    if found:
        runs = RunStore(place.client, place.experiment_id)
        lease.take(place.client, kept_run(runs, found).run_id)


def kept_run(runs: RunStore, found: Sequence[SweepRun]) -> SweepRun:
    """Return which of several own runs counts: the oldest whose identity is stored."""
    oldest_first = sorted(found, key=lambda run: (run.started, run.run_id))
    if len(found) == 1:
        return oldest_first[0]
    whole = (run for run in oldest_first if stored_identity(runs, run) is not None)
    return next(whole, oldest_first[0])


def delete_others(runs: RunStore, found: Sequence[SweepRun], kept: SweepRun) -> None:
    """Delete own runs but one: a request whose reply was lost is sent again."""
    for run in found:
        if run.run_id != kept.run_id:
            runs.delete(run.run_id)


def stored_identity(runs: RunStore, sweep: SweepRun) -> dict[str, Any] | None:
    """Return what decides a sweep's numbers, as it was stored; None: it is not there."""
    try:
        return read_identity(runs.client, sweep)
    except ArtifactError:
        return None
