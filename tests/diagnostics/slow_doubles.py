"""Slow, obvious doubles of the diagnostics: loops, numpy on one trial, autograd, dense SVD."""

import math
import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from oracles import ReferenceNetwork
from torch import Tensor
from torch.nn import functional

Array = NDArray[np.float64]
Rows = dict[tuple[str, int], dict[str, Any]]  # columns by quantity and layer
LIMITS = {
    "elu": (-1, math.inf),
    "gelu": (0, math.inf),
    "hard_tanh": (-1, 1),
    "identity": None,
    "leaky_relu": None,
    "relu": (0, math.inf),
    "selu": (-1.7580993408473766, math.inf),
    "sigmoid": (0, 1),
    "silu": (0, math.inf),
    "softplus": (0, math.inf),
    "softsign": (-1, 1),
    "tanh": (-1, 1),
}
DIPS = {"gelu": -0.16997120747990366, "silu": -0.2784645427610738}


def mean_and_std(values: Sequence[float]) -> tuple[float, float]:
    """In exact fractions, each rounded once at the end."""
    return float(statistics.mean(values)), float(statistics.pstdev(values))


def saturation(
    values: Sequence[float],
    bound: float,
    limits: tuple[float, float] | None,
    dip: float | None = None,
    slopes: Sequence[float] = (),
) -> float:
    """By the distance that is left to the nearer limit, in units of half the range.

    Of a function that dips, by that to its upper end on the falling side, in units of the dip.
    """
    if limits is None:
        return 0.0
    low, high = limits
    if dip is not None:
        pairs = zip(values, slopes, strict=True)
        return sum(f <= 0 and value / dip <= 1 - bound for value, f in pairs) / len(values)
    if high == math.inf:
        start = math.log(2) if min(values) > 0 else 0  # where the softplus starts, or another one
        return sum(1 for value in values if value - low <= (1 - bound) * (start - low)) / len(
            values
        )
    left = [min(value - low, high - value) / ((high - low) / 2) for value in values]
    return sum(1 for share in left if share < 1 - bound) / len(values)


def example_gradients(entering: Array, gradients: Array) -> list[Array]:
    """dCost/dW of each example, Eq. (3), entry by entry."""
    return [
        np.array([[z * delta for delta in above] for z in below])
        for below, above in zip(entering.tolist(), gradients.tolist(), strict=True)
    ]


def mean_of_batches(examples: Sequence[Array], batch: int) -> list[Array]:
    """Averages over consecutive complete batches."""
    return [
        sum(examples[first : first + batch], start=np.zeros_like(examples[0])) / batch
        for first in range(0, len(examples) - batch + 1, batch)
    ]


def jacobian_spectra(weight: Array, slopes: Array) -> Array:
    """Singular values [m, min(fan_in, fan_out)] of J with J_lk = w_lk f'_k, entry by entry."""
    rows, columns = weight.shape
    return np.array(
        [
            np.linalg.svd(
                [[weight[row, k] * slope[k] for k in range(columns)] for row in range(rows)],
                compute_uv=False,
            )
            for slope in slopes
        ]
    )


def predicted_variances(
    shapes: Sequence[tuple[int, int]], variances: Sequence[float], x2: float, delta2: float
) -> tuple[list[float], list[float], list[float]]:
    """Equations (5), (6), (7) as written out in full, each product from its own first factor."""
    d = len(shapes) - 1

    def forward(i: int) -> float:
        return math.prod(shapes[j][0] * variances[j] for j in range(i))

    def backward(i: int) -> float:
        return math.prod(shapes[j][1] * variances[j] for j in range(i + 1, d + 1))

    return (
        [x2 * forward(i) for i in range(1, d + 1)],
        [backward(i) * delta2 for i in range(d + 1)],
        [x2 * forward(i) * backward(i) * delta2 for i in range(d + 1)],
    )


class LookedAt:
    """One network, forward and backward by autograd, its layers as arrays.

    Attributes:
        entering: x, z^1 .. z^H.
        slopes: f' of each hidden layer.
        deltas: dCost/ds of each layer and example, the output layer last.
        weights, biases: of each layer.
        losses: mean negative log-likelihood, and the same from the mean of the last z.
    """

    def __init__(self, network: ReferenceNetwork, x: Tensor, labels: Tensor) -> None:
        logits = network(x)
        s = network.pre_activations
        z = [network.function(values) for values in s]
        cost = functional.cross_entropy(logits, labels, reduction="sum")
        self.deltas = [_array(g) for g in torch.autograd.grad(cost, [*s, logits])]
        self.slopes = [
            _array(torch.autograd.grad(network.function(values).sum(), values)[0]) for values in s
        ]
        self.entering = [_array(x), *map(_array, z)]
        self.weights = [_array(linear.weight).T for linear in network.linears]
        self.biases = [_array(linear.bias) for linear in network.linears]
        center = z[-1].mean(0).expand(len(x), -1)
        from_mean = functional.cross_entropy(network.linears[-1](center), labels)
        self.losses = float(cost.detach()) / len(x), float(from_mean.detach())


