"""Finding a sweep by its name, and its configuration as it was stored."""

from typing import Any

from mlflow import MlflowClient
from pydantic import ValidationError

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest
from glorot_sweep.tracking.belonging import begun_runs, refuse_several
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.records import ArtifactError, find_runs, read_json
from glorot_sweep.tracking.schema.fields import shortened
from glorot_sweep.tracking.schema.names import NO_SWEEP, Artifact, Kind, Tag, grown_path
from glorot_sweep.tracking.schema.runs import SweepRun, read
from glorot_sweep.tracking.stored_identity import stored_rows, why_unreadable

LONGEST_REASON = 1000  # characters; it may list all variants that are known


def find_sweep(place: Place, name: str) -> SweepRun:
    """Return the run of a sweep, whatever its state.

    The names are compared here: one with a quote would break a search on the server. Of several own
    runs, as a lost reply leaves them, that one counts with which something was begun.

    Raises:
        UserError: the experiment has no such sweep; names the nearest. Or it has two of this name.
    """
    runs = find_runs(place.client, [place.experiment_id], kind=Kind.SWEEP)
    found = [run for run in runs if run.tags.get(Tag.SWEEP) == name]
    if not found:
        known = sorted({run.tags.get(Tag.SWEEP, NO_SWEEP) for run in runs})
        hint = nearest(name, known) if known else "; this experiment has no sweep yet"
        raise UserError(f"no sweep {name!r} in {place.shown_uri}{hint}")
    own = [read(SweepRun, run) for run in found]
    refuse_several(place.client, place.experiment_id, own)
    return next(iter(begun_runs(place.client, place.experiment_id, own)), own[0])


def sweep_names(place: Place) -> list[str]:
    """Return the names of an experiment's sweeps, oldest first, each once."""
    runs = find_runs(place.client, [place.experiment_id], kind=Kind.SWEEP)
    return list(dict.fromkeys(run.tags.get(Tag.SWEEP, NO_SWEEP) for run in runs))


def refuse_partial(place: Place, sweep: SweepRun) -> None:
    """Refuse a sweep that was being deleted or imported when the process was stopped.

    Raises:
        UserError: says how that is brought to its end.
    """
    deletes = f"`glorot-sweep delete {sweep.sweep}{place_options(place)}`"
    if sweep.deletion is not None:
        raise UserError(
            f"the sweep {sweep.sweep!r} (run {sweep.run_id}) is partly deleted. {deletes} "
            "deletes the rest; then its name is free."
        )
    if sweep.importing is not None:
        raise UserError(
            f"the sweep {sweep.sweep!r} (run {sweep.run_id}) is partly imported, from the file of "
            f"digest {sweep.importing}. `glorot-sweep import` of that file makes it whole; "
            f"{deletes} takes it out."
        )


def read_identity(client: MlflowClient, sweep: SweepRun) -> dict[str, Any]:
    """Return what decides a sweep's numbers, as it was stored.

    Raises:
        ArtifactError: it is missing or unreadable: the driver was killed before it had stored it;
            or it is none, or was changed since.
    """
    path = grown_path(Artifact.IDENTITY, len(sweep.growths))
    identity: dict[str, Any] = read_json(client, sweep.run_id, path)
    if reason := why_unreadable(identity, sweep.config_hash):
        raise ArtifactError(f"{path} of the run {sweep.run_id} cannot be believed ({reason})")
    return identity


def read_config(place: Place, sweep: SweepRun) -> SweepConfig:
    """Return a sweep's configuration, without the part that changes no number.

    Raises:
        UserError: it is missing or unreadable, which says how it is stored again, or it names
            what this version does not know.
    """
    try:
        stored = read_identity(place.client, sweep)
    except ArtifactError as error:
        raise UserError(
            f"the sweep {sweep.sweep!r} (run {sweep.run_id}) has no stored configuration: "
            f"{error}. The command that started the sweep stores it again and continues."
        ) from None
    try:
        rows = stored_rows(stored, sweep.labels)
        config = SweepConfig.from_identity(stored["config"], rows)
    except ValueError as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        reason = shortened(first, LONGEST_REASON)
        raise UserError(
            f"the configuration of the sweep {sweep.sweep!r} (run {sweep.run_id}) cannot be read "
            f"by this version: {reason}. Use the version that began it, or register the parts "
            "that it names."
        ) from None
    return config.model_copy(update={"paper": sweep.paper})
