"""A sweep gathered from its stores into a folder: the members of a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.carry.archive import members_of
from glorot_sweep.carry.carried import carried_run, carried_study, is_carried
from glorot_sweep.carry.content import CARRIED
from glorot_sweep.carry.manifest import Manifest
from glorot_sweep.carry.models import gather_models
from glorot_sweep.carry.names import ARTIFACTS, BESIDE, PATH, RUNS, STUDIES
from glorot_sweep.carry.renaming import ANY_EXPERIMENT, SCOPE, Renaming
from glorot_sweep.errors import UserError
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.svms import find_svms
from glorot_sweep.sweep.storage.database import opened_storage
from glorot_sweep.sweep.storage.studies import of_sweep, study_names
from glorot_sweep.sweep.storage.study_copies import StudyCopy, read_study
from glorot_sweep.tracking.belonging import own_run, runs_of
from glorot_sweep.tracking.copies import (
    RunCopy,
    artifact_paths,
    fetch_artifacts,
    line_of,
    read_copy,
)
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, get_run
from glorot_sweep.tracking.schema.names import Artifact, Kind, Tag
from glorot_sweep.tracking.schema.runs import SweepRun, kind_of
from glorot_sweep.tracking.sweeps import read_identity
from glorot_sweep.version import VERSION


@dataclass(frozen=True)
class Source:
    """Where a sweep is exported from.

    Attributes:
        place: of its runs.
        storage: URI of Optuna's database.
        sweep: its own run.
        weights: whether they are taken along.
    """

    place: Place
    storage: str
    sweep: SweepRun
    weights: bool = False


def gather(source: Source, folder: Path, size: tuple[int, int] | None) -> Manifest:
    """Put all that a file holds into an empty folder.

    Args:
        source: the sweep.
        folder: where to.
        size: units and hidden layers of the initialization study that its report prefers.

    Raises:
        UserError: an artifact has a name that no file can hold.
    """
    gather_sweep(source, folder)
    beside = _beside(source, size)
    if beside:
        named = {run.run_id: _name_of(run) for run in beside}
        renaming = Renaming(named, ANY_EXPERIMENT, source.sweep.sweep, source.sweep.run_id)
        _write_runs(source, beside, renaming, folder / BESIDE)
    return manifest_of(source, folder)


def gather_sweep(source: Source, folder: Path) -> None:
    """The same without what stands beside the sweep."""
    runs = _runs(source)
    named = {run.run_id: _name_of(run) for run in runs}
    own = source.sweep.run_id
    renaming = Renaming(named, ANY_EXPERIMENT, source.sweep.sweep, own)
    _write_runs(source, runs, renaming, folder)
    if source.weights:
        gather_models(source.place, source.sweep.sweep, runs, named, folder)
    names = of_sweep(study_names(source.storage), source.sweep.sweep, [own[:SCOPE]])
    with (folder / STUDIES).open("w") as file:
        for study in map(carried_study, _studies(source.storage, names)):
            renamed = StudyCopy.model_validate(renaming.within(study.model_dump()))
            file.write(renamed.line() + "\n")


def _studies(uri: str, names: Sequence[str]) -> Iterator[StudyCopy]:
    """Yield studies; where there are none the storage is not made."""
    if names:
        with opened_storage(uri) as storage:
            yield from (read_study(storage, name) for name in names)


def manifest_of(source: Source, folder: Path) -> Manifest:
    """Return the manifest of what was gathered."""
    return Manifest(
        sweep=source.sweep.sweep,
        package_version=VERSION,
        weights=source.weights,
        members=members_of(folder),
    )


def _runs(source: Source) -> list[RunRecord]:
    """Return the sweep's runs, its own first: by start, then by key, whatever their ids."""
    place, own = source.place, source.sweep.run_id
    found = [
        run
        for run in runs_of(
            place.client, place.experiment_id, own_run(source.sweep), superseded=True
        )
        if kind_of(run) in CARRIED and (kind_of(run) is not Kind.SWEEP or run.run_id == own)
    ]
    return sorted(
        found,
        key=lambda run: (run.run_id != own, run.started, run.tags.get(Tag.KEY, ""), _name_of(run)),
    )


def _beside(source: Source, size: tuple[int, int] | None) -> list[RunRecord]:
    """Return the runs that a report reads beside its sweep."""
    place = source.place
    digests = read_identity(place.client, source.sweep).get("digests", {})
    found = [one.run_id for one in collect_evidence(place, None, size).init_studies.values()]
    found += [one.run_id for one in find_svms(place, digests, []).values()]
    records = [get_run(place.client, run_id) for run_id in found]
    there = [record for record in records if record is not None]
    return sorted(there, key=lambda run: (run.started, _name_of(run)))


def _name_of(run: RunRecord) -> str:
    """Return the id that a run has in a file: that of the store where it was made."""
    return run.tags.get(Tag.EXPORTED_RUN, run.run_id)


def _write_runs(
    source: Source, runs: Sequence[RunRecord], renaming: Renaming, folder: Path
) -> None:
    client = source.place.client
    folder.mkdir(exist_ok=True)
    with (folder / RUNS).open("w") as file:
        for run in runs:
            paths = [path for path in artifact_paths(client, run.run_id) if is_carried(path)]
            kept = [path for path in paths if source.weights or path != Artifact.WEIGHTS]
            _refuse_names(run, kept)
            copy = _canonical(read_copy(client, run.run_id), run, renaming, source)
            if len(kept) < len(paths):
                left_out = {Tag.LEFT_OUT.value: Artifact.WEIGHTS.value}
                copy = copy.model_copy(
                    update={"tags": dict(sorted((copy.tags | left_out).items()))}
                )
            file.write(line_of(copy) + "\n")
            fetch_artifacts(client, run.run_id, kept, folder / ARTIFACTS / copy.id)


def _refuse_names(run: RunRecord, paths: Iterable[str]) -> None:
    for path in paths:
        if not PATH.fullmatch(f"{BESIDE}/{ARTIFACTS}/{run.run_id}/{path}"):
            raise UserError(
                f"the artifact {path!r} of the run {run.run_id} cannot be exported: a path of "
                "letters, digits and _.@+~=,- of at most 200 characters can, 100 in each of its "
                "parts. Delete or rename it."
            )


def _canonical(copy: RunCopy, run: RunRecord, renaming: Renaming, source: Source) -> RunCopy:
    """Return a run as a file has it, the same wherever the sweep was carried."""
    own, copy = source.sweep.run_id, carried_run(copy)
    tags = dict(copy.tags)
    if run.run_id != own and own in renaming.ids:
        tags[Tag.SWEEP_RUN.value] = own  # earlier versions did not write it
    return copy.model_copy(
        update={"id": renaming.ids[copy.id], "tags": dict(sorted(renaming.texts(tags).items()))}
    )
