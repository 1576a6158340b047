"""Values of the activation functions in float64, with the same bits on every CPU.

Only sums, products and quotients that round once; `torch.exp` and its kin are the library's, and
each CPU has its own. For an initialization that looks at activations: no update needs these.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from glorot_sweep.parts.torch.activations import (
    ActivationFunction,
    HardTanh,
    Identity,
    ReLU,
    Sigmoid,
    Softplus,
    Softsign,
    Tanh,
)
from glorot_sweep.parts.torch.normal_quantiles import logarithms, polynomial
from glorot_sweep.parts.torch.rectifiers import ELU, GELU, SELU, LeakyReLU, SiLU

Array = NDArray[np.float64]

_LOG2_E = 1.4426950408889634
_LN_2_HIGH, _LN_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # 33 bits, the rest
_LEAST = -708.0  # its exponential is above 2**-1022
_SERIES = [1.0 / math.factorial(n) for n in range(13, -1, -1)]  # to 1e-17 on |r| <= 0.35
_FAR = 14.0
_TAIL = [  # of t = 1 / (1 + 5 x / 16): the tail of the normal law above x, over t exp(-x^2 / 2)
    -0.018817291932989845, 0.09029572921552574, -0.1483927829908628, 0.07066994761754128,
    0.000488895391597491, 0.05390932607470799, 0.09065357067762739, 0.11176331956471314,
    0.12476464479214455, 0.1246646366209247,
]  # fmt: skip


def portable_values(function: ActivationFunction, s: Array) -> Array:
    """Return f(s), to 1e-8 of the larger of f(s) and 1.

    Args:
        function: one that comes with the package; any other computes its values itself, in
            float64, and its bits are the library's.
        s: pre-activations [n, units].
    """
    known = _PORTABLE.get(type(function))
    if known is not None:
        return known(s)
    given = torch.from_numpy(s).unsqueeze(0)
    z = torch.empty_like(given)
    function.forward(given, z, torch.empty_like(given))
    found: Array = z[0].numpy()
    return found


def exponentials(x: Array) -> Array:
    """Return exp(x) of numbers no greater than 0, to 2e-16 of it; below -708 as there.

    x = n ln 2 + r, |r| <= ln(2) / 2, and 2**n exp(r) by the series.
    """
    x = np.maximum(x, _LEAST)
    n = np.rint(x * _LOG2_E)
    rest = (x - n * _LN_2_HIGH) - n * _LN_2_LOW
    found: Array = np.ldexp(polynomial(_SERIES, rest), n.astype(np.int32))
    return found


def _tanh(s: Array) -> Array:
    e = exponentials(-2.0 * np.abs(s))
    return np.copysign((1.0 - e) / (1.0 + e), s)


def _logistic(s: Array) -> Array:
    e = exponentials(-np.abs(s))
    return np.where(s < 0, e, 1.0) / (1.0 + e)


def _softplus(s: Array) -> Array:
    return np.maximum(s, 0.0) + logarithms(1.0 + exponentials(-np.abs(s)))


def _elu(s: Array) -> Array:
    return np.where(s > 0, s, exponentials(np.minimum(s, 0.0)) - 1.0)


def _selu(s: Array) -> Array:
    return _elu(s) * np.where(s > 0, SELU.SCALE, SELU.SCALE * SELU.ALPHA)


def _gelu(s: Array) -> Array:
    x = np.minimum(np.abs(s), _FAR)
    t = 1.0 / (1.0 + 0.3125 * x)
    tail = polynomial(_TAIL, t) * t * exponentials(-0.5 * x * x)
    return s * np.where(s < 0, tail, 1.0 - tail)


_PORTABLE: dict[type[ActivationFunction], Callable[[Array], Array]] = {
    ELU: _elu,
    GELU: _gelu,
    HardTanh: lambda s: np.clip(s, -1.0, 1.0),
    Identity: lambda s: s,
    LeakyReLU: lambda s: np.maximum(s, s * LeakyReLU.LEAK),
    ReLU: lambda s: np.maximum(s, 0.0),
    SELU: _selu,
    SiLU: lambda s: s * _logistic(s),
    Sigmoid: _logistic,
    Softplus: _softplus,
    Softsign: lambda s: s / (1.0 + np.abs(s)),
    Tanh: _tanh,
}
"""By the class itself: a user's own function may be derived from one of these."""
