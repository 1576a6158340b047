"""The rounding that stands for a GPU's reduced precision, against arithmetic on exact fractions."""

import math

import pytest
import torch
from builders import a_pack, a_trial, toy_dataset
from reduced_precision import ROUNDINGS, bfloat16, compare, round_products, tf32

from glorot_sweep.training.fit import fit_pack


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


@pytest.mark.parametrize("precision", ROUNDINGS)
def test_a_pack_is_trained_with_rounded_factors_in_every_product(precision, monkeypatch):
    rounding = ROUNDINGS[precision]
    products = []

    def recorded(real, factors):
        def product(*arguments, **options):
            products.append((real.__name__, [arguments[i] for i in factors]))
            return real(*arguments, **options)

        return product

    monkeypatch.setattr(torch, "bmm", recorded(torch.bmm, (0, 1)))
    monkeypatch.setattr(torch, "baddbmm", recorded(torch.baddbmm, (1, 2)))
    monkeypatch.setattr(torch.Tensor, "baddbmm_", recorded(torch.Tensor.baddbmm_, (1, 2)))
    round_products(rounding)
    fit_pack(a_pack(a_trial(updates=2, depth=2)), toy_dataset(), lambda *_: ())
    assert {name for name, _ in products} == {"bmm", "baddbmm", "baddbmm_"}
    for _, factors in products:
        for factor in factors:
            assert torch.equal(factor, rounding(factor))


def test_cells_that_differ_by_chance_and_cells_that_do_not():
    cell = {"variant": "tanh", "dataset": "shapeset", "seeds": "5", "standard_deviation": "0.5"}
    exact = {**cell, "test_error_percent": "68.0"}
    alike = compare(exact, {**cell, "test_error_percent": "68.1"})
    assert alike["points"] == pytest.approx(0.1)
    assert alike["p"] > 0.5
    assert compare(exact, {**cell, "test_error_percent": "70.0"})["p"] < 0.001
