"""exp, log, tanh and what is made of them against float64, in every form of this CPU.

Tolerances are counted in u = 2^-24, half the distance of floats just above 1: an operation that
rounds once is off by at most u of its result, 2 ulp are at most 4 u.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from native.functions import (
    DUST_OF_EXP,
    EACH_FORM,
    EACH_FORM_OF_VECTORS,
    EXP,
    LOG,
    LOG_1_PLUS,
    SMALLEST_NORMAL,
    SPECIAL,
    TANH,
    Floats,
    assert_same_bits,
    core,
    floats,
)


def ulps(found: Floats, exact: NDArray[np.float64]) -> float:
    """Return the largest distance, in units of the last place of the exact value."""
    return float((np.abs(found - exact) / np.spacing(np.abs(exact.astype(np.float32)))).max())


@dataclass(frozen=True)
class Domain:
    """Where a function is looked at: from a float to another, every so many."""

    low: float
    high: float
    sample: int  # stride of the default tests
    dense: int  # stride of the exhaustive one


# Below 2^-25, exp is 1 and tanh is x, to a rounding. The strides are odd: they meet all low bits.
RANGES = {
    EXP: [
        Domain(-math.inf, -104.0, 100_003, 101),
        Domain(-104.0, -(2.0**-25), 257, 1),
        Domain(-(2.0**-25), -0.0, 100_003, 101),
        Domain(0.0, 2.0**-25, 100_003, 101),
        Domain(2.0**-25, 88.0, 257, 1),
    ],
    LOG: [
        Domain(SMALLEST_NORMAL, 0.25, 2003, 61),
        Domain(0.25, 4.0, 31, 1),
        Domain(4.0, float(np.finfo(np.float32).max), 2003, 61),
    ],
    TANH: [
        Domain(0.0, 2.0**-13, 10_007, 127),
        Domain(2.0**-13, 32.0, 101, 1),
        Domain(32.0, math.inf, 10_007, 127),
    ],
    LOG_1_PLUS: [Domain(0.0, 2.0**-27, 10_007, 127), Domain(2.0**-27, 1.0, 151, 1)],
}
EXACT = {EXP: np.exp, LOG: np.log, TANH: np.tanh, LOG_1_PLUS: np.log1p}
NAMES = {EXP: "exp", LOG: "log", TANH: "tanh", LOG_1_PLUS: "log(1 + x)"}
# log(1 + x) adds to log its own two roundings.
MOST_ULPS = {EXP: 2.0, LOG: 2.0, TANH: 2.0, LOG_1_PLUS: 3.0}


def arguments(which: int, dense: bool = False) -> Iterator[Floats]:
    """Yield where a function is looked at."""
    for domain in RANGES[which]:
        yield from floats(domain.low, domain.high, domain.dense if dense else domain.sample)


def check(which: int, x: Floats) -> int:
    """Compare with float64, which is off by no more than 2^-28 ulp; return how many were seen."""
    exact = EXACT[which](x.astype(np.float64))
    if which == EXP:
        exact[x < DUST_OF_EXP] = 0.0
    distance = ulps(core(which, x), exact)
    assert distance <= MOST_ULPS[which], f"{NAMES[which]}: {distance:.2f} ulp"
    return x.size


@pytest.mark.parametrize("which", RANGES, ids=NAMES.get)
def test_within_2_ulp(which):
    """Two million arguments of each; found 0.97 ulp of exp, 0.79 of log, 1.88 of tanh."""
    seen = sum(check(which, x) for x in arguments(which))
    assert 1_500_000 < seen < 3_000_000


@pytest.mark.slow
@pytest.mark.parametrize("which", RANGES, ids=NAMES.get)
def test_within_2_ulp_of_nearly_all_arguments(which):
    """All but where the function is a straight line, or the exponent alone differs.

    Found 0.98 ulp of exp, 0.82 of log, 1.91 of tanh and 1.23 of log(1 + x).
    """
    seen = sum(check(which, x) for x in arguments(which, dense=True))
    assert seen > 50_000_000


@EACH_FORM_OF_VECTORS
@pytest.mark.parametrize("which", RANGES, ids=NAMES.get)
def test_every_form_says_the_same(which, form):
    for x in arguments(which):
        assert_same_bits(core(which, x, form), core(which, x, "scalar"))


@EACH_FORM
def test_exp_of_what_is_special(form):
    x = SPECIAL[~(SPECIAL > 88)]
    exact = np.exp(x.astype(np.float64))
    exact[x < DUST_OF_EXP] = 0.0
    found = core(EXP, x, form)
    assert np.array_equal(np.isnan(found), np.isnan(x))
    assert (found[x < DUST_OF_EXP] == 0).all()
    assert found[x == DUST_OF_EXP] > 0
    assert (found[x == 0] == 1).all()
    np.testing.assert_allclose(found, exact, rtol=2 * 2.0**-23)


@EACH_FORM
def test_log_of_what_is_special(form):
    x = np.array([1.0, SMALLEST_NORMAL, np.inf, np.nan, -np.nan], np.float32)
    found = core(LOG, x, form)
    assert found[0] == 0
    assert abs(found[1] - math.log(SMALLEST_NORMAL)) < 2 * np.spacing(np.float32(87))
    assert found[2] == np.inf
    assert np.isnan(found[3:]).all()


@EACH_FORM
def test_tanh_of_what_is_special(form):
    """Numbers below 2^-126 stay what they are: nothing on the way is flushed."""
    found = core(TANH, SPECIAL, form)
    assert np.array_equal(np.isnan(found), np.isnan(SPECIAL))
    numbers = SPECIAL[~np.isnan(SPECIAL)]
    found = found[~np.isnan(found)]
    assert np.array_equal(np.signbit(found), np.signbit(numbers))
    large, small = np.abs(numbers) >= 20, np.abs(numbers) <= 2.0**-100
    assert (np.abs(found[large]) == 1).all()
    assert np.array_equal(found[small], numbers[small])
