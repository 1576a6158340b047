"""Whether a checkpoint can be one of a pack: every array and every number where it must be.

A file may be whole, of this code and of these specifications, and yet hold what no training has
left. It is looked at before anything goes on from it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.engine.stepper import Layers, NetworkState
from glorot_sweep.specs import TrialSpec
from glorot_sweep.tracking.life import State
from glorot_sweep.training.checkpoint import Checkpoint, CheckpointError, GoingTrial
from glorot_sweep.training.module import PackModule
from glorot_sweep.training.results import Evaluation, TrialResult, final_errors

ENDS = {State.COMPLETE, State.PRUNED, State.DIVERGED}
Shape = tuple[tuple[int, ...], str]


def refuse_unfit(checkpoint: Checkpoint, module: PackModule, dataset: ImageDataset) -> None:
    """Refuse a checkpoint whose trials are a pack's, but that the pack cannot have left.

    Args:
        checkpoint: of the pack's trials alone.
        module: the pack, as it begins.
        dataset: that it is trained on.

    Raises:
        CheckpointError: names the trial and what does not fit.
    """
    for index, trial in enumerate(module.trials):
        going, ended = checkpoint.going.get(trial.key), checkpoint.ended.get(trial.key)
        if (going is None) == (ended is None):
            raise CheckpointError(f"the trial {trial.key!r} must be either in training or ended")
        if going is not None:
            wrongs = _wrong_in_going(trial, going, checkpoint, module.stepper.state_of(index))
        else:
            assert ended is not None
            begun = module.stepper.state_of(index).layers
            wrongs = _wrong_in_ended(trial, ended, checkpoint.updates, begun, dataset)
        if (wrong := next(wrongs, None)) is not None:
            raise CheckpointError(f"{wrong} of the trial {trial.key!r} cannot be of its training")


def _wrong_in_going(
    trial: TrialSpec, going: GoingTrial, checkpoint: Checkpoint, begun: NetworkState
) -> Iterator[str]:
    """Yield in words what does not fit a trial in training."""
    found, updates = going.network, checkpoint.updates
    each = trial.pretraining.updates if trial.pretraining else 0
    if updates >= trial.updates or checkpoint.loss_updates > updates:
        yield "the updates"
    if updates and checkpoint.pretrained < trial.pretraining_updates:
        yield "the pre-training"
    if _shapes(found.layers) != _shapes(begun.layers):
        yield "the weights"
    if _all_shapes(found.estimates) != _all_shapes(begun.estimates):
        yield "the step rule's estimates"
    if _visible(found) != _wanted_visible(begun, each, checkpoint.pretrained):
        yield "the decoder's bias"
    due = [update for update in trial.evaluate_at if update <= updates]
    if not _is_curve(going.curve, due, trial):
        yield "the curve"
    if not _are_rows(going.statistics, trial, updates):
        yield "the statistics"


def _wrong_in_ended(
    trial: TrialSpec, ended: TrialResult, updates: int, begun: Layers, dataset: ImageDataset
) -> Iterator[str]:
    """Yield in words what does not fit a result; each is looked at if those before fit."""
    diverged = ended.state is State.DIVERGED
    if ended.key != trial.key or ended.state not in ENDS:
        yield "the state"
    if ended.updates > updates or ended.updates not in trial.evaluate_at:
        yield "the updates"
    if ended.state is State.COMPLETE and ended.updates != trial.updates:
        yield "the updates"
    due = [one for one in trial.evaluate_at if one < ended.updates + (not diverged)]
    if not _is_curve(ended.curve, due, trial) or not _are_errors(ended, trial):
        yield "the curve"
    if not _are_rows(ended.statistics, trial, ended.updates):
        yield "the statistics"
    is_measured = trial.purpose == "replicate" and ended.state is not State.PRUNED
    if not _are_predictions(ended, dataset if is_measured else None):
        yield "the predictions"
    weights = _named_shapes(begun) if is_measured and not diverged else {}
    found = {name: _shape(values) for name, values in (ended.weights or {}).items()}
    if found != weights or (ended.weights is None) != (not weights):
        yield "the weights"


def _is_curve(curve: Sequence[Evaluation], due: Sequence[int], trial: TrialSpec) -> bool:
    """Whether a curve has an evaluation at each of these updates, with numbers that can be."""
    return [one.update for one in curve] == list(due) and all(
        math.isfinite(one.train_loss)
        and math.isfinite(one.validation_loss)
        and _is_percent(one.validation_error)
        and _is_test_error(one.test_error, trial)
        for one in curve
    )


def _are_errors(ended: TrialResult, trial: TrialSpec) -> bool:
    if ended.state is not State.DIVERGED:
        window = trial.window if ended.state is State.COMPLETE else 1
        return (ended.validation_error, ended.test_error) == final_errors(ended.curve, window)
    return _is_percent(ended.validation_error) and _is_test_error(ended.test_error, trial)


def _is_percent(value: float) -> bool:
    return 0 <= value <= 100


def _is_test_error(value: float | None, trial: TrialSpec) -> bool:
    if value is None or trial.purpose != "replicate":
        return value is None and trial.purpose != "replicate"
    return _is_percent(value)


def _are_rows(rows: Sequence[LayerStatistics], trial: TrialSpec, updates: int) -> bool:
    return all(
        row.update in trial.statistics.updates
        and row.update <= updates
        and 1 <= row.layer <= trial.depth + 1
        for row in rows
    )


def _are_predictions(ended: TrialResult, dataset: ImageDataset | None) -> bool:
    """Whether there are predictions of a data set; None: there must be none."""
    found = ended.test_predictions
    if dataset is None or found is None:
        return dataset is None and found is None
    wanted = (len(dataset.test.labels),), "uint8"
    return _shape(found) == wanted and bool((found < dataset.n_classes).all())


def _visible(state: NetworkState) -> Shape | None:
    return None if state.visible_bias is None else _shape(state.visible_bias)


def _wanted_visible(begun: NetworkState, each: int, pretrained: int) -> Shape | None:
    """Return the shape of the decoder's bias amid the pre-training of a layer; None elsewhere."""
    layer, within = divmod(pretrained, each) if each else (0, 0)
    if not within or layer >= len(begun.layers) - 1:
        return None
    weight = begun.layers[layer][0]
    return (weight.shape[0],), str(weight.dtype)


def _shape(values: NDArray[Any]) -> Shape:
    return values.shape, str(values.dtype)


def _shapes(layers: Layers) -> list[tuple[Shape, Shape]]:
    return [(_shape(weight), _shape(bias)) for weight, bias in layers]


def _all_shapes(estimates: Mapping[str, Layers]) -> dict[str, list[tuple[Shape, Shape]]]:
    return {name: _shapes(layers) for name, layers in estimates.items()}


def _named_shapes(layers: Layers) -> dict[str, Shape]:
    """Return the shapes of a result's weights, by name; they are stored as float32."""
    return {
        f"{kind}_{index}": (values.shape, "float32")
        for index, pair in enumerate(layers)
        for kind, values in zip(("weight", "bias"), pair, strict=True)
    }
