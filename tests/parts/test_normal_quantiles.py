"""Quantiles of the normal law against scipy's, logarithms against decimal numbers."""

import math
from decimal import Decimal

import numpy as np
import pytest
from scipy.special import ndtri

from glorot_sweep.parts.torch import normal_quantiles as module
from glorot_sweep.parts.torch.normal_quantiles import logarithms, normal_quantiles

# Shares s in (0, 1): evenly, and so that the tail beyond is every power of 2 down to 2**-53; the
# bounds between the three ranges (0.85, and a tail of exp(-25)) and their neighbours.
EVENLY = np.arange(1, 4000) / 4000
TAILS = 0.5 ** np.arange(2, 54)
BOUNDS = np.array([0.85, np.nextafter(0.85, 0), np.nextafter(0.85, 1)])
FAR = 1 - 2 * math.exp(-25) * np.array([1 - 1e-9, 1, 1 + 1e-9])


@pytest.mark.parametrize(
    "shares", [EVENLY, 1 - 2 * TAILS, BOUNDS, FAR], ids=["evenly", "tails", "bounds", "far"]
)
def test_they_are_scipys(shares):
    """Scipy is asked for the tail, (1 - s) / 2, which is exact."""
    found = normal_quantiles(shares)
    np.testing.assert_allclose(found, -ndtri((1 - shares) / 2), rtol=1e-14, atol=1e-15)
    assert (normal_quantiles(-shares) == -found).all()


def test_each_range_is_reached():
    roots = np.sqrt(-np.log((1 - np.concatenate([EVENLY, 1 - 2 * TAILS])) / 2))
    assert (roots > 5).any()
    assert (roots < 5).any()


def test_the_smallest_and_the_largest_draw():
    first = normal_quantiles(np.array([-1 + 2.0**-53, -(2.0**-53), 2.0**-53, 1 - 2.0**-53]))
    assert (first == -first[::-1]).all()
    np.testing.assert_allclose(first[2:], [-ndtri(0.5 - 2.0**-54), -ndtri(2.0**-54)], rtol=1e-14)


def test_a_quantile_does_not_depend_on_its_place(monkeypatch):
    shares = np.random.default_rng(1).uniform(-1, 1, 1000)
    together = normal_quantiles(shares)
    assert [normal_quantiles(shares[k : k + 1])[0] for k in range(1000)] == together.tolist()
    monkeypatch.setattr(module, "_BLOCK", 64)
    assert (normal_quantiles(shares) == together).all()


def test_logarithms():
    x = np.concatenate([np.random.default_rng(2).uniform(0, 2, 2000), TAILS, [1e-300, 1e300]])
    for value, found in zip(x.tolist(), logarithms(x).tolist(), strict=True):
        error = abs(Decimal(found) - Decimal(value).ln())
        assert error <= 3 * Decimal(math.ulp(found)), value
    assert logarithms(np.ones(1)) == 0
