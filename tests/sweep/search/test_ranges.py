"""Edges, growth and division of ranges, in plain logarithms as the second implementation."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.config.limits import LARGEST_RATE, SMALLEST_RATE
from glorot_sweep.config.section import RateRange
from glorot_sweep.sweep.search.ranges import edge_of, evenly_spaced, grown, within_parts

RANGES = st.tuples(st.floats(-6, 1), st.floats(0.05, 4)).map(
    lambda ends: RateRange(low=10 ** ends[0], high=10 ** (ends[0] + ends[1]))
)


def decades(rates):
    return math.log10(rates.low), math.log10(rates.high)


@given(RANGES, st.floats(0, 1))
def test_the_outer_tenth_at_either_end(rates, place):
    low, high = decades(rates)
    found = edge_of(rates, 10 ** (low + place * (high - low)))
    if abs(place - 0.1) > 1e-6 and abs(place - 0.9) > 1e-6:
        assert found == ("low" if place < 0.1 else "high" if place > 0.9 else None)


def test_a_rate_on_the_border_is_at_the_edge():
    rates = RateRange(low=0.001, high=1.0)
    assert [edge_of(rates, 10**power) for power in (-2.7, -2.69, -0.31, -0.3)] == [
        "low", None, None, "high",
    ]  # fmt: skip


def test_where_one_rate_was_asked_for_there_is_no_edge():
    assert edge_of(RateRange(low=0.1, high=0.1), 0.1) is None


@given(RANGES)
def test_it_grows_by_a_third_of_its_length_at_one_end(rates):
    low, high = decades(rates)
    third = (high - low) / 3
    assert decades(grown(rates, "low")) == pytest.approx((low - third, high), abs=1e-5)
    longest = min(high + third, math.log10(LARGEST_RATE))
    assert decades(grown(rates, "high")) == pytest.approx((low, longest), abs=1e-5)
    assert grown(rates, None) == rates


def test_it_grows_to_no_rate_that_a_file_could_not_give():
    assert grown(RateRange(low=1.0, high=LARGEST_RATE / 2), "high").high == LARGEST_RATE
    assert grown(RateRange(low=2 * SMALLEST_RATE, high=1.0), "low").low == SMALLEST_RATE


@given(RANGES, st.integers(2, 12))
def test_a_grid_has_both_ends_and_equal_steps(rates, count):
    found = evenly_spaced(rates, count)
    assert (found[0], found[-1], len(found)) == (rates.low, rates.high, count)
    low, high = decades(rates)
    wanted = [low + (high - low) * number / (count - 1) for number in range(count)]
    assert [math.log10(rate) for rate in found] == pytest.approx(wanted, abs=1e-5)


@given(RANGES, st.integers(1, 12), st.floats(0, 1))
def test_a_rate_in_each_of_equal_parts(rates, count, place):
    low, high = decades(rates)
    part = (high - low) / count
    found = within_parts(rates, count, place)
    assert len(found) == count
    for number, rate in enumerate(found):
        assert math.log10(rate) == pytest.approx(low + number * part + place * part, abs=1e-5)
    assert evenly_spaced(rates, 1) == within_parts(rates, 1, 0.5)