def expected_rows(
    activation: str,
    network: ReferenceNetwork,
    x: Tensor,
    labels: Tensor,
    bound: float,
    examples: int | None,
) -> Rows:
    """Every column of every row of one trial; histograms and Jacobians if there are examples."""
    seen, limits = LookedAt(network, x, labels), LIMITS[activation]
    depth = len(seen.slopes)
    rows: Rows = {}
    for k in range(1, depth + 2):
        counted = examples is not None and k <= depth
        rows["backpropagated_gradient", k] = _column(seen.deltas[k - 1], counted)
        rows["weight_gradient", k] = _weight_gradient(seen, k, counted)
        rows["weight", k] = _weight(seen.weights[k - 1], seen.biases[k - 1])
        if k <= depth:
            share = saturation(
                seen.entering[k].flatten().tolist(), bound, limits, DIPS.get(activation),
                seen.slopes[k - 1].flatten().tolist(),
            )  # fmt: skip
            rows["activation", k] = _activation(seen.entering[k], share, limits, counted)
        if examples is not None and k < depth:
            rows["jacobian", k] = _jacobian(seen.weights[k], seen.slopes[k][:examples])
    _predict(rows, seen)
    loss, from_mean = seen.losses
    rows["output", depth + 1] = {"count": len(x), "loss": loss, "loss_from_mean": from_mean}
    return rows


def _array(tensor: Tensor) -> Array:
    return tensor.detach().double().numpy()


def _moments(values: Array) -> dict[str, Any]:
    return {"count": values.size, "mean": values.mean(), "std": values.std()}


def _column(values: Array, counted: bool) -> dict[str, Any]:
    histogram = _histogram(values, 6 * values.std(), 201) if counted else {}
    return {**_moments(values), **histogram}


def _weight_gradient(seen: LookedAt, k: int, counted: bool) -> dict[str, Any]:
    each = example_gradients(seen.entering[k - 1], seen.deltas[k - 1])
    batches = np.array(mean_of_batches(each, 10))
    used = np.array(each[: 10 * len(batches)])
    return {**_column(batches, counted), "per_example_std": used.std()}


def _weight(weight: Array, bias: Array) -> dict[str, Any]:
    return {
        **_moments(weight),
        "minimum": weight.min(),
        "maximum": weight.max(),
        "fan_in": weight.shape[0],
        "fan_out": weight.shape[1],
        "largest_bias": max(abs(value) for value in bias),
    }


def _activation(
    z: Array, saturated: float, limits: tuple[float, float] | None, counted: bool
) -> dict[str, Any]:
    reach = 6 * z.std() if limits is None or limits[1] == math.inf else 1.0
    return {
        **_moments(z),
        **{f"p{share:02}": np.percentile(z, share) for share in (2, 25, 50, 75, 98)},
        "saturation": saturated,
        **(_histogram(z, reach, 200) if counted else {}),
    }


def _histogram(values: Array, reach: float, bins: int) -> dict[str, Any]:
    counts, _ = np.histogram(values, bins, (-reach, reach))
    shares = tuple(counts / values.size)
    return {"histogram_low": -reach, "histogram_high": reach, "histogram": shares}


def _jacobian(weight: Array, slopes: Array) -> dict[str, Any]:
    spectra = jacobian_spectra(weight, slopes)
    return {
        **_moments(spectra),
        "minimum": spectra.min(),
        "maximum": spectra.max(),
        "rms": math.sqrt((spectra**2).mean()),
        "geometric_mean": statistics.geometric_mean(spectra.flatten().tolist()),
        "derivative_mean": slopes.mean(),
        "derivative_rms": math.sqrt((slopes**2).mean()),
        "spectrum": tuple(spectra.mean(0)),
    }


def _predict(rows: Rows, seen: LookedAt) -> None:
    z, delta, on_weights = predicted_variances(
        [weight.shape for weight in seen.weights],
        [weight.var() for weight in seen.weights],
        (seen.entering[0] ** 2).mean(),
        (seen.deltas[-1] ** 2).mean(),
    )
    named = {"activation": z, "backpropagated_gradient": delta, "weight_gradient": on_weights}
    for quantity, variances in named.items():
        for k, variance in enumerate(variances, start=1):
            rows[quantity, k]["predicted_std"] = math.sqrt(variance)
