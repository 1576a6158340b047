"""Square roots against whole numbers, powers of a half against Python's."""

import math

import pytest
import torch

from glorot_sweep.data.same_bits import power_of_half, square_root


def nearest_root(x: float) -> float:
    """Return the float next to the root, by whole numbers: 2**-120 of it are not looked at."""
    numerator, denominator = x.as_integer_ratio()
    return math.isqrt((numerator << 400) // denominator) / (1 << 200)


def test_square_roots_are_the_nearest_floats():
    x = torch.rand(20_000, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 50
    assert square_root(x).tolist() == [nearest_root(one) for one in x.tolist()]
    assert square_root(torch.tensor([0.0, math.inf])).tolist() == [0.0, math.inf]


def test_powers_of_a_half():
    x = torch.linspace(0, 64, 10_001, dtype=torch.float64)
    found = power_of_half(x)
    expected = torch.tensor([2.0**-one for one in x.tolist()], dtype=torch.float64)
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=0)
    assert found[0] == 1.0
    assert (found.diff() < 0).all()


@pytest.mark.parametrize("length", [1, 7, 8, 9, 1000])
def test_a_power_does_not_depend_on_its_place(length):
    x = torch.linspace(0, 64, length, dtype=torch.float64)
    assert power_of_half(x).tolist() == [power_of_half(one.view(1)).item() for one in x]


def test_powers_beyond_the_ends():
    x = torch.tensor([-3.0, 100.0, math.inf, math.nan], dtype=torch.float64)
    found = power_of_half(x)
    assert found[0] == 1.0
    assert found[1] == found[2] == power_of_half(torch.tensor([64.0], dtype=torch.float64))
    assert found[3].isnan()
