"""The rounding that stands for a GPU's reduced precision, against arithmetic on exact fractions."""

import math

import pytest
import torch
from reduced_precision import bfloat16, compare, tf32


def rounded(value: float, bits: int) -> float:
    """The nearest number with so many bits of mantissa after the first; of two the even one."""
    fraction, exponent = math.frexp(value)
    return math.ldexp(round(fraction * 2 ** (bits + 1)), exponent - bits - 1)


@pytest.mark.parametrize(("function", "bits"), [(tf32, 10), (bfloat16, 7)])
def test_factors_are_rounded_to_the_nearest(function, bits):
    generator = torch.Generator().manual_seed(1)
    values = torch.randn(10_000, generator=generator) * torch.randn(10_000, generator=generator)
    step = 2.0**-bits
    ties = torch.tensor([1 + step / 2, 1 + 3 * step / 2, -1 - step / 2, 2 - step / 2, 0.0])
    every = torch.cat([values, ties])
    expected = [rounded(value, bits) for value in every.tolist()]
    assert function(every).tolist() == expected


def test_cells_that_differ_by_chance_and_cells_that_do_not():
    cell = {"variant": "tanh", "dataset": "shapeset", "seeds": "5", "standard_deviation": "0.5"}
    exact = {**cell, "test_error_percent": "68.0"}
    alike = compare(exact, {**cell, "test_error_percent": "68.1"})
    assert alike["points"] == pytest.approx(0.1)
    assert alike["p"] > 0.5
    assert compare(exact, {**cell, "test_error_percent": "70.0"})["p"] < 0.001
