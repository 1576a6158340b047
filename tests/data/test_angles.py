"""Sine, cosine and tangent against decimal numbers of 70 digits, summed otherwise."""

import math
import time
from decimal import Decimal, localcontext

import pytest
import torch

from glorot_sweep.data.angles import at_angle
from glorot_sweep.data.shapeset_objects import tabulate_figures

DIGITS = 70
# A full turn in 255 parts, as the tables have them, and odd numbers of all sizes beside.
ANGLES = [2 * math.pi * k / 255 for k in range(255)] + [1.1**k / 128 for k in range(0, 80, 3)]


def turned(angle: float) -> tuple[Decimal, Decimal]:
    """Return cosine and sine: (cos 1 + i sin 1) to the power of the angle, a tenth at a time."""
    with localcontext(prec=DIGITS):
        step, left = Decimal("0.1"), Decimal(angle)
        whole, rest = divmod(left, step)
        cosine, sine = small_angle(rest)
        c, s = small_angle(step)
        for _ in range(int(whole)):
            cosine, sine = cosine * c - sine * s, sine * c + cosine * s
        return cosine, sine


def small_angle(x: Decimal) -> tuple[Decimal, Decimal]:
    cosine = sum((-1) ** n * x ** (2 * n) / math.factorial(2 * n) for n in range(1, 20)) + 1
    sine = sum((-1) ** n * x ** (2 * n + 1) / math.factorial(2 * n + 1) for n in range(20))
    return Decimal(cosine), Decimal(sine)


def is_nearest(value: float, true: Decimal) -> bool:
    """Return whether no float is nearer, and the choice is not one that digits left out decide."""
    with localcontext(prec=DIGITS):
        half = (Decimal(math.ulp(value)) / 2) * (1 - Decimal(10) ** -20)
        return abs(Decimal(value) - true) < half


@pytest.mark.parametrize("angle", ANGLES)
def test_they_are_the_nearest_floats(angle):
    found, (cosine, sine) = at_angle(angle), turned(angle)
    assert is_nearest(found.cosine, cosine)
    if angle:
        assert is_nearest(found.sine, sine)
        with localcontext(prec=DIGITS):
            assert is_nearest(found.tangent, sine / cosine)


def test_at_zero():
    found = at_angle(0.0)
    assert (found.sine, found.cosine, found.tangent) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("angle", [-0.5, 0.001, math.nextafter(2**-8, 0), 16.1, math.nan, math.inf])
def test_angles_that_do_not_fit_are_refused(angle):
    with pytest.raises(ValueError, match=r"an angle must be 0 or in \[2\*\*-8, 16\]; got"):
        at_angle(angle)


def test_the_tables_cost_little_at_the_start():
    tabulate_figures.cache_clear()
    at_angle.cache_clear()
    start = time.process_time()
    tabulate_figures(20, torch.device("cpu"))
    assert time.process_time() - start < 0.2  # 0.02 on a quiet machine
