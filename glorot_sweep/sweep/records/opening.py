"""Opening a sweep: find it or create it, compare its configuration, adopt MLflow's own run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.engine.choice import Engines
from glorot_sweep.host.provenance import Provenance
from glorot_sweep.parts.variants import SHIPPED
from glorot_sweep.sweep.contents.engines import engine_words, refuse_another_engine
from glorot_sweep.sweep.records.beginning import Sources, begin, store
from glorot_sweep.sweep.records.completeness import delete_without_predictions, lacking
from glorot_sweep.sweep.records.growth import Asked, asked_of
from glorot_sweep.sweep.records.growth_note import noted_growth, told
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
    stored_identity,
)
from glorot_sweep.sweep.records.reconcile import delete_surplus, delete_unfinished
from glorot_sweep.tracking.belonging import OwnRun, own_run, refuse_several, strays, sweep_runs
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.labels import Labels
from glorot_sweep.tracking.schema.names import Kind
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
        growths: how often it has grown.
        grows: by what it grows now, a line for each key.
    """

    config: SweepConfig
    place: Place
    runs: RunStore
    engines: Engines
    run: RunWriter
    invocation: RunWriter | None
    tags: Mapping[str, str]
    identity: Identity
    existing: dict[str, MemberRun]
    is_complete: bool
    lease: Lease
    strays: int = 0
    growths: int = 0
    grows: tuple[str, ...] = ()

    @property
    def own(self) -> OwnRun:
        """What the runs of the sweep are known by."""
        return OwnRun(self.config.name, self.run.run_id, self.run.started)

    def tags_for(self, variant: str) -> dict[str, str]:
        """Return what every run of a variant carries, accepted changes among it."""
        return {**self.tags, **self.identity.tags(variant)}


