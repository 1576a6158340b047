"""Shares from histograms against counting the values, and against adding bins up one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.report.claims.histogram import Histogram

VALUES = np.random.default_rng(0).normal(0, 0.3, 20_000)


def of_values(values, low, high, bins):
    counts, _ = np.histogram(values, bins, (low, high))
    return Histogram(low, high, counts / len(values))


def one_by_one(histogram, low, high):
    """Add up each bin's share times the part of the bin that lies inside."""
    width = (histogram.high - histogram.low) / len(histogram.shares)
    total = 0.0
    for index, share in enumerate(histogram.shares):
        left = histogram.low + index * width
        part = min(high, left + width) - max(low, left)
        if part > 0:
            total += share * part / width
    return total


@pytest.mark.parametrize("bound", [0.05, 0.9, 0.95])
def test_at_edges_the_shares_are_those_of_the_values(bound):
    values = VALUES[np.abs(VALUES) < 1]
    histogram = of_values(values, -1.0, 1.0, 200)
    # Rounding of sums of 200 numbers below 1, and of an edge's place in its bin: below 1e-12.
    within = (np.abs(values) < bound).mean()
    assert histogram.share_between(-bound, bound) == pytest.approx(within, abs=1e-12)
    assert histogram.share_beyond(bound) == pytest.approx(1 - within, abs=1e-12)


def test_values_outside_the_range_are_in_no_share():
    histogram = of_values(VALUES, -0.3, 0.3, 60)
    inside = (np.abs(VALUES) < 0.3).mean()
    assert histogram.share_between(-9, 9) == pytest.approx(inside, abs=1e-12)


@pytest.mark.slow
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(-2, 2), st.floats(0, 2))
def test_within_bins_the_share_is_linear(shares, low, length):
    histogram = Histogram(-1.0, 1.5, np.array(shares) / 9)
    expected = one_by_one(histogram, low, low + length)
    assert histogram.share_between(low, low + length) == pytest.approx(expected, abs=1e-12)


def test_the_mode_of_the_magnitude():
    values = np.concatenate([VALUES[np.abs(VALUES) < 1], np.full(5_000, -0.705)])
    assert of_values(values, -1.0, 1.0, 200).mode_of_magnitude() == pytest.approx(0.705)
    counts, edges = np.histogram(np.abs(VALUES), 100, (0, 1))
    expected = edges[counts.argmax()] + 0.005
    assert of_values(VALUES, -1.0, 1.0, 200).mode_of_magnitude() == pytest.approx(expected)


@pytest.mark.parametrize("histogram", [(-1.0, 2.0, 4), (-1.0, 1.0, 5)])
def test_only_a_symmetric_histogram_can_be_folded(histogram):
    low, high, bins = histogram
    with pytest.raises(ValueError, match="symmetric range"):
        Histogram(low, high, np.ones(bins) / bins).mode_of_magnitude()
