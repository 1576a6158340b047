"""Runs as they stand in MLflow, numbers as numbers: what every run has, and those of no network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from glorot_sweep.config.papers import DEFAULT_PAPER
from glorot_sweep.host.provenance import Provenance, provenance
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.specs import TORCH
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.schema.carried import Exported, Importing
from glorot_sweep.tracking.schema.driving import Leased, SavedIn
from glorot_sweep.tracking.schema.fields import (
    COUNT,
    FLAG,
    KIND,
    STATE,
    STATUS,
    TIME,
    WHOLE,
    Part,
    missing,
    read_fields,
    read_one,
    refuse_newer,
    stored,
    stored_fields,
)
from glorot_sweep.tracking.schema.growths import Growths
from glorot_sweep.tracking.schema.headline import Headline
from glorot_sweep.tracking.schema.labels import Labels
from glorot_sweep.tracking.schema.names import (
    NO_SWEEP,
    SCHEMA_VERSION,
    Kind,
    Metric,
    Tag,
    TagFamily,
)
from glorot_sweep.tracking.schema.progress import Reopened, Sent
from glorot_sweep.version import VERSION

if TYPE_CHECKING:
    from glorot_sweep.tracking.records import RunRecord


@dataclass(frozen=True, kw_only=True)
class Version(Part):
    """Which description of runs a run follows.

    Attributes:
        schema_version: 0 of the version before it was written.
    """

    schema_version: int = stored(Tag.SCHEMA_VERSION, spelling=WHOLE, default=0)


THIS_VERSION = Version(schema_version=SCHEMA_VERSION)


@dataclass(frozen=True, kw_only=True)
class Accepted(Part):
    """What had changed since a sweep was begun, and was accepted."""

    accepted_change: str | None = stored(Tag.ACCEPTED_CHANGE, default=None)


@dataclass(frozen=True, kw_only=True)
class Origin(Part):
    """Where a run comes from.

    Attributes:
        sweep: name of its sweep; `NO_SWEEP` if it belongs to none.
        config_hash: of what was asked for, where that is more than the run's params.
        package_version: of the package that made it.
        code_hash, libraries, device_type: see `host.provenance.Provenance`; versions of libraries
            in one text.
        plugins: name and digest of each plugin, in one text, of a run that belongs to no sweep.
    """

    sweep: str = stored(Tag.SWEEP, default=NO_SWEEP)
    config_hash: str | None = stored(Tag.CONFIG_HASH, default=None)
    package_version: str | None = stored(Tag.PACKAGE_VERSION, default=None)
    code_hash: str | None = stored(Tag.CODE_HASH, default=None)
    libraries: str | None = stored(Tag.LIBRARIES, default=None)
    device_type: str | None = stored(Tag.DEVICE_TYPE, default=None)
    plugins: str | None = stored(Tag.PLUGINS, default=None)


def origin_of(
    made_with: Provenance, sweep: str = NO_SWEEP, config_hash: str | None = None
) -> Origin:
    """Return the origin of what this package makes."""
    return Origin(
        sweep=sweep,
        config_hash=config_hash,
        package_version=VERSION,
        code_hash=made_with.code,
        libraries=", ".join(f"{name} {number}" for name, number in made_with.libraries.items()),
        device_type=made_with.device_type,
    )


def origin_here(sweep: str = NO_SWEEP, config_hash: str | None = None) -> Origin:
    """Return the origin of what is made on the processor of this computer."""
    return origin_of(provenance(), sweep, config_hash)


def origin_beside(plugins: Iterable[Plugin]) -> Origin:
    """Return the origin of a run that belongs to no sweep and is made here, with plugins."""
    words = ", ".join(f"{plugin.name} {plugin.digest}" for plugin in plugins)
    return replace(origin_here(), plugins=words or None)


@dataclass(frozen=True, kw_only=True)
class Mark(Part):
    """What a run is.

    Attributes:
        kind: see `Kind`.
        key: identifies it within its sweep, or among the trials of its SVM.
    """

    kind: Kind = stored(Tag.KIND, spelling=KIND)
    key: str | None = stored(Tag.KEY, default=None)


@dataclass(frozen=True, kw_only=True)
class Standing(Part):
    """What has become of a run.

    Attributes:
        word: the state but for `given_up`. An invocation has none before its end.
        given_up: it failed for good.
        reason: why an attempt ended badly.
    """

    word: State = stored(Tag.STATE, spelling=STATE, default=State.RUNNING)
    given_up: bool = stored(Tag.GIVEN_UP, spelling=FLAG, default=False)
    reason: str | None = stored(Tag.REASON, default=None)

    @property
    def state(self) -> State:
        """Where the run is in its life."""
        return State.GIVEN_UP if self.given_up else self.word


def standing(state: State, reason: str | None = None) -> Standing:
    """Return how a state is stored."""
    return Standing(word=state, given_up=state is State.GIVEN_UP, reason=reason)


@dataclass(frozen=True, kw_only=True)
class OfSweep(Part):
    """The run of the sweep that a run belongs to; earlier versions wrote the sweep's name alone."""

    sweep_run: str | None = stored(Tag.SWEEP_RUN, default=None)


