"""What a trial leaves in MLflow: names, tags, params, points, artifacts, a true status."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.specs import TrialSpec
from glorot_sweep.tracking.layer_table import layer_frame, layer_points, write_layers
from glorot_sweep.tracking.runs import DatasetNote, Point, RunStore, RunWriter, Status
from glorot_sweep.training.results import Measurement, TrialResult

logger = logging.getLogger(__name__)

STATUS: dict[str, Status] = {
    "complete": "FINISHED",
    "pruned": "KILLED",
    "diverged": "FINISHED",
}
PREDICTIONS = "predictions/test.npz"
FAILURE = "failure.txt"
WEIGHTS = "weights/network.npz"


class SupersededError(Exception):
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


def trial_params(spec: TrialSpec) -> dict[str, object]:
    """Return a run's params: the same keys on every run, so that all can be compared.

    The damping of plain SGD is 0, and so are the three numbers of pre-training without it.
    """
    variant, pretraining = spec.variant, spec.pretraining
    return {
        "activation": variant.activation,
        "batch_size": spec.batch_size,
        "damping": repr(spec.damping or 0.0),
        "data_seed": spec.data_seed,
        "dataset": spec.dataset,
        "depth": spec.depth,
        "initialization": variant.initialization,
        "input_scaling": spec.input_scaling,
        "layer_widths": "-".join(map(str, spec.layer_widths)),
        "learning_rate": repr(spec.learning_rate),
        "log10_learning_rate": f"{math.log10(spec.learning_rate):.6f}",
        "matmul_precision": spec.matmul_precision,
        "step_rule": variant.step_rule,
        "noise": repr(pretraining.noise if pretraining else 0.0),
        "pretraining_rate": repr(pretraining.learning_rate if pretraining else 0.0),
        "pretraining_updates": pretraining.updates if pretraining else 0,
        "updates": spec.updates,
        "variant": spec.variant.name,
        "weight_seed": spec.weight_seed,
        "width": spec.width,
    }


def open_run(runs: RunStore, spec: TrialSpec, plan: RunPlan, note: DatasetNote) -> RunWriter:
    """Create the run of a trial, or re-open the one of an earlier attempt."""
    tags = {
        "kind": spec.purpose,
        "key": spec.key,
        "dataset": spec.dataset,
        "variant": spec.variant.name,
        "state": "running",
        **plan.tags,
    }
    if plan.existing is not None:
        writer = runs.reopen(plan.existing, tags, trial_params(spec), spec.key)
    else:
        writer = runs.create(spec.key, tags, trial_params(spec), plan.parent)
    writer.inputs(note)  # again, if an attempt before came so far: MLflow keeps one
    return writer


def points_of(look: Measurement) -> list[Point]:
    """Return a measurement as points of the curves."""
    values = {
        "train/loss": look.train_loss,
        "validation/loss": look.validation_loss,
        "validation/error_percent": look.validation_error,
    }
    if look.test_error is not None:
        values["test/error_percent"] = look.test_error
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
        writer.arrays(PREDICTIONS, predictions=result.test_predictions, labels=test_labels)
    if result.weights is not None:
        writer.arrays(WEIGHTS, **result.weights)
    if result.statistics:
        write_layers(writer, layer_frame(result.statistics))
        writer.add(layer_points(result.statistics))
    writer.add_first(Point(key, value, 0) for key, value in _finals(result).items())
    status = STATUS[result.state]
    writer.finish(status, {"state": result.state})


def give_up_run(
    runs: RunStore, spec: TrialSpec, plan: RunPlan, note: DatasetNote, reason: str, details: str
) -> RunWriter:
    """Write that a trial is given up: its run is FAILED, and no restart tries again."""
    writer = open_run(runs, spec, plan, note)
    writer.text(details or reason, FAILURE)
    writer.finish("FAILED", {"state": "failed", "reason": reason[:500], "given_up": "true"})
    return writer


def _finals(result: TrialResult) -> dict[str, float]:
    """Return the values a run is sorted by; written at step 0, the UI draws them as bars."""
    finals: dict[str, float] = {}
    if result.state != "pruned":
        finals["objective"] = result.validation_error
        finals["final/validation_error_percent"] = result.validation_error
    if result.test_error is not None:
        finals["final/test_error_percent"] = result.test_error
    if result.curve:
        best = min(result.curve, key=lambda look: look.validation_error)
        finals["best/validation_error_percent"] = best.validation_error
        if best.test_error is not None:
            finals["best/test_error_percent"] = best.test_error
    return {**finals, "updates_done": float(result.updates)}
