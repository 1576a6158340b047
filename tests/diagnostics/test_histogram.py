"""Histograms against numpy's, trial by trial."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.diagnostics.histogram import histogram

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@given(st.integers(1, 5), st.integers(1, 250), st.integers(0, 1000))
def test_against_numpy(trials: int, bins: int, seed: int) -> None:
    """Each trial in a range of its own, which leaves some values outside."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(trials, 30, 7, generator=generator, dtype=torch.float64)
    low = -2 * torch.rand(trials, generator=generator, dtype=torch.float64) - 0.1
    high = 2 * torch.rand(trials, generator=generator, dtype=torch.float64) + 0.1
    found = histogram(values, low, high, bins)
    assert found.shape == (trials, bins)
    for row, start, stop, shares in zip(values, low.tolist(), high.tolist(), found, strict=True):
        counts, _ = np.histogram(row.numpy(), bins, (start, stop))
        assert (shares * 210).round().tolist() == counts.tolist()


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=40), st.sampled_from([1, 4, 16]))
def test_on_the_edges(numerators: list[int], bins: int) -> None:
    """Multiples of 1/16: every edge and every value is exact, so an edge belongs to one bin."""
    values = torch.tensor([numerators], dtype=torch.float64) / 16
    found = histogram(values, torch.tensor([-1.0]), torch.tensor([1.0]), bins)
    counts, _ = np.histogram(values.numpy(), bins, (-1, 1))
    assert (found[0] * len(numerators)).round().tolist() == counts.tolist()


def test_the_bins_of_activations() -> None:
    """Of 200 bins on [-1, 1] the edges are hundredths, and single precision keeps its side."""
    z = torch.tensor([[-1.0, -0.955, 0.0, 0.005, 0.495, 0.505, 0.895, 0.905, 0.999, 1.0]])
    found = histogram(z, torch.tensor([-1.0]), torch.tensor([1.0]), 200)[0]
    assert found.nonzero().flatten().tolist() == [0, 4, 100, 149, 150, 189, 190, 199]
    assert found[199] == pytest.approx(0.2)
    assert found[100] == pytest.approx(0.2)


def test_shares_are_of_all_values() -> None:
    z = torch.tensor([[-3.0, 0.5, 0.5, 9.0]])
    found = histogram(z, torch.tensor([0.0]), torch.tensor([1.0]), 2)
    assert found.tolist() == [[0.0, 0.5]]


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(ValueError, match="low end is below"):
        histogram(torch.zeros(2, 3), torch.tensor([-1.0, 0.0]), torch.tensor([1.0, 0.0]), 4)
