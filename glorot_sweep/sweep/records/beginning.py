"""The beginning of a sweep: its own run, and what decides its numbers, stored with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from glorot_sweep.errors import ServiceLostError, SweepHeldError, UserError, first_line
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.sweep.records.identity import Identity
from glorot_sweep.sweep.records.own_runs import delete_others, kept_run
from glorot_sweep.tracking.belonging import sweep_runs
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.driving import NOT_HELD
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind, grown_path
from glorot_sweep.tracking.schema.runs import Mark, standing


@dataclass(frozen=True)
class Sources:
    """What a sweep was asked with, as text.

    Attributes:
        file: the sweep file's.
        plugins: those that it and the command name.
    """

    file: str
    plugins: tuple[Plugin, ...]


def begin(
    runs: RunStore,
    name: str,
    identity: Identity,
    sources: Sources,
    tags: Mapping[str, str],
    place: Place,
    lease: Lease,
) -> RunWriter:
    """Create the own run of a sweep, and store what decides its numbers.

    Raises:
        UserError: the artifact store cannot be written; nothing is left.
        SweepHeldError: another driver has begun the sweep at the same moment.
    """
    tags = {**tags, **tags_of(Mark(kind=Kind.SWEEP), standing(State.RUNNING)), **lease.tags}
    if place.project_run:
        run = runs.adopt(place.project_run, name, tags)
    else:
        run = runs.create(name, tags)
    try:
        found = partial(sweep_runs, runs.client, runs.experiment_id, name)
        lease.begin(runs.client, run.run_id, found)
        store(run, identity, sources, place.experiment_id)
    except SweepHeldError:
        _give_way(runs, run, place)
        raise
    except (ServiceLostError, UserError):
        if not place.project_run:
            runs.delete(run.run_id)
        raise
    made = found()
    delete_others(runs, made, kept_run(runs, made))
    return run


def _give_way(runs: RunStore, run: RunWriter, place: Place) -> None:
    """Take back the own run of a sweep that another driver has begun at the same moment."""
    if place.project_run:
        run.tag(tags_of(Mark(kind=Kind.INVOCATION), NOT_HELD))
    else:
        runs.delete(run.run_id)


def store(
    run: RunWriter, identity: Identity, sources: Sources, experiment_id: str, growths: int = 0
) -> None:
    """Store what decides a sweep's numbers, and its texts: of each growth beside those before.

    Raises:
        UserError: the artifact store cannot be written.
    """
    try:
        run.text(sources.file, grown_path(Artifact.SWEEP_FILE, growths))
        for plugin in sources.plugins:
            for module, text in plugin.files.items():
                folder = grown_path(f"{Artifact.PLUGINS}/", growths)
                run.text(text, f"{folder}{plugin.path_of(module)}")
        # Last: where it is, the others are too.
        run.json(identity.stored(), grown_path(Artifact.IDENTITY, growths))
    except Exception as error:
        where = f"the artifact store of experiment {experiment_id}"
        tell_full_disk(error, where)
        reason = first_line(error)[:300]
        raise UserError(f"{where} cannot be written: {reason}. Check its rights.") from None
