"""The activations and their derivatives against float64, in every form of this CPU."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import erfcx, ndtr

from glorot_sweep.engine.native.networks import ACTIVATIONS
from native.functions import (
    EACH_FORM,
    EACH_FORM_OF_VECTORS,
    SMALLEST_NORMAL,
    SPECIAL,
    TAIL,
    U,
    assert_same_bits,
    core,
    floats,
    slope_of,
    value_of,
)


@dataclass(frozen=True)
class Tolerance:
    """`relative` * u of the exact value, and so much besides."""

    relative: float
    absolute: float = 0.0


# e = exp(-|x|) is off by 4 u at most, and by 2^-126 where it is made 0. In 1 / (1 + e) half of that
# is left, the sum and the quotient round: 4 u; e / (1 + e) has 4 u, 2 u. log(1 + e) has 4 u of e,
# 4 u of log, 2 u of its own and passes one sum more: 11 u. 1 / (1 + |x|) rounds twice, its product
# with x once more, its square has 2 * 2 u, u. A slope made of z has what z is off by, at most 4 u
# where z is near 1, and u / 2 of its own; of 1 - z^2 twice that, and u; sigmoid's below 0 has 6 u
# twice, and 2 u. exp(x) - 1 has 4 u; SELU's factors are off by u / 2, and so is 1 / 100. The tail
# of the normal law has 5 u of the bell, 2 u of t, to whose power of at most 2.6 it goes, 3 u and
# u / 2 of the polynomial, and two products: 16 u. s times it, or times 1 minus it, has 18 u; GELU's
# slope has 16 u of at most 1/2, 8 u of |s| phi(s), which is below 1/4, and its own. SiLU's share
# e / (1 + e) has 7 u, its slope that, 15 u of s f (1 - f) < 1/4, and its own. Numbers below 2^-126
# round by as much as that at the most.
VALUES_WITHIN = {
    "identity": Tolerance(0),
    "relu": Tolerance(0),
    "sigmoid": Tolerance(6, SMALLEST_NORMAL),
    "softplus": Tolerance(11, SMALLEST_NORMAL),
    "softsign": Tolerance(3),
    "tanh": Tolerance(4),
    "elu": Tolerance(4),
    "gelu": Tolerance(18, SMALLEST_NORMAL),
    "hard_tanh": Tolerance(0),
    "leaky_relu": Tolerance(2, SMALLEST_NORMAL),
    "selu": Tolerance(6, SMALLEST_NORMAL),
    "silu": Tolerance(8, 128 * SMALLEST_NORMAL),
}
SLOPES_WITHIN = {
    "identity": Tolerance(0),
    "relu": Tolerance(0),
    "sigmoid": Tolerance(14, 5 * U),
    "softplus": Tolerance(6, SMALLEST_NORMAL),
    "softsign": Tolerance(5),
    "tanh": Tolerance(0, 9 * U),
    "elu": Tolerance(0, 5 * U),
    "gelu": Tolerance(0, 12 * U),
    "hard_tanh": Tolerance(0),
    "leaky_relu": Tolerance(1),
    "selu": Tolerance(1, 13 * U),
    "silu": Tolerance(0, 12 * U),
}
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772  # of SELU
DEPTH = SCALE * ALPHA


def logistic(s):
    """1 / (1 + exp(-s)) in float64, without overflow."""
    e = np.exp(-np.abs(s))
    return np.where(s < 0, e, 1.0) / (1 + e)


def below(s, value):
    """What an exponential unit is below 0, by `value`, and 0 above."""
    return np.where(s > 0, 0.0, value(np.minimum(s, 0)))


EXACT_VALUES = {
    "identity": lambda s: s,
    "relu": lambda s: np.maximum(s, 0),
    "sigmoid": logistic,
    "softplus": lambda s: np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s))),
    "softsign": lambda s: s / (1 + np.abs(s)),
    "tanh": np.tanh,
    "elu": lambda s: np.maximum(s, 0) + below(s, np.expm1),
    "gelu": lambda s: s * ndtr(s),
    "hard_tanh": lambda s: np.clip(s, -1, 1),
    "leaky_relu": lambda s: np.where(s > 0, s, s / 100),
    "selu": lambda s: SCALE * np.maximum(s, 0) + DEPTH * below(s, np.expm1),
    "silu": lambda s: s * logistic(s),
}
EXACT_SLOPES = {
    "identity": np.ones_like,
    "relu": lambda s: (s > 0).astype(np.float64),
    "sigmoid": lambda s: logistic(s) * logistic(-s),
    "softplus": logistic,
    "softsign": lambda s: (1 + np.abs(s)) ** -2.0,
    "tanh": lambda s: 1 / np.cosh(np.minimum(np.abs(s), 300)) ** 2,
    "elu": lambda s: (s > 0) + below(s, np.exp),
    "gelu": lambda s: ndtr(s) + s * np.exp(-(s**2) / 2) / math.sqrt(2 * math.pi),
    "hard_tanh": lambda s: (np.abs(s) < 1).astype(np.float64),
    "leaky_relu": lambda s: np.where(s > 0, 1, 0.01),
    "selu": lambda s: SCALE * (s > 0) + DEPTH * below(s, np.exp),
    "silu": lambda s: logistic(s) * (1 + s * logistic(-s)),
}
SIGNED = [
    *floats(-1e4, -(2.0**-30), 4093),
    *floats(-(2.0**-30), -0.0, 1_000_003),
    *floats(0.0, 2.0**-30, 1_000_003),
    *floats(2.0**-30, 1e4, 4093),
]
"""Pre-activations of either sign: more than enough for any network, most of them small."""


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_derivatives(name):
    """Found: 0.3 to 0.8 of the tolerances, and all of the 2^-126."""
    for s in SIGNED:
        wide = s.astype(np.float64)
        for which, exact, within in (
            (value_of(name), EXACT_VALUES[name](wide), VALUES_WITHIN[name]),
            (slope_of(name), EXACT_SLOPES[name](wide), SLOPES_WITHIN[name]),
        ):
            off = np.abs(core(which, s) - exact)
            assert (off <= within.relative * U * np.abs(exact) + within.absolute).all()


def test_the_tail_of_the_normal_law():
    """Which halves at 0. Found: 5.9 ulp, 6.1 u, which is 0.4 of the tolerance."""
    for x in floats(2.0**-30, 14.0, 1021):
        wide = x.astype(np.float64)
        exact = erfcx(wide / math.sqrt(2)) * np.exp(-(wide**2) / 2) / 2
        assert (np.abs(core(TAIL, x) - exact) <= 16 * U * exact + SMALLEST_NORMAL).all()
    assert core(TAIL, np.zeros(1, np.float32)) == np.float32(0.5)


@EACH_FORM_OF_VECTORS
def test_the_tail_in_every_form(form):
    for s in (*SIGNED, SPECIAL):
        assert_same_bits(core(TAIL, s, form), core(TAIL, s, "scalar"))


@EACH_FORM_OF_VECTORS
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_of_every_form(name, form):
    for s in (*SIGNED, SPECIAL):
        for number in (value_of(name), slope_of(name)):
            assert_same_bits(core(number, s, form), core(number, s, "scalar"))


@EACH_FORM
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_what_is_no_number_stays_none(name, form):
    """A value; a derivative too where it depends on one."""
    nan = np.array([np.nan, -np.nan, 1.0], np.float32)
    assert np.array_equal(np.isnan(core(value_of(name), nan, form)), [True, True, False])
    slopes = np.isnan(core(slope_of(name), nan, form))
    depends = name not in {"identity", "relu", "leaky_relu", "hard_tanh"}
    assert slopes.tolist() == [depends] * 2 + [False]


@EACH_FORM
def test_ends_of_the_activations(form):
    ends = np.array([-np.inf, np.inf, -1e38, 1e38, -0.0, 0.0], np.float32)
    inf = np.inf
    expected = {
        "relu": ([0, inf, 0, 1e38, 0, 0], [0, 1, 0, 1, 0, 0]),
        "sigmoid": ([0, 1, 0, 1, 0.5, 0.5], [0, 0, 0, 0, 0.25, 0.25]),
        "softplus": ([0, inf, 0, 1e38, math.log(2), math.log(2)], [0, 1, 0, 1, 0.5, 0.5]),
        "softsign": ([-1, 1, -1, 1, 0, 0], [0, 0, 0, 0, 1, 1]),
        "tanh": ([-1, 1, -1, 1, 0, 0], [0, 0, 0, 0, 1, 1]),
        "elu": ([-1, inf, -1, 1e38, 0, 0], [0, 1, 0, 1, 1, 1]),
        "gelu": ([0, inf, 0, 1e38, 0, 0], [0, 1, 0, 1, 0.5, 0.5]),
        "hard_tanh": ([-1, 1, -1, 1, 0, 0], [0, 0, 0, 0, 1, 1]),
        "leaky_relu": ([-inf, inf, -1e36, 1e38, 0, 0], [0.01, 1, 0.01, 1, 0.01, 0.01]),
        "selu": ([-DEPTH, inf, -DEPTH, SCALE * 1e38, 0, 0], [0, SCALE, 0, SCALE, DEPTH, DEPTH]),
        "silu": ([0, inf, 0, 1e38, 0, 0], [0, 1, 0, 1, 0.5, 0.5]),
    }
    assert {*expected, "identity"} == set(ACTIVATIONS)
    for name, (values, slopes) in expected.items():
        found = core(value_of(name), ends, form)
        assert np.array_equal(found, np.array(values, np.float32)), name
        assert np.array_equal(core(slope_of(name), ends, form), np.array(slopes, np.float32)), name
