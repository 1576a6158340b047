"""The best replicate of each winner at the table's depth becomes a registered model."""

import logging
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.config.factors import factor_text, table_value
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import ImageDataset, majority_error_percent
from glorot_sweep.data.own_images.photograph import in_words
from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.errors import ServiceLostError
from glorot_sweep.markdown import as_text
from glorot_sweep.sweep.contents.trials import marked_value
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.search.study import ROUNDING
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.image_model import ImageModel
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.model_names import (
    name_to_register,
    refuse_taken_names,
    refusing_others,
)
from glorot_sweep.tracking.models import delete_pending, is_registered, register
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.probe import probe_registry
from glorot_sweep.tracking.records import ArtifactError, has_arrays, read_arrays
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind, Metric, Role, Tag
from glorot_sweep.tracking.schema.runs import OfSweep, read
from glorot_sweep.tracking.schema.trained import NOT_LEARNED, ReplicateRun

logger = logging.getLogger(__name__)

NOTHING_LEARNED = "Nothing was learned: it is no better than always answering the majority class."
SCALINGS = {"unit": (0.0, 1.0), "symmetric": (-1.0, 2.0)}  # offset and slope
N_EXAMPLES = 2  # of the input example; one would fix the batch size of the exported model


def refuse_registry(place: Place, config: SweepConfig) -> None:
    """Refuse a registry in which the winners could not be registered, before any is trained.

    Raises:
        UserError: it cannot be written, or one of their names is somebody else's.
    """
    probe_registry(place.client)
    refuse_taken_names(place, config)


def register_winners(sweep: OpenSweep, datasets: Mapping[str, ImageDataset]) -> list[str]:
    """Register a model for each data set and variant; return their URIs.

    Of a sweep with a factor it is a replicate at the table's value.
    The replicate with the lowest validation error is taken; if all of them diverged, none is, nor
    if it was imported without its weights: it is not trained again for a model's sake. One that
    has learned nothing makes a model that says so.

    Raises:
        ServiceLostError: the weights of one are lost or damaged; its run is deleted, so that the
            next start trains it again.
    """
    place = sweep.place
    refuse_taken_names(place, sweep.config)  # again: others may have registered meanwhile
    found = runs_of(place.client, place.experiment_id, sweep.own, kind=Kind.REPLICATE)
    replicates_of_all = [read(ReplicateRun, run) for run in found]
    runs = [run for run in replicates_of_all if run.state is State.COMPLETE]
    delete_pending(place.client, place.experiment_id, {run.run_id for run in runs})
    at_table = marked_value(table_value(sweep.config)).value
    uris = []
    for dataset in sweep.config.datasets:
        for variant in sweep.config.variants:
            replicates = [
                run
                for run in runs
                if (run.dataset, run.variant, run.value) == (dataset, variant, at_table)
                and Role.TABLE_DEPTH in run.roles
            ]
            if replicates:
                sweep.lease.check()
                best = min(replicates, key=_rank)
                if best.left_out != Artifact.WEIGHTS:
                    uris.append(_register(sweep, best, datasets[dataset]))
    return uris


def _rank(run: ReplicateRun) -> tuple[bool, float]:
    return not run.has_learned, run.needs(Metric.VALIDATION_ERROR)


def _has_learned(run: ReplicateRun, dataset: ImageDataset) -> bool:
    """Whether neither the trial that it repeats nor the run itself is at chance, or worse."""
    chance = majority_error_percent(dataset.validation.labels)
    return run.has_learned and run.needs(Metric.VALIDATION_ERROR) < chance - ROUNDING


def _refuse_lost_weights(sweep: OpenSweep, run: ReplicateRun) -> None:
    path = Artifact.WEIGHTS
    if has_arrays(sweep.place.client, run.run_id, path, run.sha256.get(path)):
        return
    sweep.runs.delete(run.run_id)
    raise ServiceLostError(
        f"{path} of the run {run.run_id} ({run.name}), of which a model is to be made, is missing "
        "or was changed after it was written. The run is deleted; the same command trains it again."
    )


def _weights(sweep: OpenSweep, run: ReplicateRun) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a replicate.

    Raises:
        ArtifactError: they are missing, were changed, or are not those of such a network.
    """
    path = Artifact.WEIGHTS
    weights = read_arrays(sweep.place.client, run.run_id, path, run.sha256.get(path))
    fan_in = None
    for layer in range(run.depth + 1):
        weight, bias = weights.get(f"weight_{layer}"), weights.get(f"bias_{layer}")
        if weight is None or bias is None or weight.ndim != 2 or bias.shape != weight.shape[1:]:
            raise ArtifactError(f"{path} of the run {run.run_id} has no whole layer {layer}")
        if fan_in is not None and weight.shape[0] != fan_in:
            raise ArtifactError(f"{path} of the run {run.run_id}: layer {layer} does not fit")
        fan_in = weight.shape[1]
    return weights


def _at_value(config: SweepConfig) -> str:
    """Return in words at which of several values of a factor models are; empty without one."""
    value = table_value(config)
    return "" if value is None else f" at {value} (the table's, of {factor_text(config)})"


def _register(sweep: OpenSweep, run: ReplicateRun, dataset: ImageDataset) -> str:
    variant = sweep.config.rows[run.variant]
    client, own = sweep.place.client, sweep.own
    name = name_to_register(sweep.place, own, dataset.name, variant.name)
    if is_registered(client, name, run.run_id):
        return f"models:/{name}@winner"
    _refuse_lost_weights(sweep, run)
    weights = _weights(sweep, run)
    scaling = SCALINGS[sweep.config.network.input_scaling]
    network = SingleNetwork(variant.activation, weights, *scaling, takes_images=True)
    examples = dataset.as_pictures(dataset.validation.images[:N_EXAMPLES])
    model = ImageModel(network, examples, dataset.class_names, dataset.preparation)
    what = f"{as_text(variant.label)} on {dataset.name}{_at_value(sweep.config)}"
    description = f"{what}, run {run.name}. {model.in_words()}"
    if dataset.preparation:
        description += f" {in_words(dataset.preparation)}"
    tags = tags_of(OfSweep(sweep_run=own.run_id))
    if not _has_learned(run, dataset):
        tags |= {Tag.LEARNED: NOT_LEARNED}
        description = f"{NOTHING_LEARNED} {description}"
        # Of a winner the search has said it; of its best replicate nobody has.
        level = logging.WARNING if run.has_learned else logging.INFO
        words = "%s on %s: %s Its model %s is tagged so."
        logger.log(level, words, variant.name, dataset.name, NOTHING_LEARNED, name)
    refuse_other = refusing_others(sweep.place, own.sweep, own.run_id)
    return register(client, run.run_id, name, model, description, tags, refuse_other)