def is_complete(place: Place, config: SweepConfig, *, is_whole: bool = False) -> bool:
    """Return whether nothing is left to do for a sweep: its runs are looked at, one by one.

    Args:
        place: where its runs are.
        config: the sweep.
        is_whole: the runs were looked at just now, and none is lacking.
    """
    found = sweep_runs(place.client, place.experiment_id, config.name)
    return any(
        _has_ended(own)
        and own.config_hash == config.hash()  # else it is to grow
        and (is_whole or not lacking(place, config, own_run(own)))
        for own in found
    )


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
    is_whole: bool = False,
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
        is_whole: see `is_complete`.

    Raises:
        UserError: a sweep of this name exists with another configuration, other data, parts,
            code or libraries, from another processor or with another engine than the file asks
            for, or is partly deleted.
        SweepHeldError: another driver has begun it meanwhile.
    """
    runs = RunStore(place.client, place.experiment_id)
    opening = _Opening(place, runs, digests, made_with, engines, source, lease, is_whole)
    found = sweep_runs(place.client, place.experiment_id, config.name)
    return opening.goes_on(config, found, accept_change) if found else opening.begins(config)


@dataclass(frozen=True)
class _Opening:
    """What a sweep is opened with; see `open_sweep`."""

    place: Place
    runs: RunStore
    digests: Mapping[str, str]
    made_with: Provenance
    engines: Engines
    source: str
    lease: Lease
    is_whole: bool

    def begins(self, config: SweepConfig) -> OpenSweep:
        """Create a sweep."""
        place, marks = self.place, self._marks(config)
        now = identity_of(config, self.digests, self.made_with, self.engines)
        tags = {**self._tags(config), **marks}
        sources = Sources(self.source, config.plugins)
        run = begin(self.runs, config.name, now, sources, tags, place, self.lease)
        left = len(strays(place.client, place.experiment_id, config.name))
        tags = {**self._tags(config), **tags_of(OfSweep(sweep_run=run.run_id))}
        return OpenSweep(
            config, place, self.runs, self.engines, run, None, tags, now, {}, False, self.lease,
            left,
        )  # fmt: skip

    def goes_on(
        self, config: SweepConfig, found: Sequence[SweepRun], accept_change: bool
    ) -> OpenSweep:
        """Open a sweep that is there, and let it grow if more is asked for."""
        place, runs = self.place, self.runs
        refuse_several(place.client, place.experiment_id, found)
        record = kept_run(runs, found)
        refuse_partial(place, record)
        refuse_another_engine(config, self.engines)
        own, stored = own_run(record), stored_identity(runs, record)
        options = place_options(place)
        asked = Asked(config) if stored is None else asked_of(stored["config"], config, options)
        config = asked.config
        had_ended = not asked.more and _has_ended(record)
        ended = had_ended and (self.is_whole or not lacking(place, config, own))
        if not ended:
            self.lease.take(place.client, record.run_id)
        growth = noted_growth(place, record, config, asked.more)
        growths = len(record.growths) + len(growth)
        identity = self._identity(record, stored, config, growths, accept_change, ended)
        delete_others(runs, found, record)  # what is refused changes nothing
        tags = {**self._tags(config), **tags_of(OfSweep(sweep_run=record.run_id))}
        marks = {**tags, **identity.tags(), **self._marks(config), **growth}
        invocation = self._invocation(config, record, {**tags, **identity.tags()})
        run = self._opened_again(config, record, marks, ended)
        # Of a whole sweep that grows they are read by the report, and by the next start: training
        # need not wait until all are.
        if not ended and not (growth and _has_ended(record)):
            delete_without_predictions(place, runs, own)
        existing = delete_surplus(runs, own)
        return OpenSweep(
            config, place, runs, self.engines, run, invocation, tags, identity, existing, ended,
            self.lease, growths=growths, grows=told(asked.more),
        )  # fmt: skip

    def _tags(self, config: SweepConfig) -> dict[str, str]:
        """Return what every run says of its origin."""
        return tags_of(origin_of(self.made_with, config.name, config.hash()))

    def _marks(self, config: SweepConfig) -> dict[str, str]:
        """Return what the sweep's own run says besides."""
        made_by = MadeBy(engine=engine_words(self.engines))
        return tags_of(Digests(digests=self.digests), made_by) | _changeable(config)

    def _identity(
        self,
        record: SweepRun,
        stored: Mapping[str, Any] | None,
        config: SweepConfig,
        growths: int,
        accept_change: bool,
        ended: bool,
    ) -> Identity:
        """Return the identity with which a sweep goes on; see `open_sweep` for what is refused.

        Where the sweep grows, this becomes its identity when its run is tagged so. A driver that
        was killed after it had created the run and before it had stored the identity has left the
        run's tags: they are compared instead, and the identity is stored now.
        """
        now = identity_of(config, self.digests, self.made_with, self.engines)
        name, runs = record.sweep, self.runs
        if stored is None:
            tags = {**self._tags(config), **self._marks(config)}
            refuse_another_question(name, *hashes_of(tags_of(record), tags))
            change = changes_of_tags(tags_of(record), tags)
            before: tuple[str, ...] = ()
        else:
            change = changes(stored, now, record.code_hash or "unknown code")
            before = tuple(stored.get("accepted", ()))
        change = without_harmless(change, now)
        if ended:  # nothing will be made; but other data are another sweep
            change = {key: value for key, value in change.items() if key.startswith(DATA_SET)}
        if change and not accept_change:
            refuse_change(name, change)
        identity = replace(now, accepted=(*before, *lines(change)))
        if stored is None or growths > len(record.growths) or (change and not ended):
            if change:
                delete_unfinished(runs, own_run(record))
            writer = RunWriter(runs.client, record.run_id, record.started)
            sources = Sources(self.source, config.plugins)
            store(writer, identity, sources, runs.experiment_id, growths)
        return identity

    def _invocation(
        self, config: SweepConfig, record: SweepRun, tags: Mapping[str, str]
    ) -> RunWriter | None:
        """Adopt the run that `mlflow run` has made, unless it is the sweep's own."""
        made = self.place.project_run
        if not made or made == record.run_id:
            return None
        marks = tags_of(Mark(kind=Kind.INVOCATION), MadeBy(engine=engine_words(self.engines)))
        return self.runs.adopt(made, f"{config.name}-again", {**tags, **marks})

    def _opened_again(
        self, config: SweepConfig, record: SweepRun, marks: Mapping[str, str], ended: bool
    ) -> RunWriter:
        """Set the sweep's own run RUNNING, if work is left."""
        if not ended:
            # At once: where the new configuration's hash is, the growth is noted and work is left.
            running = tags_of(standing(State.RUNNING))
            return self.runs.reopen(record.run_id, {**marks, **running})
        run = RunWriter(self.place.client, record.run_id, record.started)
        if changed := _changeable(config).items() - tags_of(record).items():
            run.tag(dict(changed))
        return run


def _changeable(config: SweepConfig) -> dict[str, str]:
    """Return what the sweep's own run says that changes no number: a file may change it."""
    own = {name: row.label for name, row in config.rows.items() if name not in SHIPPED}
    return tags_of(About(paper=config.paper), Labels(labels=own))
