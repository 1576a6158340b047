"""Which runs belong to a sweep: those that name its own run, not all that have its name.

Whoever deletes a sweep's own run in MLflow leaves its children. A sweep that is begun afterwards
under the same name has nothing to do with them.
"""

import hashlib
import json
from dataclasses import dataclass

from mlflow import MlflowClient

from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.runs import SweepRun, read


@dataclass(frozen=True)
class OwnRun:
    """The run of a sweep itself, by which its other runs are known.

    Attributes:
        sweep: the sweep's name.
        run_id: MLflow's.
        started: milliseconds since 1970.
    """

    sweep: str
    run_id: str
    started: int

    def owns(self, run: RunRecord) -> bool:
        """Return whether a run with the sweep's name belongs to it.

        Earlier versions did not write whose a run is. Such a run belongs to the sweep if it was
        made after the sweep's own run.
        """
        if run.run_id == self.run_id:
            return True
        named = run.tags.get(Tag.SWEEP_RUN)
        return run.started >= self.started if named is None else named == self.run_id


def own_run(sweep: SweepRun) -> OwnRun:
    """Return what a sweep's runs are known by."""
    return OwnRun(sweep.sweep, sweep.run_id, sweep.started)


def sweep_runs(client: MlflowClient, experiment_id: str, name: str) -> list[SweepRun]:
    """Return the own runs of sweeps of this name; more than one after a lost reply."""
    found = find_runs(client, [experiment_id], kind=Kind.SWEEP, sweep=name)
    return [read(SweepRun, run) for run in found]


def runs_of(
    client: MlflowClient,
    experiment_id: str,
    own: OwnRun,
    *,
    kind: Kind | None = None,
    key: str | None = None,
    superseded: bool = False,
) -> list[RunRecord]:
    """Return the runs that belong to a sweep, its own included, oldest first.

    Replicates that were superseded when it grew are kept, but nothing is made of them.

    Args:
        client: of the store.
        experiment_id: the sweep's.
        own: the sweep.
        kind: of the runs; None: any.
        key: of the run; None: any.
        superseded: return those too.
    """
    found = find_runs(client, [experiment_id], sweep=own.sweep, kind=kind, key=key)
    return [
        run for run in found if own.owns(run) and (superseded or Tag.SUPERSEDED not in run.tags)
    ]


def strays(client: MlflowClient, experiment_id: str, name: str) -> list[RunRecord]:
    """Return the runs with a sweep's name that belong to no sweep that is there."""
    owners = [own_run(sweep) for sweep in sweep_runs(client, experiment_id, name)]
    found = find_runs(client, [experiment_id], sweep=name)
    return [run for run in found if not any(own.owns(run) for own in owners)]


MADE_FROM = {Kind.TRIAL, Kind.REPLICATE, Kind.MONITORED}


def runs_digest(place: Place, sweep: SweepRun) -> str:
    """Return a digest of all that a sweep's report is made from.

    It changes with every run that comes, goes, is trained again or is given other values, and with
    the labels of the sweep.
    """
    return runs_digests(place, sweep)[0]


def runs_digests(place: Place, sweep: SweepRun) -> tuple[str, str]:
    """Return the digest, and as earlier versions wrote it, without labels."""
    found = runs_of(place.client, place.experiment_id, own_run(sweep))
    content = [
        [run.run_id, run.status, sorted(run.tags.items()), sorted(run.metrics.items())]
        for run in found
        if run.tags.get(Tag.KIND) in MADE_FROM
    ]
    before = [sweep.config_hash, sorted(content)]
    return _short_digest([*before, dict(sweep.labels)]), _short_digest(before)


def _short_digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
