"""Points on a logarithmic scale."""

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.sweep.contents.schedule import FIRST, log_spaced


@given(st.integers(1, 10_000_000), st.integers(4, 12))
def test_points_rise_to_the_last_update_in_nearly_equal_ratios(last, per_decade):
    points = log_spaced(last, per_decade)
    assert points[-1] == last
    assert all(a < b for a, b in itertools.pairwise(points))
    # Two digits round by 5 % at most, so a ratio by a factor of 1.05 / 0.95 at most.
    for a, b in itertools.pairwise(points[:-1]):
        assert math.isclose(b / a, 10 ** (1 / per_decade), rel_tol=0.106)
    assert points[0] == min(FIRST, last)


def test_three_in_a_decade_are_1_2_5_up_to_the_papers_run():
    ones = [m * 10**e for e in range(2, 7) for m in (1, 2, 5)]
    assert log_spaced(5_000_000) == (*[p for p in ones if p < 5_000_000], 5_000_000)


def test_ten_in_a_decade_hold_five_in_a_decade():
    assert set(log_spaced(20_000, 5)) <= set(log_spaced(20_000, 10))
    assert {2_000, 5_000, 10_000} <= set(log_spaced(20_000, 10))