@dataclass(frozen=True, kw_only=True)
class ArtifactDigests(Part):
    """SHA-256 of artifacts that numbers are read from, by path; earlier versions wrote none."""

    sha256: Mapping[str, str] = stored(TagFamily.SHA256, default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StoredRun(
    Version, Origin, OfSweep, Accepted, Mark, Standing, ArtifactDigests, Sent, Reopened, Exported
):
    """What every run has.

    Attributes:
        run_id, name, status, started: MLflow's; the start in milliseconds since 1970.
        attempt: how often it was opened.
    """

    run_id: str
    name: str
    status: Status
    started: int
    attempt: int = stored(Tag.ATTEMPT, spelling=COUNT, default=0)

    def needs(self, metric: Metric) -> float:
        """Return a metric that a run in its state must have.

        Raises:
            StoredRunError: it has none.
        """
        for one, where in stored_fields(type(self)):
            if metric in where.names and (value := getattr(self, one.name)) is not None:
                return float(value)
        raise missing(self, metric)


RunType = TypeVar("RunType", bound=StoredRun)


def read(kind: type[RunType], run: "RunRecord") -> RunType:
    """Return a run as a typed record.

    Args:
        kind: of record.
        run: as MLflow has it.

    Raises:
        StoredRunError: a field is missing or ill-formed, or the run is of a newer version.
    """
    return kind(
        run_id=run.run_id,
        name=run.name,
        status=read_one(run, "MLflow's status", run.status, STATUS),
        started=read_one(run, "MLflow's start", run.started, TIME),
        **read_fields(kind, run),
    )


def kind_of(run: "RunRecord") -> Kind | None:
    """Return what a run is; None: the project has not marked it.

    Raises:
        StoredRunError: it is nothing that this version knows.
    """
    refuse_newer(run)
    word = run.tags.get(Tag.KIND)
    kind: Kind | None = None if word is None else read_one(run, Tag.KIND, word, KIND)
    return kind


def marked_kind(run: "RunRecord") -> Kind:
    """Return what a run is that the project must have marked.

    Raises:
        StoredRunError: it is not marked, or is nothing that this version knows.
    """
    kind = kind_of(run)
    if kind is None:
        raise missing(run, Tag.KIND)
    return kind


@dataclass(frozen=True, kw_only=True)
class Digests(Part):
    """Content digest of each data set of a sweep, by name."""

    digests: Mapping[str, str] = stored(TagFamily.DIGEST)


@dataclass(frozen=True, kw_only=True)
class Overlaps(Part):
    """How many test images occur in the training set, by data set; of finite sets alone."""

    overlaps: Mapping[str, int] = stored(TagFamily.OVERLAP, spelling=COUNT)


@dataclass(frozen=True, kw_only=True)
class Note(Part):
    """What MLflow shows above a run: Markdown."""

    note: str | None = stored(Tag.NOTE, default=None)


@dataclass(frozen=True, kw_only=True)
class About(Part):
    """The paper that a sweep is compared with, as sweep files name it."""

    paper: str = stored(Tag.PAPER, default=DEFAULT_PAPER)


@dataclass(frozen=True, kw_only=True)
class MadeBy(Part):
    """The engine that trains, or both of them joined by +; earlier versions had torch alone."""

    engine: str = stored(Tag.ENGINE, default=TORCH)


@dataclass(frozen=True, kw_only=True)
class Deletion(Part):
    """That the deletion of a sweep was begun: whatever else belongs to it may be gone."""

    deletion: str | None = stored(Tag.DELETION, default=None)


BEGUN = Deletion(deletion="begun")


@dataclass(frozen=True, kw_only=True)
class SweepRun(
    StoredRun, Digests, Overlaps, Note, About, Labels, MadeBy, Deletion, Importing, Growths, Leased,
    SavedIn, Headline,
):  # fmt: skip
    """The run of a sweep itself."""
