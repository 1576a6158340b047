"""Percentiles against numpy's own, to the last bit."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from glorot_sweep.diagnostics.percentiles import percentiles

pytestmark = pytest.mark.usefixtures("one_torch_thread")

SHARES = (2, 25, 50, 75, 98)


@given(
    arrays.arrays(
        "float64",
        st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 20)),
        elements=st.floats(-1e6, 1e6),
    ),
    st.lists(st.floats(0, 100), min_size=1, max_size=5),
)
def test_against_numpy(values: NDArray[np.float64], shares: list[float]) -> None:
    """The same operations on the same two neighbours, so the same bits."""
    found = percentiles(torch.from_numpy(values), shares)
    expected = [[np.percentile(row, share) for share in shares] for row in values]
    assert found.tolist() == expected


def test_the_ends_are_the_extremes() -> None:
    values = torch.randn(2, 9, 11, generator=torch.manual_seed(0))
    found = percentiles(values, [0, 100])
    assert found[:, 0].tolist() == values.amin((1, 2)).tolist()
    assert found[:, 1].tolist() == values.amax((1, 2)).tolist()


def test_single_precision_is_interpolated_in_double() -> None:
    values = torch.randn(3, 7, 20, generator=torch.manual_seed(1))
    found = percentiles(values, SHARES)
    assert found.dtype == torch.float64
    assert torch.equal(found, percentiles(values.double(), SHARES))


def test_the_sorts_agree() -> None:
    """What a GPU would do, done here: torch's own sort."""
    values = torch.randn(3, 7, 20, generator=torch.manual_seed(2))
    ordered = values.flatten(1).sort(1).values
    assert torch.equal(percentiles(values, SHARES), percentiles(ordered, SHARES))


def test_values_are_left_as_they_are() -> None:
    values = torch.randn(2, 30, generator=torch.manual_seed(3))
    before = values.clone()
    percentiles(values, SHARES)
    assert torch.equal(values, before)


def test_no_number() -> None:
    """A diverged trial spoils its own row alone."""
    values = torch.tensor([[1.0, 2.0, 3.0], [float("nan"), 2.0, 3.0]])
    found = percentiles(values, [50, 98])
    assert found[0].isfinite().all()
    assert found[1, 1].isnan()
