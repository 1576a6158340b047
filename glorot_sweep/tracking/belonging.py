"""Which runs belong to a sweep: those that name its own run, not all that have its name.

Whoever deletes a sweep's own run in MLflow leaves its children. A sweep that is begun afterwards
under the same name has nothing to do with them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from mlflow import MlflowClient

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.runs import SweepRun, kind_of, read
from glorot_sweep.tracking.sweep_words import begun_at, state_of_sweep


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


def begun_runs(
    client: MlflowClient, experiment_id: str, found: Sequence[SweepRun]
) -> list[SweepRun]:
    """Return, oldest first, the own runs that other runs name, or that have ended.

    The runs of earlier versions name none.

    Args:
        client: of the store.
        experiment_id: the sweep's.
        found: all own runs of sweeps of one name; a single one counts, whatever it is.
    """
    if len(found) == 1:
        return list(found)
    members = find_runs(client, [experiment_id], sweep=found[0].sweep)
    owners = {run.tags.get(Tag.SWEEP_RUN) for run in members}
    oldest_first = sorted(found, key=lambda run: (run.started, run.run_id))
    return [run for run in oldest_first if run.run_id in owners or run.state is State.COMPLETE]


def refuse_several(client: MlflowClient, experiment_id: str, found: Sequence[SweepRun]) -> None:
    """Refuse to choose between two sweeps of one name: a deleted own run was restored.

    Raises:
        UserError: names them.
    """
    begun = begun_runs(client, experiment_id, found)
    if len(begun) > 1:
        raise several(begun)


def several(found: Sequence[SweepRun]) -> UserError:
    """Return the error that an experiment has more than one sweep of a name."""
    which = " and ".join(
        f"{run.run_id} (begun {begun_at(run)}, {state_of_sweep(run)})" for run in found
    )
    return UserError(
        f"the experiment has {len(found)} sweeps {found[0].sweep!r}, their own runs are "
        f"{which}: one that was deleted is restored. Nothing was changed. Delete the one that "
        "is not wanted (mlflow runs delete --run-id ...); the same command goes on with the "
        "other."
    )


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


def owned_and_strays(
    client: MlflowClient, experiment_id: str, name: str
) -> tuple[list[RunRecord], list[RunRecord]]:
    """Return the runs with a sweep's name that belong to a sweep that is there, and the others."""
    found = find_runs(client, [experiment_id], sweep=name)
    owners = [own_run(read(SweepRun, run)) for run in found if kind_of(run) is Kind.SWEEP]
    owned, others = list[RunRecord](), list[RunRecord]()
    for run in found:
        (owned if any(own.owns(run) for own in owners) else others).append(run)
    return owned, others


def strays(client: MlflowClient, experiment_id: str, name: str) -> list[RunRecord]:
    """Return the runs with a sweep's name that belong to no sweep that is there."""
    return owned_and_strays(client, experiment_id, name)[1]


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
