"""Gradients on the weights, averaged over batches: their moments without forming them.

The gradient on W of a batch of B examples is Z^T D / B, Eq. (3), where Z [B, fan_in] enters the
layer and D [B, fan_out] is back-propagated to its argument. Its moments follow from B x B
matrices: the sum of its squared entries from ||Z^T D||_F^2 = sum((Z Z^T) * (D D^T)), the sum of
its entries from the row sums of Z and D.

The variance is then E[g^2] - E[g]^2 after all. In float64 the difference is good to
2^-52 (mean/std)^2, so to five digits even where the mean is 10^5 times the standard deviation;
gradients have theirs around zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

BATCH = 10  # examples of an update, Sec. 2.3; consecutive ones of the probe


@dataclass(frozen=True)
class WeightGradientMoments:
    """Moments of dCost/dW [T] over all weights of a layer, in float64.

    Attributes:
        mean: over batches, and at the same time over examples.
        std: of gradients averaged over a batch.
        per_example_std: of gradients of single examples.
        count: entries of all batch gradients together, for each trial.
    """

    mean: Tensor
    std: Tensor
    per_example_std: Tensor
    count: int


def weight_gradient_moments(
    entering: Tensor, gradients: Tensor, batch: int = BATCH
) -> WeightGradientMoments:
    """Pool the gradients of batches of consecutive examples; an incomplete last one is left out.

    Args:
        entering: what enters the layer [T or 1, n, fan_in]; one for all trials, or each its own.
        gradients: dCost/ds of each example, not divided by n [T, n, fan_out].
        batch: examples of a batch.

    Raises:
        ValueError: There is no complete batch.
    """
    z, delta = _in_batches(entering, batch), _in_batches(gradients, batch)
    count = z.shape[1] * z.shape[3] * delta.shape[3]
    mean = (z.sum(3) * delta.sum(3)).sum((1, 2)) / (count * batch)
    products = (z @ z.mT) * (delta @ delta.mT)  # [T, batches, batch, batch]
    square = products.sum((1, 2, 3)) / (count * batch**2)
    # The diagonal holds ||z||^2 ||delta||^2, the squared entries of one example's gradient.
    example_square = products.diagonal(dim1=2, dim2=3).sum((1, 2)) / (count * batch)
    return WeightGradientMoments(mean, _std(mean, square), _std(mean, example_square), count)


def batch_gradients(entering: Tensor, gradients: Tensor, batch: int = BATCH) -> Iterator[Tensor]:
    """Form the gradients of batches, one trial after another since they are large.

    Args:
        entering: what enters the layer [T or 1, n, fan_in].
        gradients: dCost/ds of each example [T, n, fan_out].
        batch: examples of a batch.

    Yields:
        dCost/dW of a trial's batches, averaged over the batch [n // batch, fan_in, fan_out].

    Raises:
        ValueError: There is no complete batch.
    """
    z, delta = _in_batches(entering, batch), _in_batches(gradients, batch)
    for below, above in zip(z.expand(len(delta), -1, -1, -1), delta, strict=True):
        yield below.mT @ above / batch


def _in_batches(examples: Tensor, batch: int) -> Tensor:
    """Cut [T, n, units] into [T, n // batch, batch, units] of float64."""
    batches = examples.shape[1] // batch
    if batches == 0:
        raise ValueError(
            f"{examples.shape[1]} examples do not fill a batch of {batch}; give {batch} or more"
        )
    shape = (len(examples), batches, batch, examples.shape[2])
    return examples[:, : batches * batch].double().reshape(shape)


def _std(mean: Tensor, square: Tensor) -> Tensor:
    """Root of E[g^2] - E[g]^2, which rounding may leave just below zero."""
    return (square - mean.square()).clamp(min=0).sqrt()
