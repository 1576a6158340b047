"""One row of the statistics table: a quantity of one layer of one network at one update."""

from dataclasses import dataclass
from typing import Literal

Quantity = Literal[
    "activation", "backpropagated_gradient", "weight_gradient", "weight", "jacobian", "output"
]


@dataclass(frozen=True)
class LayerStatistics:
    """Statistics pooled over the units (or weights) of a layer and over the probe's examples.

    Layer k = 1..depth is the k-th hidden layer: activations z^k, gradients delta^(k-1), weights
    W^(k-1). Layer depth + 1 is the output layer. A column that a quantity does not have is None.

    Attributes:
        update: SGD steps done.
        quantity: `activation` z^k; `backpropagated_gradient` dCost/ds^(k-1), per example,
            of the cost that the network is trained on;
            `weight_gradient` dCost/dW^(k-1), averaged over batches of 10; `weight` W^(k-1);
            `jacobian` dz^(k+1)/dz^k, whose `mean`, `std`, `minimum`, `maximum` are those of its
            singular values; `output`, one row for layer depth + 1.
        layer: see above.
        count: values pooled.
        mean, std: of all values; the standard deviation divides by `count`.
        minimum, maximum: of weights and singular values.
        p02, p25, p50, p75, p98: percentiles of activations, signed (2nd .. 98th).
        saturation: share of activations beyond the bound, see `saturation.py`.
        predicted_std: what equations (5), (6), (7) predict for activations, back-propagated
            gradients and per-example weight gradients from the weights' present variances.
        per_example_std: of weight gradients of single examples.
        fan_in, fan_out: of weights.
        largest_bias: largest absolute bias beside these weights.
        above_damping: share of these weights whose estimate in a step rule exceeds its damping;
            near 0 the rule is plain gradient descent at rate / damping. None before the first
            update, and without such a rule.
        rms, geometric_mean: of singular values.
        derivative_mean, derivative_rms: of f' in the layer that a Jacobian leads to, over the
            examples it was taken on.
        loss, loss_from_mean: of the output: mean negative log-likelihood of the probe, and the
            same if the last hidden layer is replaced by its mean over the probe. Nats.
        histogram_low, histogram_high, histogram: range, and the share of all values in each of
            the equal bins; what lies outside the range is in no bin.
        spectrum: singular values from largest to smallest, averaged over examples.
    """

    update: int
    quantity: Quantity
    layer: int
    count: int
    mean: float | None = None
    std: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    p02: float | None = None
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p98: float | None = None
    saturation: float | None = None
    predicted_std: float | None = None
    per_example_std: float | None = None
    fan_in: int | None = None
    fan_out: int | None = None
    largest_bias: float | None = None
    above_damping: float | None = None
    rms: float | None = None
    geometric_mean: float | None = None
    derivative_mean: float | None = None
    derivative_rms: float | None = None
    loss: float | None = None
    loss_from_mean: float | None = None
    histogram_low: float | None = None
    histogram_high: float | None = None
    histogram: tuple[float, ...] | None = None
    spectrum: tuple[float, ...] | None = None
