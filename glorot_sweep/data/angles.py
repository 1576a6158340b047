"""Sine, cosine and tangent, correctly rounded: the same bits whatever C library there is.

One C library rounds some of these values otherwise than another, and otherwise on another CPU. Here
they are sums of whole numbers, of which nothing is lost but what lies far behind a float's end.
"""

import functools
from dataclasses import dataclass

_BITS = 160  # behind the point; sums err by less than 2**-140
_ONE = 1 << _BITS
_SMALLEST, _LARGEST = 2.0**-8, 16.0  # 60 bits behind the point at most, and a short series
_DOUBLINGS = 5  # series of a 32nd of the angle need a third of the terms


@dataclass(frozen=True)
class Angle:
    """The functions of one angle.

    Attributes:
        sine, cosine, tangent: each the float next to the true value.
    """

    sine: float
    cosine: float
    tangent: float


@functools.cache
def at_angle(radians: float) -> Angle:
    """Return the functions of an angle.

    Args:
        radians: 0, or in [2**-8, 16].

    Raises:
        ValueError: the angle is another one.

    Example:
        >>> at_angle(0.5)
        Angle(sine=0.479425538604203, cosine=0.8775825618903728, tangent=0.5463024898437905)
    """
    if radians != 0 and not _SMALLEST <= radians <= _LARGEST:
        raise ValueError(f"an angle must be 0 or in [2**-8, 16]; got {radians!r}")
    numerator, denominator = radians.as_integer_ratio()
    sine, cosine = _series((numerator << (_BITS - _DOUBLINGS)) // denominator)
    for _ in range(_DOUBLINGS):
        sine, cosine = sine * cosine >> (_BITS - 1), (cosine * cosine - sine * sine) >> _BITS
    # Python's quotient of two whole numbers is the float next to the true one.
    return Angle(sine / _ONE, cosine / _ONE, sine / cosine)


def _series(x: int) -> tuple[int, int]:
    """Return sine and cosine by their power series; all numbers are in units of 2**-160."""
    sums, term, power = [0, 0], _ONE, 0
    while term:
        sums[power & 1] += -term if power & 2 else term
        power += 1
        term = (term * x >> _BITS) // power
    return sums[1], sums[0]
