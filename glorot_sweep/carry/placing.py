"""What a file holds put into the stores, in an order in which a kill leaves nothing unrecognized.

The sweep's own run is made first and says that it is being imported, by the digest of the file;
that tag goes last. In between nothing is reported, continued or exported.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from glorot_sweep.carry.content import Content
from glorot_sweep.carry.models import put_models
from glorot_sweep.carry.renaming import Renaming
from glorot_sweep.sweep.search.attributes import Attribute, PageOf, of_run
from glorot_sweep.sweep.storage.database import opened_storage
from glorot_sweep.sweep.storage.study_copies import StudyCopy, fill_study, make_study
from glorot_sweep.tracking.belonging import sweep_runs
from glorot_sweep.tracking.copies import RunCopy, end_copy, make_copy, put_artifacts
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.carried import Importing
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Kind, Tag

OF_ITS_END = {Tag.STATE, Tag.GIVEN_UP, Tag.REASON}  # tags that the own run is given last


@dataclass(frozen=True)
class Target:
    """Where a sweep is imported to.

    Attributes:
        place: of its runs.
        storage: URI of Optuna's database.
        lease: by which this process is the one that works on it.
    """

    place: Place
    storage: str
    lease: Lease


def put(content: Content, target: Target) -> str:
    """Make all runs and studies of a file; return the id of the sweep's own run."""
    place, own = target.place, content.own
    mark = tags_of(Importing(importing=content.digest))
    begun = {key: value for key, value in own.tags.items() if key not in OF_ITS_END}
    run_id = make_copy(
        place.client,
        place.experiment_id,
        own.model_copy(update={"tags": begun}),
        {**mark, **target.lease.tags},
    )
    rivals = partial(sweep_runs, place.client, place.experiment_id, content.manifest.sweep)
    try:
        target.lease.begin(place.client, run_id, rivals)
    except BaseException:
        RunStore(place.client, place.experiment_id).delete(run_id)
        raise
    put_artifacts(place.client, run_id, content.artifacts(own))
    first = Renaming({own.id: run_id}, place.experiment_id, content.manifest.sweep, own.id)
    with opened_storage(target.storage) as storage:
        for study in content.studies:  # before the runs that name them
            make_study(storage, first.study(study.name), study.direction)
        renaming = _put_runs(content, target, first)
        for study in content.studies:
            target.lease.check()
            renamed = StudyCopy.model_validate(renaming.within(study.model_dump()))
            fill_study(storage, _with_pages(renamed, place.page_of))
    put_models(content, place, renaming.ids)
    _put_beside(content, target, renaming)
    target.lease.check()
    writer = RunWriter(place.client, run_id, own.started)
    writer.tag({key: value for key, value in own.tags.items() if key in OF_ITS_END})
    end_copy(place.client, run_id, own)
    writer.forget(Tag.IMPORTING)
    return run_id


def _put_runs(content: Content, target: Target, own: Renaming) -> Renaming:
    """Make the runs of the sweep: studies first, which the others name as their parents."""
    ids = dict(own.ids)
    for run in sorted(content.runs[1:], key=lambda one: one.tags[Tag.KIND] != Kind.STUDY):
        target.lease.check()
        renaming = Renaming(ids, own.experiment, own.sweep, own.own)
        ids[run.id] = _put_run(content, target, run, renaming)
    return Renaming(ids, own.experiment, own.sweep, own.own)


def _with_pages(study: StudyCopy, page_of: PageOf) -> StudyCopy:
    """Return a study that says where its runs and its trials' are shown, if a server does."""

    def with_page(attributes: dict[str, Any]) -> dict[str, Any]:
        run_id = attributes.get(Attribute.RUN_ID)
        return attributes | of_run(run_id, page_of) if isinstance(run_id, str) else attributes

    return study.with_user_attrs(with_page)


def _put_run(content: Content, target: Target, run: RunCopy, renaming: Renaming) -> str:
    client = target.place.client
    renamed = run.model_copy(update={"tags": renaming.texts(run.tags)})
    run_id = make_copy(client, target.place.experiment_id, renamed, {})
    put_artifacts(client, run_id, content.artifacts(run))
    end_copy(client, run_id, run)
    return run_id


def _put_beside(content: Content, target: Target, renaming: Renaming) -> None:
    """Make the runs beside the sweep that the experiment does not have yet.

    What a kill has left of one has no end, and is made anew.
    """
    place, runs = target.place, RunStore(target.place.client, target.place.experiment_id)
    there: dict[str, RunRecord] = {}
    for kind in {run.tags[Tag.KIND] for run in content.beside}:
        for record in find_runs(place.client, [place.experiment_id], kind=Kind(kind)):
            there[record.tags.get(Tag.EXPORTED_RUN, record.run_id)] = record
    for run in content.beside:
        found = there.get(run.id)
        if found is not None and found.status == run.status:
            continue
        if found is not None:
            runs.delete(found.run_id)
        _put_run(content, target, run, renaming)
