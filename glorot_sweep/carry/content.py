"""What a file holds, read and checked: runs, studies, models, and what stands beside."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError

from glorot_sweep.carry.carried import STAYS, carried_run, carried_study, is_carried_member
from glorot_sweep.carry.manifest import DamagedFileError, Manifest, Member, first_of
from glorot_sweep.carry.names import ARTIFACTS, BESIDE, MODELS, MODELS_FILES, RUNS, STUDIES
from glorot_sweep.carry.renaming import SCOPE
from glorot_sweep.sweep.storage.study_copies import StudyCopy
from glorot_sweep.tracking.copies import Copied, RunCopy, RunId, Text, line_of
from glorot_sweep.tracking.schema.names import SCHEMA_VERSION, Kind, Tag

CARRIED = {Kind.SWEEP, Kind.STUDY, Kind.TRIAL, Kind.REPLICATE, Kind.MONITORED}
CARRIED_BESIDE = {Kind.INIT_STUDY, Kind.BASELINE}

Line = TypeVar("Line", bound=BaseModel)


class ModelCopy(Copied):
    """The registered model of one cell; its files are in `models/<run>`.

    Attributes:
        run: that it was made from.
        dataset, variant: of the cell.
        description: shown in the registry.
        tags: of the registered model, but for that which says whose it is.
    """

    run: RunId
    dataset: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    variant: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    description: Text
    tags: dict[Text, Text]


@dataclass(frozen=True)
class Content:
    """The members of a file, in a folder.

    Attributes:
        manifest: of the file.
        digest: of the file.
        folder: where its members are.
        runs: the sweep's, its own run first.
        beside: initialization studies and support vector machines that its report reads.
        studies: Optuna's.
        models: registered ones; none in a file without weights.
    """

    manifest: Manifest
    digest: str
    folder: Path
    runs: list[RunCopy]
    beside: list[RunCopy]
    studies: list[StudyCopy]
    models: list[ModelCopy]

    @property
    def own(self) -> RunCopy:
        """The sweep's own run."""
        return self.runs[0]

    def artifacts(self, run: RunCopy) -> Path:
        """Return the folder of a run's artifacts; it is not there if the run has none."""
        within = self.folder / BESIDE if run in self.beside else self.folder
        return within / ARTIFACTS / run.id


def read_content(manifest: Manifest, digest: str, folder: Path, file: Path) -> Content:
    """Return what an unpacked file holds, without what files of earlier versions have beyond it.

    Raises:
        DamagedFileError: a part of it is missing, ill-formed, or does not fit the others.
    """
    try:
        content = content_in(folder, manifest, digest)
        if reason := next(_complaints(content), ""):
            raise ValueError(reason)
    except ValueError as error:
        raise DamagedFileError(
            f"{file} cannot be imported: {error}. Nothing was created. Export it again."
        ) from None
    return replace(
        content,
        runs=[carried_run(run) for run in content.runs],
        beside=[carried_run(run) for run in content.beside],
        studies=[carried_study(study) for study in content.studies],
    )


def content_in(folder: Path, manifest: Manifest, digest: str) -> Content:
    """Return what the members in a folder hold, whether they fit each other or not.

    Raises:
        ValueError: one of them is ill-formed.
    """
    return Content(
        manifest,
        digest,
        folder,
        _lines(folder, RUNS, RunCopy),
        _lines(folder, f"{BESIDE}/{RUNS}", RunCopy),
        _lines(folder, STUDIES, StudyCopy),
        _lines(folder, MODELS, ModelCopy),
    )


def has_same_sweep(one: Content, other: Content) -> bool:
    """Return whether two hold the same sweep, whatever stands beside it."""
    return _of_sweep(one) == _of_sweep(other)


def _of_sweep(content: Content) -> tuple[list[str], list[str], dict[str, Member]]:
    """Return runs and studies as texts, in which nan is nan, and all else by its digests."""
    members = {
        path: member
        for path, member in content.manifest.members.items()
        if path not in {RUNS, STUDIES} and not path.startswith(f"{BESIDE}/")
    }
    return (
        [line_of(_as_any_store_has_it(run)) for run in content.runs],
        [study.line() for study in content.studies],
        {path: member for path, member in members.items() if is_carried_member(path)},
    )


def _as_any_store_has_it(run: RunCopy) -> RunCopy:
    """Return a run whose data sets are not described: MLflow keeps the first description of one."""
    described = {"source_type": "", "source": "", "columns": None, "profile": None}
    inputs = [one.model_copy(update=described) for one in run.inputs]
    return run.model_copy(update={"inputs": sorted(inputs, key=repr)})


def _lines(folder: Path, path: str, kind: type[Line]) -> list[Line]:
    """Return the lines of a member; a member that is not there has none."""
    file = folder / path
    if not file.is_file():
        return []
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            found.append(kind.model_validate(json.loads(line)))
        except ValidationError as error:
            raise ValueError(f"line {number} of {path}: {first_of(error)}") from None
        except (ValueError, RecursionError):
            raise ValueError(f"line {number} of {path} is no JSON") from None
    return found


def _complaints(content: Content) -> Iterator[str]:
    """Yield why the parts do not fit each other; only the first is sure to make sense."""
    if not content.runs:
        yield f"{RUNS} is missing or empty"
    ids = [run.id for run in (*content.runs, *content.beside)]
    if len(set(ids)) < len(ids):
        yield f"{RUNS} has a run twice"
    if content.own.tags.get(Tag.KIND) != Kind.SWEEP:
        yield f"the first run of {RUNS} is not that of a sweep"
    for run in content.runs:
        yield from _complaints_about(run, content)
    for run in content.beside:
        if run.tags.get(Tag.KIND) not in CARRIED_BESIDE:
            yield f"the run {run.id} beside the sweep is of no kind that a report reads"
    for run in (*content.runs, *content.beside):
        yield from _complaints_about_tags(run)
    beginning = f"{content.manifest.sweep}/{content.own.id[:SCOPE]}/"
    names = [study.name for study in content.studies]
    if len(set(names)) < len(names) or not all(name.startswith(beginning) for name in names):
        yield f"{STUDIES} has studies that are not the sweep's, or one twice"
    if not {model.run for model in content.models} <= {run.id for run in content.runs}:
        yield f"{MODELS} has a model of a run that is not in {RUNS}"
    for model in content.models:
        if not (content.folder / MODELS_FILES / model.run / "MLmodel").is_file():
            yield f"the files of the model of the run {model.run} are missing"


def _complaints_about(run: RunCopy, content: Content) -> Iterator[str]:
    kind, own = run.tags.get(Tag.KIND), run is content.own
    if kind not in CARRIED or (kind == Kind.SWEEP) != own:
        yield f"the run {run.id} is of the kind {kind!r}, which is none of a sweep's"
    if run.tags.get(Tag.SWEEP) != content.manifest.sweep:
        yield f"the run {run.id} is not of the sweep {content.manifest.sweep!r}"
    if not own and run.tags.get(Tag.SWEEP_RUN) != content.own.id:
        yield f"the run {run.id} does not belong to the run {content.own.id} of the sweep"


def _complaints_about_tags(run: RunCopy) -> Iterator[str]:
    if stays := sorted(STAYS & run.tags.keys()):
        yield f"the run {run.id} has the tag {stays[0]}, which no file has"
    version = run.tags.get(Tag.SCHEMA_VERSION, "0")
    if not version.isdecimal() or int(version) > SCHEMA_VERSION:
        yield f"the run {run.id} was made by a newer version (schema {version[:20]})"
