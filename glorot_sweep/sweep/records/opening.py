"""Opening a sweep: find it or create it, compare its configuration, adopt MLflow's own run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.host.provenance import provenance_tags
from glorot_sweep.sweep.records.reconcile import delete_surplus
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import ArtifactError, RunRecord, find_runs
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.sweeps import IDENTITY, read_identity

SOURCE_FILE = "config/sweep.yaml"


@dataclass
class OpenSweep:
    """A sweep on the server.

    Attributes:
        config: its configuration.
        place: store and experiment.
        runs: creates runs in that experiment.
        run: the sweep's own run.
        invocation: the run of `mlflow run`, if that is another one.
        tags: what every run of the sweep carries.
        existing: runs of earlier attempts by their tag `key`.
        is_complete: nothing is left to do.
    """

    config: SweepConfig
    place: Place
    runs: RunStore
    run: RunWriter
    invocation: RunWriter | None
    tags: Mapping[str, str]
    existing: Mapping[str, RunRecord]
    is_complete: bool


def is_complete(place: Place, name: str) -> bool:
    """Return whether nothing is left to do for the sweep of this name."""
    found = find_runs(place.client, [place.experiment_id], kind="sweep", sweep=name)
    return any(map(_has_ended, found))


def _has_ended(sweep: RunRecord) -> bool:
    """Its last tag comes before its status; a kill between them leaves the status to be set."""
    return sweep.tags.get("state") == "complete" and sweep.status == "FINISHED"


def open_sweep(
    config: SweepConfig, source: str, digests: Mapping[str, str], place: Place
) -> OpenSweep:
    """Find the sweep of this name in the experiment, or create it.

    Args:
        config: what the file says.
        source: the file's text, kept with the sweep.
        digests: content digest of each data set.
        place: where.

    Raises:
        UserError: a sweep of this name exists with another configuration or other data.
    """
    runs = RunStore(place.client, place.experiment_id)
    tags = {"sweep": config.name, "config_hash": config.hash(), **provenance_tags()}
    identity = {"config": config.identity(), "digests": dict(digests)}
    marks = {f"digest.{name}": digest for name, digest in digests.items()}
    found = find_runs(place.client, [place.experiment_id], kind="sweep", sweep=config.name)
    if not found:
        run = _create(runs, config, source, identity, {**tags, **marks}, place)
        return OpenSweep(config, place, runs, run, None, tags, {}, False)
    record = _only(place, runs, found)
    _refuse_another(place, record, identity, {"config_hash": config.hash(), **marks}, source)
    invocation = None
    if place.project_run and place.project_run != record.run_id:
        name = f"{config.name}-again"
        invocation = runs.adopt(place.project_run, name, {**tags, "kind": "invocation"})
    ended = _has_ended(record)
    run = RunWriter(place.client, record.run_id, record.started)
    if not ended:
        run = runs.reopen(record.run_id, {**tags, "state": "running"})
    existing = delete_surplus(runs, config.name)
    return OpenSweep(config, place, runs, run, invocation, tags, existing, ended)


def _create(
    runs: RunStore,
    config: SweepConfig,
    source: str,
    identity: Mapping[str, Any],
    tags: Mapping[str, str],
    place: Place,
) -> RunWriter:
    name, tags = config.name, {**tags, "kind": "sweep", "state": "running"}
    if place.project_run:
        run = runs.adopt(place.project_run, name, tags)
    else:
        run = runs.create(name, tags)
    try:
        _store(run, identity, source, place)
    except UserError:
        if not place.project_run:
            runs.delete(run.run_id)
        raise
    _only(place, runs, find_runs(place.client, [place.experiment_id], kind="sweep", sweep=name))
    return run


def _only(place: Place, runs: RunStore, found: list[RunRecord]) -> RunRecord:
    """Return the sweep's run, and delete others: a request whose reply was lost is sent again."""
    if len(found) == 1:
        return found[0]
    kept = next((run for run in found if _is_stored(place, run)), found[0])
    for run in found:
        if run.run_id != kept.run_id:
            runs.delete(run.run_id)
    return kept


def _is_stored(place: Place, run: RunRecord) -> bool:
    try:
        return bool(read_identity(place, run))
    except ArtifactError:
        return False


def _store(run: RunWriter, identity: Mapping[str, Any], source: str, place: Place) -> None:
    try:
        run.text(source, SOURCE_FILE)
        run.json(identity, IDENTITY)  # last: where it is, the other one is too
    except Exception as error:
        reason = str(error).splitlines()[0][:300]
        raise UserError(
            f"the artifact store of experiment {place.experiment_id} cannot be written: {reason}. "
            "Check its rights and its free space."
        ) from None


def _refuse_another(
    place: Place,
    record: RunRecord,
    identity: Mapping[str, Any],
    marks: Mapping[str, str],
    source: str,
) -> None:
    """Refuse to continue a sweep with another configuration or other data.

    A driver that was killed after it had created the run and before it had stored the
    configuration has left the run's tags: if they agree, the configuration is stored now.

    Args:
        place: store and experiment.
        record: the sweep's run.
        identity: configuration and digests as they are now.
        marks: tags with the hash of the one and with the others.
        source: the sweep file's text.
    """
    try:
        stored = read_identity(place, record)
    except ArtifactError:
        tags = {key: value for key, value in record.tags.items() if key in marks}
        _compare(record.tags["sweep"], tags, marks)
        _store(RunWriter(place.client, record.run_id, record.started), identity, source, place)
    else:
        _compare(record.tags["sweep"], stored, identity)


def _compare(name: str, stored: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
    """Refuse to continue a sweep with another configuration; say what differs."""
    before, now = _flatten(stored), _flatten(identity)
    changed = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    if changed:
        lines = [
            f"  {key.removeprefix('config.')}: {before.get(key, 'absent')} -> "
            f"{now.get(key, 'absent')}"
            for key in changed
        ]
        raise UserError(
            f"the sweep {name!r} exists with another configuration (stored -> file):\n"
            + "\n".join(lines)
            + "\nRestore the file to continue that sweep, or give this one another name."
        )


def _flatten(values: Any, prefix: str = "") -> dict[str, Any]:
    if isinstance(values, Mapping):
        flat: dict[str, Any] = {}
        for key, value in values.items():
            flat.update(_flatten(value, f"{prefix}.{key}" if prefix else str(key)))
        return flat
    return {prefix: values}
