"""Quantiles of the normal law by + - * / and square roots alone: the same bits on every CPU.

M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
Statistics 37 (1988), routine PPND16: quotients of polynomials that are right to about 1e-16 of the
quantile. Its logarithm is a series of our own, since libraries round theirs each in its own way.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Coefficients of AS 241, numerator and denominator of each range, from the highest power downwards.
_MIDDLE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
     4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
     1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
     2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
     4.2313330701600911252e1, 1.0),
)  # fmt: skip
_TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
_FAR_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip

_LN_2 = 0.6931471805599453
_ROOT_HALF = 0.7071067811865476
_ATANH = [1.0 / (2 * n + 1) for n in range(12, -1, -1)]  # to 0.172**26 / 27 < 1e-21
_BLOCK = 1 << 15  # numbers of a step: they stay in the cache


def normal_quantiles(signed: Array) -> Array:
    """Return the quantiles of (1 + s) / 2: the share |s| of a normal law lies within -|z| ... |z|.

    Args:
        signed: s, in (-1, 1), float64 [n]. Unlike (1 + s) / 2 it is exact far out on both sides.

    Returns:
        z, float64 [n], to 1e-15 of itself; z has the sign of s.

    Example:
        >>> normal_quantiles(np.array([0.0, 0.6826894921370859, -0.95])).round(6).tolist()
        [0.0, 1.0, -1.959964]
    """
    quantiles = np.empty_like(signed)
    for start in range(0, len(signed), _BLOCK):
        part = signed[start : start + _BLOCK]
        quantiles[start : start + _BLOCK] = _of_block(part)
    return quantiles


def _of_block(signed: Array) -> Array:
    half = signed * 0.5
    quantiles = half * _quotient(_MIDDLE, 0.180625 - half * half)
    outer = np.flatnonzero(np.abs(half) > 0.425)
    of_outer = signed[outer]
    quantiles[outer] = np.copysign(_of_tails(0.5 * (1.0 - np.abs(of_outer))), of_outer)
    return quantiles


def _of_tails(tail: Array) -> Array:
    """Return the quantiles, positive, above which lie these probabilities below 0.075."""
    root = np.sqrt(-logarithms(tail))
    quantiles = _quotient(_TAIL, root - 1.6)
    far = np.flatnonzero(root > 5.0)
    quantiles[far] = _quotient(_FAR_TAIL, root[far] - 5.0)
    return quantiles


def logarithms(x: Array) -> Array:
    """Return natural logarithms of normal positive numbers, to three units in the last place.

    x = m 2**e with m in [sqrt(1/2), sqrt(2)), and log m = 2 artanh((m - 1) / (m + 1)).
    """
    mantissa, exponent = np.frexp(x)  # in [1/2, 1), exact
    small = mantissa < _ROOT_HALF
    mantissa, exponent = np.where(small, 2.0 * mantissa, mantissa), exponent - small
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    return exponent * _LN_2 + 2.0 * ratio * polynomial(_ATANH, ratio * ratio)


def _quotient(coefficients: tuple[Sequence[float], Sequence[float]], x: Array) -> Array:
    return polynomial(coefficients[0], x) / polynomial(coefficients[1], x)


def polynomial(coefficients: Sequence[float], x: Array) -> Array:
    """Horner's rule; numpy rounds each product and each sum, and fuses none."""
    value = coefficients[0] * x + coefficients[1]
    for coefficient in coefficients[2:]:
        value *= x
        value += coefficient
    return value
