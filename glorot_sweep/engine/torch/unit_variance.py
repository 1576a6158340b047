"""Layer-sequential unit-variance initialization, with the same bits on every CPU.

D. Mishkin and J. Matas, "All you need is a good init", ICLR 2016, Algorithm 1: orthonormal weights;
then, from the first layer to the last, those of a layer are divided by the standard deviation of
its output, over examples and units together. The output there is that of the fully connected layer,
before the activation function: Var(s) becomes 1, not Var(z). The output layer is treated alike.

The paper repeats the division with other mini-batches until the variance is within a tolerance of
1, or ten times. Here the examples stay the same, biases are 0 and so s is linear in the weights:
one division is enough, and there is neither a tolerance nor a number of rounds.

A layer whose variance is 0 keeps its orthonormal weights: all that enters it is 0, as above
rectifiers none of which fires, or black images, or there is one output that is always the same. So
do all layers above one whose activations (a user's own) are not finite.

Sums must not depend on the order in which a library adds. So numbers are rounded to whole multiples
of a power of two, few enough that sums of products are exact: the weights are what they were, only
what they are divided by is that of the rounded ones, off by a few parts in a million.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.parts.torch.activations import ActivationFunction
from glorot_sweep.parts.torch.portable_values import portable_values

Array = NDArray[np.float64]

EXACT_BITS = 53  # of a float64


def with_unit_variance(
    weights: Sequence[Tensor], function: ActivationFunction, inputs: Tensor
) -> list[Tensor]:
    """Return the weights of all layers, scaled.

    Args:
        weights: of each layer [fan_in, fan_out], float64, from the input upwards.
        function: of the hidden layers.
        inputs: of the network [n, inputs], float64, n above 1.
    """
    entering: Array = inputs.numpy()
    scaled: list[Tensor] = []
    for weight in weights:
        if not np.isfinite(entering).all():
            break
        s = exact_product(entering, weight.numpy())
        deviation = math.sqrt(exact_variance(s)) or 1.0
        scaled.append(torch.from_numpy(weight.numpy() / deviation))
        entering = portable_values(function, s / deviation)
    return [*scaled, *weights[len(scaled) :]]


def exact_product(a: Array, b: Array) -> Array:
    """Return a @ b of the rounded a and b; see the head of this file.

    Example:
        >>> exact_product(np.array([[0.5, 2.0]]), np.array([[1.0], [0.25]])).tolist()
        [[1.0]]
    """
    (whole_a, place_a), (whole_b, place_b) = (_whole(x, terms=len(b)) for x in (a, b))
    found: Array = np.ldexp(whole_a @ whole_b, place_a + place_b)
    return found


def exact_variance(values: Array) -> float:
    """Return the variance of all values, about their mean, of the rounded values.

    Example:
        >>> exact_variance(np.array([[1.0, 2.0], [3.0, 4.0]]))
        1.25
    """
    count = values.size
    whole, place = _whole(values.ravel(), terms=count)
    squares, total = int(whole @ whole), int(whole.sum())
    return math.ldexp((count * squares - total * total) / count**2, 2 * place)


def _whole(values: Array, terms: int) -> tuple[Array, int]:
    """Return whole numbers and a place p, so that values are about these times 2**p.

    Sums of so many products of two such numbers are below 2**53, whatever the order.
    """
    bits = (EXACT_BITS - terms.bit_length()) // 2
    _, exponent = math.frexp(float(np.abs(values).max()))
    place = exponent - bits
    return np.rint(np.ldexp(values, -place)), place
