"""The activations and their derivatives against float64, in every form of this CPU."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from glorot_sweep.engine.native.networks import ACTIVATIONS
from native.functions import (
    EACH_FORM,
    EACH_FORM_OF_VECTORS,
    SLOPES,
    SMALLEST_NORMAL,
    SPECIAL,
    VALUES,
    U,
    assert_same_bits,
    core,
    floats,
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
# twice, and 2 u.
VALUES_WITHIN = {
    "identity": Tolerance(0),
    "relu": Tolerance(0),
    "sigmoid": Tolerance(6, SMALLEST_NORMAL),
    "softplus": Tolerance(11, SMALLEST_NORMAL),
    "softsign": Tolerance(3),
    "tanh": Tolerance(4),
}
SLOPES_WITHIN = {
    "identity": Tolerance(0),
    "relu": Tolerance(0),
    "sigmoid": Tolerance(14, 5 * U),
    "softplus": Tolerance(6, SMALLEST_NORMAL),
    "softsign": Tolerance(5),
    "tanh": Tolerance(0, 9 * U),
}


def logistic(s):
    """1 / (1 + exp(-s)) in float64, without overflow."""
    e = np.exp(-np.abs(s))
    return np.where(s < 0, e, 1.0) / (1 + e)


EXACT_VALUES = {
    "identity": lambda s: s,
    "relu": lambda s: np.maximum(s, 0),
    "sigmoid": logistic,
    "softplus": lambda s: np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s))),
    "softsign": lambda s: s / (1 + np.abs(s)),
    "tanh": np.tanh,
}
EXACT_SLOPES = {
    "identity": np.ones_like,
    "relu": lambda s: (s > 0).astype(np.float64),
    "sigmoid": lambda s: logistic(s) * logistic(-s),
    "softplus": logistic,
    "softsign": lambda s: (1 + np.abs(s)) ** -2.0,
    "tanh": lambda s: 1 / np.cosh(np.minimum(np.abs(s), 300)) ** 2,
}
SIGNED = [
    *floats(-1e4, -(2.0**-30), 1021),
    *floats(-(2.0**-30), -0.0, 1_000_003),
    *floats(0.0, 2.0**-30, 1_000_003),
    *floats(2.0**-30, 1e4, 1021),
]
"""Pre-activations of either sign: more than enough for any network, most of them small."""


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_derivatives(name):
    """Found: 0.3 to 0.8 of the tolerances, and all of the 2^-126."""
    number = ACTIVATIONS.index(name)
    for s in SIGNED:
        wide = s.astype(np.float64)
        for which, exact, within in (
            (VALUES + number, EXACT_VALUES[name](wide), VALUES_WITHIN[name]),
            (SLOPES + number, EXACT_SLOPES[name](wide), SLOPES_WITHIN[name]),
        ):
            off = np.abs(core(which, s) - exact)
            assert (off <= within.relative * U * np.abs(exact) + within.absolute).all()


@EACH_FORM_OF_VECTORS
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_of_every_form(name, form):
    for s in (*SIGNED, SPECIAL):
        for which in (VALUES, SLOPES):
            number = which + ACTIVATIONS.index(name)
            assert_same_bits(core(number, s, form), core(number, s, "scalar"))


@EACH_FORM
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_what_is_no_number_stays_none(name, form):
    """A value; a derivative too where it depends on one."""
    nan = np.array([np.nan, -np.nan, 1.0], np.float32)
    number = ACTIVATIONS.index(name)
    assert np.array_equal(np.isnan(core(VALUES + number, nan, form)), [True, True, False])
    slopes = np.isnan(core(SLOPES + number, nan, form))
    assert slopes.tolist() == [name not in {"identity", "relu"}] * 2 + [False]


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
    }
    for name, (values, slopes) in expected.items():
        number = ACTIVATIONS.index(name)
        found = core(VALUES + number, ends, form)
        assert np.array_equal(found, np.array(values, np.float32)), name
        assert np.array_equal(core(SLOPES + number, ends, form), np.array(slopes, np.float32)), name
