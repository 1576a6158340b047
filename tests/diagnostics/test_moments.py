"""Means and standard deviations against exact fractions."""

import numpy as np
import pytest
import torch
from builders import torch_threads
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from diagnostics import slow_doubles
from glorot_sweep.diagnostics.moments import moments, row_means

pytestmark = pytest.mark.usefixtures("one_torch_thread")

UNIT = 2.0**-53


@given(
    arrays.arrays(
        "float64",
        st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 9)),
        elements=st.floats(-1e6, 1e6, allow_subnormal=False),
    )
)
def test_against_fractions(values: NDArray[np.float64]) -> None:
    """A sum of at most 54 numbers rounds 54 times, each time by a unit of what they may reach."""
    mean, std = moments(torch.from_numpy(values))
    for row, found_mean, found_std in zip(values, mean.tolist(), std.tolist(), strict=True):
        flat = row.flatten().tolist()
        expected_mean, expected_std = slow_doubles.mean_and_std(flat)
        tolerance = 2 * len(flat) * UNIT * max(map(abs, flat))
        assert found_mean == pytest.approx(expected_mean, rel=0, abs=tolerance)
        assert found_std == pytest.approx(expected_std, rel=0, abs=2 * tolerance + 1e-150)


def test_a_large_mean_does_not_hide_the_spread() -> None:
    """E[x^2] - E[x]^2 would be off by 1e16 times 2^-53 here, which is as large as the variance."""
    values = 1e8 + torch.randn(1, 50, 40, generator=torch.manual_seed(0), dtype=torch.float64)
    mean, std = moments(values)
    expected_mean, expected_std = slow_doubles.mean_and_std(values.flatten().tolist())
    assert float(mean) == pytest.approx(expected_mean, rel=1e-14)
    assert float(std) == pytest.approx(expected_std, rel=1e-7)  # a value rounds by 1e-8
    naive = float(values.square().mean() - values.mean() ** 2)
    assert abs(naive - expected_std**2) > 0.01


def test_single_precision_is_widened_first() -> None:
    values = torch.randn(3, 7, 20, generator=torch.manual_seed(1))
    for found, expected in zip(moments(values), moments(values.double()), strict=True):
        assert found.dtype == torch.float64
        assert torch.equal(found, expected)


def test_values_are_left_as_they_are() -> None:
    values = torch.randn(2, 30, generator=torch.manual_seed(2), dtype=torch.float64)
    before = values.clone()
    moments(values)
    assert torch.equal(values, before)


def test_views_without_padding() -> None:
    buffer = torch.randn(3, 5, 16, generator=torch.manual_seed(3), dtype=torch.float64)
    for found, expected in zip(
        moments(buffer[:, :, :9]), moments(buffer[:, :, :9].contiguous()), strict=True
    ):
        assert torch.equal(found, expected)


def test_no_spread() -> None:
    mean, std = moments(torch.full((2, 4, 4), -0.25))
    assert mean.tolist() == [-0.25, -0.25]
    assert std.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("trials", [1, 2])
def test_the_number_of_threads_changes_no_bit(trials):
    values = torch.randn((trials, 300, 1000), generator=torch.Generator().manual_seed(0))
    found = []
    for threads in (1, 2, 3):
        with torch_threads(threads):
            squares = row_means(values.double().square().flatten(1))
            found.append([part.tolist() for part in (*moments(values), squares)])
    assert found[0] == found[1] == found[2]
