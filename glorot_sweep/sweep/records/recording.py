"""What a trial leaves in MLflow: names, tags, params, points, artifacts, a true status."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.specs import TrialSpec
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.layer_table import layer_frame, layer_points, write_layers
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import NotWrittenError
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.fields import metrics_of, params_of, tags_of
from glorot_sweep.tracking.schema.names import Artifact, Curve, Kind
from glorot_sweep.tracking.schema.runs import MadeBy, Mark, standing
from glorot_sweep.tracking.schema.trained import Finals, Studied, specified
from glorot_sweep.training.results import Evaluation, TrialResult

logger = logging.getLogger(__name__)


class SupersededError(NotWrittenError):
    """An answer that comes too late: the trial has been given to another worker."""


@dataclass(frozen=True)
class RunPlan:
    """Where and how a trial's run is written.

    Attributes:
        parent: run id of its study, if it has one.
        tags: tags besides those that follow from the specification.
        existing: id of the run that an earlier attempt has made.
    """

    parent: str | None
    tags: Mapping[str, str]
    existing: str | None = None


def trial_params(spec: TrialSpec) -> dict[str, str]:
    """Return the params of a trial's run."""
    return params_of(_studied(spec), specified(spec))


def _studied(spec: TrialSpec) -> Studied:
    return Studied(dataset=spec.dataset, variant=spec.variant.name)


def open_run(runs: RunStore, spec: TrialSpec, plan: RunPlan, note: DatasetNote) -> RunWriter:
    """Create the run of a trial, or re-open the one of an earlier attempt."""
    mark = Mark(kind=Kind(spec.purpose), key=spec.key)
    own = tags_of(mark, _studied(spec), MadeBy(engine=spec.engine), standing(State.RUNNING))
    tags = {**own, **plan.tags}
    params = trial_params(spec)
    if plan.existing is not None:
        writer = runs.reopen(plan.existing, tags, params, spec.name)
    else:
        writer = runs.create(spec.name, tags, params, plan.parent)
    writer.inputs(note)  # again, if an attempt before came so far: MLflow keeps one
    return writer


def points_of(look: Evaluation) -> list[Point]:
    """Return a measurement as points of the curves."""
    values = {
        Curve.TRAIN_LOSS: look.train_loss,
        Curve.VALIDATION_LOSS: look.validation_loss,
        Curve.VALIDATION_ERROR: look.validation_error,
    }
    if look.test_error is not None:
        values[Curve.TEST_ERROR] = look.test_error
    return [Point(key, value, look.update) for key, value in values.items()]


def close_run(writer: RunWriter, result: TrialResult, test_labels: NDArray[np.uint8]) -> None:
    """Store a trial's end: final values, arrays, layers, its state, then the status.

    The labels stand beside the predictions, so that the report needs no data set.

    Raises:
        SupersededError: a later attempt has taken the run over; nothing was written.
    """
    if not writer.is_current():
        raise SupersededError(f"a later attempt has opened the run {writer.run_id}")
    if result.test_predictions is not None:
        writer.arrays(Artifact.PREDICTIONS, predictions=result.test_predictions, labels=test_labels)
    if result.weights is not None:
        writer.arrays(Artifact.WEIGHTS, **result.weights)
    if result.statistics:
        write_layers(writer, layer_frame(result.statistics))
        writer.add(layer_points(result.statistics))
    writer.add_first(Point(key, value, 0) for key, value in metrics_of(_finals(result)).items())
    writer.finish(result.state)


def give_up_run(
    runs: RunStore, spec: TrialSpec, plan: RunPlan, note: DatasetNote, reason: str, details: str
) -> RunWriter:
    """Write that a trial is given up: its run is FAILED, and no restart tries again."""
    writer = open_run(runs, spec, plan, note)
    writer.text(details or reason, Artifact.FAILURE)
    writer.finish(State.GIVEN_UP, reason)
    return writer


def _finals(result: TrialResult) -> Finals:
    """Return the values a run is sorted by; written at step 0, the UI draws them as bars."""
    end = None if result.state is State.PRUNED else result.validation_error
    best = min(result.curve, key=lambda look: look.validation_error, default=None)
    return Finals(
        objective=end,
        validation_error=end,
        test_error=result.test_error,
        best_validation_error=best.validation_error if best else None,
        best_test_error=best.test_error if best else None,
        updates_done=result.updates,
    )
