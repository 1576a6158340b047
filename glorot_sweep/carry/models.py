"""Registered models of a sweep: into a file with its weights, and registered again out of it."""

import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from glorot_sweep.carry.content import Content, ModelCopy
from glorot_sweep.carry.names import MODELS, MODELS_FILES
from glorot_sweep.tracking.made_models import WinnersModel, fetch_model, find_aliased
from glorot_sweep.tracking.model_names import (
    earlier_name,
    refuse_taken_name,
    refusing_others,
    registered_name,
)
from glorot_sweep.tracking.models import ALIAS, register_saved
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.schema.fields import missing, tags_of
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.runs import OfSweep


def gather_models(
    place: Place, sweep: str, runs: Iterable[RunRecord], named: Mapping[str, str], folder: Path
) -> None:
    """Put the registered models of a sweep into a folder.

    Args:
        place: of its runs.
        sweep: its name.
        runs: the sweep's.
        named: the id that each run has in the file.
        folder: where to.
    """
    cells = sorted(
        {
            (_needed(run, Tag.DATASET), _needed(run, Tag.VARIANT))
            for run in runs
            if run.tags.get(Tag.KIND) == Kind.REPLICATE
        }
    )
    lines = []
    for dataset, variant in cells:
        new = registered_name(sweep, dataset, variant, place.experiment_id)
        for name in (new, earlier_name(sweep, dataset, variant)):
            model = find_aliased(place.client, name, ALIAS)
            if model is not None and model.run_id in named:
                run = named[model.run_id]
                fetch_model(place.client, model, folder / MODELS_FILES / run)
                _forget_compiled(folder / MODELS_FILES / run)
                lines.append(f"{_copy(model, run, dataset, variant).model_dump_json()}\n")
                break
    if lines:
        (folder / MODELS).write_text("".join(lines), encoding="utf-8")


def _needed(run: RunRecord, tag: Tag) -> str:
    """Return a tag that the run must have."""
    if tag not in run.tags:
        raise missing(run, tag)
    return run.tags[tag]


def _forget_compiled(model: Path) -> None:
    """Remove what Python compiled into a store when a model's own code was loaded from there."""
    for compiled in list(model.rglob("__pycache__")):
        shutil.rmtree(compiled)


def _copy(model: WinnersModel, run: str, dataset: str, variant: str) -> ModelCopy:
    tags = {key: value for key, value in sorted(model.tags.items()) if key != Tag.SWEEP_RUN}
    return ModelCopy(
        run=run, dataset=dataset, variant=variant, description=model.description, tags=tags
    )


def refuse_taken_models(content: Content, place: Place) -> None:
    """Refuse a registry that has models of the names that are needed.

    Raises:
        UserError: names the first.
    """
    for model in content.models:
        refuse_taken_name(place, content.manifest.sweep, _name(content, model, place))


def put_models(content: Content, place: Place, ids: Mapping[str, str]) -> None:
    """Register the models of a file again.

    Args:
        content: of the file.
        place: where its runs are now.
        ids: of the runs, those in the file to those here.
    """
    of_sweep = tags_of(OfSweep(sweep_run=ids[content.own.id]))
    refuse = refusing_others(place, content.manifest.sweep, ids[content.own.id])
    for model in content.models:
        save = partial(shutil.copytree, content.folder / MODELS_FILES / model.run)
        name = _name(content, model, place)
        tags = {**model.tags, **of_sweep}
        register_saved(place.client, ids[model.run], name, save, model.description, tags, refuse)


def _name(content: Content, model: ModelCopy, place: Place) -> str:
    sweep = content.manifest.sweep
    return registered_name(sweep, model.dataset, model.variant, place.experiment_id)
