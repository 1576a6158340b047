"""Factors of the learning rate: against the formulas, and the same wherever a chunk begins."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest

from glorot_sweep.parts.schedules import SCHEDULES, Schedule
from glorot_sweep.parts.torch.schedules import factors_of

LENGTHS = (1, 2, 3, 19, 20, 21, 100, 1_234)


def warming(updates):
    return -(-updates // 20)


def risen(update, updates):
    return min(1.0, (update + 1) / warming(updates))


def fallen(update, updates):
    return (1 + np.cos(np.pi * update / updates)) / 2


FORMULAS = {
    "constant": lambda *_: 1.0,
    "step": lambda u, n: 0.1 ** ((Fraction(u, n) >= Fraction(1, 2)) + (u / n >= 0.75)),
    "cosine": fallen,
    "warm_up": risen,
    "warm_up_cosine": lambda u, n: (
        risen(u, n) if u < warming(n) else fallen(u - warming(n), n - warming(n))
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_against_its_formula(name):
    """A cosine is rounded, its angle was, and a sum near 1 is: 1e-15 of 1."""
    for updates in LENGTHS:
        found = factors_of(SCHEDULES[name], 0, updates, updates)
        expected = [FORMULAS[name](update, updates) for update in range(updates)]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)
        assert found.dtype == np.float64
        assert (found > 0).all()


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_factor_depends_on_the_number_of_its_update_alone(name):
    whole = factors_of(SCHEDULES[name], 0, 97, 97)
    for count in (1, 7, 40):
        parts = [
            factors_of(SCHEDULES[name], first, min(count, 97 - first), 97)
            for first in range(0, 97, count)
        ]
        assert np.array_equal(np.concatenate(parts), whole)


BITS = {
    "constant": "9ef37f68d3aecb7d",
    "step": "29ab4ec9ef24dad7",
    "cosine": "9717edf910ccb091",
    "warm_up": "0d135f55db01298c",
    "warm_up_cosine": "ce0ee0e0ac55c0fb",
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_bits_on_every_cpu(name):
    """They decide those of all that is trained by them."""
    factors = factors_of(SCHEDULES[name], 0, 1_234, 1_234).astype("<f8")
    assert hashlib.sha256(factors.tobytes()).hexdigest()[:16] == BITS[name]


def test_the_last_factors_of_a_cosine_keep_their_digits():
    """(1 + cos) / 2 would have lost all but a few: the square of a small angle, its sine's."""
    updates = 1_000_000
    last = factors_of(SCHEDULES["cosine"], updates - 1, 1, updates)[0]
    angle = np.pi / 2 / updates
    assert last == pytest.approx(angle**2 * (1 - angle**2 / 3), rel=1e-15)


def few(update, updates):
    """Of too few updates."""
    return np.ones(1)


def infinite(update, updates):
    return np.full(len(update), np.inf)


def negative(update, updates):
    return -np.ones(len(update))


def halved(update, updates):
    """One of one's own that is right; whole numbers will do."""
    return [0] * len(update)


@pytest.mark.parametrize("function", [few, infinite, negative])
def test_a_schedule_of_ones_own_that_gives_no_factors(function):
    own = Schedule("mine", f"{__name__}:{function.__name__}")
    with pytest.raises(ValueError, match="'mine' must give each update a finite factor, 0 or more"):
        factors_of(own, 5, 3, 10)


def test_a_schedule_of_ones_own():
    own = Schedule("mine", f"{__name__}:halved")
    assert factors_of(own, 5, 3, 10).tolist() == [0.0, 0.0, 0.0]


STRIDED = {
    "one number for all": (lambda u, _: np.broadcast_to(0.5, u.shape), [0.5, 0.5, 0.5]),
    "reversed": (lambda u, _: (u / 10.0)[::-1], [0.2, 0.1, 0.0]),
}


@pytest.mark.parametrize("form", STRIDED)
def test_factors_lie_one_after_another(form):
    """The native core reads them so."""
    function, expected = STRIDED[form]
    found = factors_of(Schedule("mine", "mine:form", given=function), 0, 3, 10)
    assert found.strides == (found.itemsize,)
    assert found.tolist() == expected
