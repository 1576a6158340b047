"""What equations (5), (6) and (7) predict from the weights' variances, in the linear regime.

Two slips of the print are put right. The Var[x] of (5) and (7) is E[x^2], which differs from it
unless the inputs are centred. The products of (6) and of the upper layers in (7) start one layer
higher and end with the output matrix: layer i itself does not act on dCost/ds^i,

    Var[dCost/ds^i] = E[(dCost/ds^d)^2] prod_{j=i+1}^{d} n_{j+1} Var[W^j],

and the variance of dCost/dW^i is that times E[(z^i)^2].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul


@dataclass(frozen=True)
class WeightScale:
    """Shape and spread of one weight matrix.

    Attributes:
        fan_in, fan_out: n_i and n_(i+1).
        variance: Var[W^i], about the mean.
    """

    fan_in: int
    fan_out: int
    variance: float


@dataclass(frozen=True)
class PredictedVariances:
    """Variances of a network with H = d hidden layers.

    Attributes:
        activations: Var[z^1] .. Var[z^H], Eq. (5).
        gradients: Var[dCost/ds^0] .. Var[dCost/ds^d], Eq. (6); the last one is what was given.
        weight_gradients: Var[dCost/dW^0] .. Var[dCost/dW^d] of single examples, Eq. (7).
    """

    activations: tuple[float, ...]
    gradients: tuple[float, ...]
    weight_gradients: tuple[float, ...]


def predict_variances(
    layers: Sequence[WeightScale], input_square: float, output_gradient_square: float
) -> PredictedVariances:
    """Multiply up from the input and down from the output.

    Args:
        layers: W^0 .. W^d, the output matrix last.
        input_square: E[x^2] over examples and inputs.
        output_gradient_square: E[(dCost/ds^d)^2] over examples and classes.

    Example:
        >>> layers = [WeightScale(4, 2, 0.5), WeightScale(2, 3, 0.25)]
        >>> predict_variances(layers, input_square=1.0, output_gradient_square=8.0)
        PredictedVariances(activations=(2.0,), gradients=(6.0, 8.0), weight_gradients=(6.0, 16.0))
    """
    forward = [layer.fan_in * layer.variance for layer in layers[:-1]]
    backward = [layer.fan_out * layer.variance for layer in reversed(layers[1:])]
    entering = tuple(accumulate(forward, mul, initial=input_square))
    gradients = tuple(accumulate(backward, mul, initial=output_gradient_square))[::-1]
    products = tuple(z * delta for z, delta in zip(entering, gradients, strict=True))
    return PredictedVariances(entering[1:], gradients, products)
