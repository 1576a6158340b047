"""Opening a sweep: find it or create it, compare its configuration, adopt MLflow's own run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.engine.choice import Engines
from glorot_sweep.errors import ServiceLostError, SweepHeldError, UserError
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.host.provenance import Provenance
from glorot_sweep.sweep.contents.engines import (
    engine_words,
    refuse_another_engine,
)
from glorot_sweep.sweep.records.completeness import delete_without_predictions, lacking
from glorot_sweep.sweep.records.identity import (
    DATA_SET,
    Identity,
    changes,
    changes_of_tags,
    hashes_of,
    identity_of,
    lines,
    refuse_another_question,
    refuse_change,
    without_harmless,
)
from glorot_sweep.sweep.records.own_runs import (
    delete_others,
    kept_run,
    refuse_several,
    stored_identity,
)
from glorot_sweep.sweep.records.reconcile import delete_surplus, delete_unfinished
from glorot_sweep.tracking.belonging import OwnRun, own_run, strays, sweep_runs
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.driving import NOT_HELD
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind
from glorot_sweep.tracking.schema.runs import (
    About,
    Digests,
    MadeBy,
    Mark,
    OfSweep,
    SweepRun,
    origin_of,
    standing,
)
from glorot_sweep.tracking.schema.trained import MemberRun
from glorot_sweep.tracking.sweeps import refuse_partial


@dataclass
class OpenSweep:
    """A sweep on the server.

    Attributes:
        config: its configuration.
        place: store and experiment.
        runs: creates runs in that experiment.
        engines: of each variant.
        run: the sweep's own run.
        invocation: the run of `mlflow run`, if that is another one.
        tags: what every run of the sweep carries.
        identity: what decides its numbers.
        existing: runs of earlier attempts by their tag `key`.
        is_complete: nothing is left to do.
        lease: by which this process is its one driver.
        strays: how many runs of an earlier sweep of this name, whose own run was deleted, are left.
    """

    config: SweepConfig
    place: Place
    runs: RunStore
    engines: Engines
    run: RunWriter
    invocation: RunWriter | None
    tags: Mapping[str, str]
    identity: Identity
    existing: Mapping[str, MemberRun]
    is_complete: bool
    lease: Lease
    strays: int = 0

    @property
    def own(self) -> OwnRun:
        """What the runs of the sweep are known by."""
        return OwnRun(self.config.name, self.run.run_id, self.run.started)

    def tags_for(self, variant: str) -> dict[str, str]:
        """Return what every run of a variant carries, accepted changes among it."""
        return {**self.tags, **self.identity.tags(variant)}


def is_complete(place: Place, config: SweepConfig) -> bool:
    """Return whether nothing is left to do for a sweep: its runs are looked at, one by one."""
    found = sweep_runs(place.client, place.experiment_id, config.name)
    return any(_has_ended(own) and not lacking(place, config, own_run(own)) for own in found)


def _has_ended(sweep: SweepRun) -> bool:
    """Its last tag comes before its status; a kill between them leaves the status to be set."""
    return sweep.state is State.COMPLETE and sweep.status is Status.FINISHED


def open_sweep(
    config: SweepConfig,
    source: str,
    digests: Mapping[str, str],
    place: Place,
    made_with: Provenance,
    engines: Engines,
    lease: Lease,
    *,
    accept_change: bool = False,
) -> OpenSweep:
    """Find the sweep of this name in the experiment, or create it.

    Args:
        config: what the file says.
        source: the file's text, kept with the sweep.
        digests: content digest of each data set.
        place: where.
        made_with: code, libraries and processor of the runs that will be made.
        engines: of each variant, those that it was begun with if it exists.
        lease: taken here, unless it was before, or nothing is left to do.
        accept_change: go on although runs made now may differ from those that are there.

    Raises:
        UserError: a sweep of this name exists with another configuration, other data, parts,
            code or libraries, from another processor or with another engine than the file asks
            for, or is partly deleted.
        SweepHeldError: another driver has begun it meanwhile.
    """
    runs = RunStore(place.client, place.experiment_id)
    now = identity_of(config, digests, made_with, engines)
    tags = tags_of(origin_of(made_with, config.name, config.hash()))
    made_by = MadeBy(engine=engine_words(engines))
    marks = tags_of(Digests(digests=digests), About(paper=config.paper), made_by)
    found = sweep_runs(place.client, place.experiment_id, config.name)
    if not found:
        run = _create(runs, config.name, now, source, {**tags, **marks}, place, lease)
        left = len(strays(place.client, place.experiment_id, config.name))
        tags |= tags_of(OfSweep(sweep_run=run.run_id))
        return OpenSweep(config, place, runs, engines, run, None, tags, now, {}, False, lease, left)
    refuse_several(runs, found)
    record = kept_run(runs, found)
    refuse_partial(record)
    refuse_another_engine(config, engines)
    own = own_run(record)
    ended = _has_ended(record) and not lacking(place, config, own)
    if not ended:
        lease.take(place.client, record.run_id)
    identity = _continued(runs, record, now, {**tags, **marks}, source, accept_change, ended)
    delete_others(runs, found, record)  # what is refused changes nothing
    tags |= tags_of(OfSweep(sweep_run=record.run_id))
    whole = {**tags, **identity.tags()}
    invocation = None
    if place.project_run and place.project_run != record.run_id:
        name = f"{config.name}-again"
        invocation = runs.adopt(
            place.project_run, name, {**whole, **tags_of(Mark(kind=Kind.INVOCATION), made_by)}
        )
    run = RunWriter(place.client, record.run_id, record.started)
    if not ended:
        run = runs.reopen(record.run_id, {**whole, **marks, **tags_of(standing(State.RUNNING))})
    elif record.paper != config.paper:
        run.tag(tags_of(About(paper=config.paper)))
    if not ended:
        delete_without_predictions(place, runs, own)
    existing = delete_surplus(runs, own)
    return OpenSweep(
        config, place, runs, engines, run, invocation, tags, identity, existing, ended,
        lease,
    )  # fmt: skip


def _continued(
    runs: RunStore,
    record: SweepRun,
    now: Identity,
    tags: Mapping[str, str],
    source: str,
    accept_change: bool,
    ended: bool,
) -> Identity:
    """Return the identity with which a sweep goes on; see `open_sweep` for what is refused.

    A driver that was killed after it had created the run and before it had stored the identity
    has left the run's tags: they are compared instead, and the identity is stored now.
    """
    name, writer = record.sweep, RunWriter(runs.client, record.run_id, record.started)
    stored = stored_identity(runs, record)
    if stored is None:
        refuse_another_question(name, *hashes_of(tags_of(record), tags))
        change = changes_of_tags(tags_of(record), tags)
        before: tuple[str, ...] = ()
    else:
        refuse_another_question(name, stored.get("config", {}), now.config)
        change = changes(stored, now, record.code_hash or "unknown code")
        before = tuple(stored.get("accepted", ()))
    change = without_harmless(change, now.engines)
    if ended:  # nothing will be made; but other data are another sweep
        change = {key: value for key, value in change.items() if key.startswith(DATA_SET)}
    if change and not accept_change:
        refuse_change(name, change)
    identity = replace(now, accepted=(*before, *lines(change)))
    if stored is None or (change and not ended):
        if change:
            delete_unfinished(runs, own_run(record))
        _store(writer, identity, source, runs.experiment_id)
    return identity


def _create(
    runs: RunStore,
    name: str,
    identity: Identity,
    source: str,
    tags: Mapping[str, str],
    place: Place,
    lease: Lease,
) -> RunWriter:
    tags = {**tags, **tags_of(Mark(kind=Kind.SWEEP), standing(State.RUNNING)), **lease.tags}
    if place.project_run:
        run = runs.adopt(place.project_run, name, tags)
    else:
        run = runs.create(name, tags)
    try:
        found = partial(sweep_runs, runs.client, runs.experiment_id, name)
        lease.begin(runs.client, run.run_id, found)
        _store(run, identity, source, place.experiment_id)
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


def _store(run: RunWriter, identity: Identity, source: str, experiment_id: str) -> None:
    try:
        run.text(source, Artifact.SWEEP_FILE)
        run.json(identity.stored(), Artifact.IDENTITY)  # last: where it is, the other one is too
    except Exception as error:
        where = f"the artifact store of experiment {experiment_id}"
        tell_full_disk(error, where)
        reason = str(error).splitlines()[0][:300]
        raise UserError(f"{where} cannot be written: {reason}. Check its rights.") from None
