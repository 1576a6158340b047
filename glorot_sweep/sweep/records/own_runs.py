"""The own run of a sweep, and the lease on it; a lost reply may have left several."""

import logging
from collections.abc import Sequence
from typing import Any

from glorot_sweep.tracking.belonging import begun_runs, sweep_runs
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import ArtifactError
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.runs import SweepRun
from glorot_sweep.tracking.sweeps import read_identity

logger = logging.getLogger(__name__)


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
    """Return which of several own runs counts: the oldest that other runs name, or has ended.

    If none has, it is the oldest whose identity is stored: what a lost reply has left has none.
    """
    if len(found) == 1:
        return found[0]
    begun = {run.run_id for run in begun_runs(runs.client, runs.experiment_id, found)}

    def rank(run: SweepRun) -> tuple[bool, bool, int, str]:
        has_no_identity = stored_identity(runs, run) is None
        return run.run_id not in begun, has_no_identity, run.started, run.run_id

    return min(found, key=rank)


def delete_others(runs: RunStore, found: Sequence[SweepRun], kept: SweepRun) -> None:
    """Delete own runs but one: a request whose reply was lost is sent again."""
    for run in found:
        if run.run_id != kept.run_id:
            logger.warning(
                "the sweep %r has two own runs; %s counts, and %s, with which nothing was begun, "
                "is deleted", run.sweep, kept.run_id, run.run_id,
            )  # fmt: skip
            runs.delete(run.run_id)


def stored_identity(runs: RunStore, sweep: SweepRun) -> dict[str, Any] | None:
    """Return what decides a sweep's numbers, as it was stored; None: it is not there."""
    try:
        return read_identity(runs.client, sweep)
    except ArtifactError:
        return None
