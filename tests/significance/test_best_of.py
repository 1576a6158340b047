"""The best of k trials, against every subset written out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.significance import best_of, expected_best

ERRORS = st.lists(st.floats(0, 100), min_size=1, max_size=7)


@given(ERRORS)
def test_it_is_the_mean_of_the_lowest_over_all_subsets(errors):
    found = expected_best(errors, len(errors))
    for k in range(1, len(errors) + 1):
        lowest = [min(subset) for subset in combinations(errors, k)]
        assert found[k - 1] == pytest.approx(sum(lowest) / len(lowest), abs=1e-9)


def test_it_has_no_bias():
    """Uniform errors: the best of k is 1 / (k + 1) on average, from samples of six."""
    drawn = np.random.default_rng(1).random((4000, 6))
    found = np.mean([expected_best(one, 4) for one in drawn], axis=0)
    # a mean of 4,000 with a standard deviation below 0.3: three standard errors are 0.015
    assert found == pytest.approx([1 / (k + 1) for k in range(1, 5)], abs=0.015)


def test_groups_are_drawn_as_wholes():
    """Errors that agree within groups: the band is as wide as if each group were one trial."""
    groups = [[float(group)] * 8 for group in range(5)]
    wide = best_of(groups, 1, np.random.default_rng(0))
    narrow = best_of([np.repeat(np.arange(5.0), 8)], 1, np.random.default_rng(0))
    assert wide.mean == narrow.mean
    # standard errors sqrt(2 / 5) and sqrt(2 / 40): a factor of 2.8
    assert 2.2 < (wide.high - wide.low)[0] / (narrow.high - narrow.low)[0] < 3.5


@pytest.mark.slow
def test_the_band_covers_the_truth_about_as_often_as_it_says():
    """Eight groups of five uniform errors; the bootstrap of so few is a little narrow."""
    covered, times = 0, 150
    for seed in range(times):
        generator = np.random.default_rng(seed)
        found = best_of(generator.random((8, 5)), 3, generator, draws=150)
        covered += bool(found.low[2] <= 0.25 <= found.high[2])
    # 95 % less the bootstrap's bias at eight groups, and four standard errors of 150 draws
    assert covered / times > 0.80


@pytest.mark.parametrize(
    ("groups", "most"), [([], 1), ([[]], 1), ([[1.0]], 2), ([[1.0, float("nan")]], 1), ([[1.0]], 0)]
)
def test_what_has_no_best_is_refused(groups, most):
    with pytest.raises(ValueError, match=r"must be one or more|needs a group"):
        best_of(groups, most, np.random.default_rng(0))
