"""The best of k trials, against every subset written out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

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


def test_the_band_is_students_over_each_groups_own_best_of_every_subset():
    generator = np.random.default_rng(3)
    groups = [generator.random(size).tolist() for size in (4, 5, 4, 3)]
    found = best_of(groups, 3)
    for k in range(1, 4):
        own = [np.mean([min(subset) for subset in combinations(one, k)]) for one in groups]
        ends = stats.ttest_1samp(own, 0.0).confidence_interval(0.95)
        assert found.mean[k - 1] == pytest.approx(np.mean(own))
        assert (found.low[k - 1], found.high[k - 1]) == pytest.approx((ends.low, ends.high))


def test_a_single_group_has_no_band():
    found = best_of([[4.0, 1.0, 7.0]], 2)
    assert found.mean.tolist() == expected_best([4.0, 1.0, 7.0], 2).tolist()
    assert (found.low, found.high) == (None, None)


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_the_band_covers_the_truth_about_as_often_as_it_says(shared):
    """Five groups of four uniform errors, that a group's examples move together, or do not.

    The best of k is 1 / (k + 1) on average. Its skew costs Student's interval of five numbers up
    to 4 %; four standard errors of 2,000 draws are 2 %. The middle 95 % of samples of the groups
    that are drawn again cover the truth in 80 %.
    """
    generator, times = np.random.default_rng(2010), 2_000
    covered = np.zeros(4)
    for _ in range(times):
        errors = generator.random((5, 4)) + shared * generator.normal(0, 1, (5, 1))
        found = best_of(errors, 4)
        truth = 1 / np.arange(2, 6)
        covered += (found.low <= truth) & (truth <= found.high)
    assert (covered / times > 0.89).all(), covered / times
    assert (covered / times < 0.97).all(), covered / times


@pytest.mark.parametrize(
    ("groups", "most"), [([], 1), ([[]], 1), ([[1.0]], 2), ([[1.0, float("nan")]], 1), ([[1.0]], 0)]
)
def test_what_has_no_best_is_refused(groups, most):
    with pytest.raises(ValueError, match=r"must be one or more|needs a group"):
        best_of(groups, most)
