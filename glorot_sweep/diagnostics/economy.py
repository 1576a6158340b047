"""The cheap statistics, of every update that is probed: nothing is larger than the trace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics, Quantity
from glorot_sweep.diagnostics.moments import moments
from glorot_sweep.diagnostics.percentiles import percentiles
from glorot_sweep.diagnostics.saturation import saturation_share
from glorot_sweep.diagnostics.weight_gradients import weight_gradient_moments
from glorot_sweep.engine.trace import LayerTrace, Trace
from glorot_sweep.parts.activations import ACTIVATIONS

PERCENTILES = {"p02": 2.0, "p25": 25.0, "p50": 50.0, "p75": 75.0, "p98": 98.0}

Rows = Iterator[tuple[int, LayerStatistics]]  # a trial's number and its row


@dataclass(frozen=True)
class _Stack:
    """One layer of the trace and how its rows are labelled.

    Attributes:
        traced: the layer of the trials that have it.
        update: SGD steps done.
        numbers: number of the layer in each trial; the output layer's is depth + 1.
    """

    traced: LayerTrace
    update: int
    numbers: list[int]

    def rows(self, quantity: Quantity, count: int, columns: Mapping[str, Any]) -> Rows:
        """Cut columns [T] into rows; a column of one number holds for all trials."""
        lists = {
            name: column.tolist() if isinstance(column, Tensor) else [column] * len(self.numbers)
            for name, column in columns.items()
        }
        for position, trial in enumerate(self.traced.trials):
            values = {name: column[position] for name, column in lists.items()}
            yield (
                trial,
                LayerStatistics(self.update, quantity, self.numbers[position], count, **values),
            )


def economy_rows(trace: Trace, update: int, saturation_bound: float) -> Rows:
    """Measure every layer of every trial, all trials at once; `predicted_std` is left open.

    Args:
        trace: all layers of a pack.
        update: SGD steps done.
        saturation_bound: see `saturation_share`.

    Yields:
        The number of a trial and one of its rows, layers from the input upwards.

    Raises:
        ValueError: The trace has fewer examples than a batch.
    """
    output_number = dict.fromkeys(trace.output.trials, 1)
    for number, layer in enumerate(trace.hidden, start=1):
        output_number.update(dict.fromkeys(layer.trials, number + 1))
        stack = _Stack(layer, update, [number] * len(layer.trials))
        yield from _activation_rows(stack, saturation_bound)
        yield from _gradient_rows(stack)
        yield from _weight_rows(stack)
    stack = _Stack(trace.output, update, [output_number[trial] for trial in trace.output.trials])
    yield from _gradient_rows(stack)
    yield from _weight_rows(stack)
    yield from _output_rows(stack, trace)


def _activation_rows(stack: _Stack, saturation_bound: float) -> Rows:
    z = stack.traced.activations
    assert z is not None
    mean, std = moments(z)
    found = percentiles(z, tuple(PERCENTILES.values()))
    functions = [ACTIVATIONS[name] for name in stack.traced.activation_names]
    properties = (
        [f.asymptotes for f in functions],
        [f.at_zero for f in functions],
        [f.dip for f in functions],
    )
    columns = {
        "mean": mean,
        "std": std,
        **dict(zip(PERCENTILES, found.T, strict=True)),
        "saturation": saturation_share(z, saturation_bound, *properties, stack.traced.derivatives),
    }
    return stack.rows("activation", z[0].numel(), columns)


def _gradient_rows(stack: _Stack) -> Rows:
    delta = stack.traced.gradients
    mean, std = moments(delta)
    yield from stack.rows("backpropagated_gradient", delta[0].numel(), {"mean": mean, "std": std})
    found = weight_gradient_moments(stack.traced.entering, delta)
    columns = {"mean": found.mean, "std": found.std, "per_example_std": found.per_example_std}
    yield from stack.rows("weight_gradient", found.count, columns)


def _weight_rows(stack: _Stack) -> Rows:
    weights = stack.traced.weights
    mean, std = moments(weights)
    columns = {
        "mean": mean,
        "std": std,
        "minimum": weights.amin((1, 2)),
        "maximum": weights.amax((1, 2)),
        "fan_in": weights.shape[1],
        "fan_out": weights.shape[2],
        "largest_bias": stack.traced.biases.abs().amax(1),
    }
    return stack.rows("weight", weights[0].numel(), columns)


def _output_rows(stack: _Stack, trace: Trace) -> Rows:
    """The loss, and what it becomes if the output layer sees only the mean of the last z."""
    output, n = stack.traced, len(trace.labels)
    center = output.entering.double().mean(1, keepdim=True)
    logits = center @ output.weights.double() + output.biases.double().unsqueeze(1)
    columns = {
        "loss": _loss(trace.log_probabilities.double(), trace.labels),
        "loss_from_mean": _loss(logits.log_softmax(2).expand(-1, n, -1), trace.labels),
    }
    return stack.rows("output", n, columns)


def _loss(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """Mean negative log-likelihood [T] of log-probabilities [T, n, classes]."""
    examples = torch.arange(len(labels), device=labels.device)
    return -log_probabilities[:, examples, labels].mean(1)
