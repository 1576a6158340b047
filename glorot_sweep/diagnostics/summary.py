"""All statistics of all trials of a pack at one update."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from glorot_sweep.diagnostics.detail import detailed_rows
from glorot_sweep.diagnostics.economy import economy_rows
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.diagnostics.moments import row_means
from glorot_sweep.diagnostics.variance_prediction import WeightScale, predict_variances
from glorot_sweep.engine.trace import Trace


def summarize(
    trace: Trace,
    update: int,
    *,
    detailed: bool,
    saturation_bound: float,
    jacobian_examples: int = 10,
) -> dict[int, list[LayerStatistics]]:
    """Take the statistics of every layer.

    Args:
        trace: all layers of a pack.
        update: SGD steps done.
        detailed: also take histograms and the spectra of the hidden layers' Jacobians.
        saturation_bound: see `saturation_share`.
        jacobian_examples: take the Jacobians of so many examples, the first ones; 1 or more.

    Returns:
        Rows of each trial by its number. A trial with a statistic that is not finite has
        diverged and is left out.

    Raises:
        ValueError: The trace has fewer examples than a batch.
    """
    rows: defaultdict[int, list[LayerStatistics]] = defaultdict(list)
    for trial, row in economy_rows(trace, update, saturation_bound):
        rows[trial].append(row)
    squares = _input_squares(trace)
    finite = {
        trial: _with_predictions(ours, squares[trial])
        for trial, ours in rows.items()
        if all(_is_finite(row) for row in ours)
    }
    return detailed_rows(finite, trace, jacobian_examples) if detailed else finite


def _is_finite(row: LayerStatistics) -> bool:
    return all(math.isfinite(value) for value in vars(row).values() if isinstance(value, float))


def _input_squares(trace: Trace) -> dict[int, float]:
    """E[x^2] over examples and inputs, for each trial."""
    first = trace.hidden[0]
    squares = row_means(first.entering.double().square().flatten(1)).expand(len(first.trials))
    return dict(zip(first.trials, squares.tolist(), strict=True))


def _with_predictions(
    rows: Sequence[LayerStatistics], input_square: float
) -> list[LayerStatistics]:
    """Fill in `predicted_std` of one trial's rows, by equations (5), (6) and (7)."""
    arriving = [row for row in rows if row.quantity == "backpropagated_gradient"][-1]
    predicted = predict_variances(
        [_scale(row) for row in rows if row.quantity == "weight"],
        input_square,
        output_gradient_square=_square(arriving.mean) + _square(arriving.std),
    )
    variances = {
        "activation": predicted.activations,
        "backpropagated_gradient": predicted.gradients,
        "weight_gradient": predicted.weight_gradients,
    }
    return [
        replace(row, predicted_std=math.sqrt(variances[row.quantity][row.layer - 1]))
        if row.quantity in variances
        else row
        for row in rows
    ]


def _scale(row: LayerStatistics) -> WeightScale:
    assert row.fan_in is not None
    assert row.fan_out is not None
    return WeightScale(row.fan_in, row.fan_out, _square(row.std))


def _square(value: float | None) -> float:
    assert value is not None
    return value * value
