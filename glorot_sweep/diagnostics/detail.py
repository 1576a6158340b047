"""The statistics of few updates: histograms, and the spectra of the layers' Jacobians."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import torch
from torch import Tensor

from glorot_sweep.diagnostics.histogram import histogram
from glorot_sweep.diagnostics.jacobian import singular_values, spectrum
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.diagnostics.moments import moments
from glorot_sweep.diagnostics.weight_gradients import batch_gradients
from glorot_sweep.engine.trace import LayerTrace, Trace
from glorot_sweep.parts.activations import ACTIVATIONS

ACTIVATION_BINS = 200  # on [-1, 1], so that 0.05, 0.5, 0.9 and 0.95 are edges
GRADIENT_BINS = 201  # odd, so that 0 is the middle of a bin
REACH = 6.0  # standard deviations on either side of 0


def detailed_rows(
    rows: Mapping[int, Sequence[LayerStatistics]], trace: Trace, jacobian_examples: int
) -> dict[int, list[LayerStatistics]]:
    """Add histograms to the rows of the hidden layers, and a row for each Jacobian.

    Activations between two asymptotes are counted up to the larger one on either side of 0, that
    is on [-1, 1]; those without any or with one alone, gradients and weight gradients up to 6
    standard deviations of that layer and trial on either side of 0. Where the standard deviation
    is 0 there is no histogram.

    Args:
        rows: economy rows of the trials that are wanted, all of them finite.
        trace: what the rows were taken from.
        jacobian_examples: take the Jacobians of so many examples, the first ones; 1 or more.
    """
    found = {}
    for trial, ours in rows.items():
        layers = [_of_trial(layer, trial) for layer in trace.hidden if trial in layer.trials]
        jacobians = [
            _jacobian_row(layer, ours[0].update, number, jacobian_examples)
            for number, layer in enumerate(layers[1:], start=1)
        ]
        found[trial] = [*(_with_histogram(row, layers) for row in ours), *jacobians]
    return found


def _of_trial(layer: LayerTrace, trial: int) -> LayerTrace:
    """One trial's part of a layer, as a stack of one."""
    position = layer.trials.index(trial)
    ours = slice(position, position + 1)
    return replace(
        layer,
        trials=(trial,),
        activation_names=layer.activation_names[ours],
        entering=layer.entering if len(layer.entering) == 1 else layer.entering[ours],
        activations=None if layer.activations is None else layer.activations[ours],
        derivatives=None if layer.derivatives is None else layer.derivatives[ours],
        gradients=layer.gradients[ours],
        weights=layer.weights[ours],
        biases=layer.biases[ours],
    )


def _with_histogram(row: LayerStatistics, layers: Sequence[LayerTrace]) -> LayerStatistics:
    if row.layer > len(layers):  # the output layer
        return row
    layer = layers[row.layer - 1]
    assert row.std is not None
    reach = REACH * row.std
    if row.quantity == "activation":
        assert layer.activations is not None
        largest = max(map(abs, ACTIVATIONS[layer.activation_names[0]].asymptotes))
        reach = largest if 0 < largest < math.inf else reach
        return _counted(row, layer.activations, reach, ACTIVATION_BINS)
    if row.quantity == "backpropagated_gradient":
        return _counted(row, layer.gradients, reach, GRADIENT_BINS)
    if row.quantity == "weight_gradient":
        (gradients,) = batch_gradients(layer.entering, layer.gradients)
        return _counted(row, gradients.unsqueeze(0), reach, GRADIENT_BINS)
    return row


def _counted(row: LayerStatistics, values: Tensor, reach: float, bins: int) -> LayerStatistics:
    if reach == 0:
        return row
    low, high = torch.tensor([[-reach], [reach]], dtype=torch.float64)
    shares = histogram(values, low, high, bins)
    return replace(
        row, histogram_low=-reach, histogram_high=reach, histogram=tuple(shares[0].tolist())
    )


def _jacobian_row(layer: LayerTrace, update: int, number: int, examples: int) -> LayerStatistics:
    """dz^(number+1)/dz^number, from the layer that it leads to."""
    assert layer.derivatives is not None
    slopes = layer.derivatives[:, :examples]
    values = singular_values(layer.weights, slopes)
    (mean,), (std,) = moments(slopes)
    return LayerStatistics(
        update,
        "jacobian",
        number,
        values.numel(),
        **asdict(spectrum(values)),
        derivative_mean=float(mean),
        derivative_rms=math.hypot(mean, std),
        spectrum=tuple(values.mean((0, 1)).tolist()),
    )
