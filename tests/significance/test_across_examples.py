"""The paired test over examples, against scipy, statsmodels and a slow double."""

import math

import numpy as np
import pytest
import slow_doubles
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW  # type: ignore[import-untyped]

from glorot_sweep.significance import paired_examples

Wrong = list[list[int]]


@st.composite
def wrong_pairs(draw: st.DrawFn) -> tuple[Wrong, Wrong]:
    """0/1 errors of two cells: one to four seeds each, the same 2 to 30 examples."""
    n_examples = draw(st.integers(2, 30))
    row = st.lists(st.integers(0, 1), min_size=n_examples, max_size=n_examples)
    cell = st.lists(row, min_size=1, max_size=4)
    return draw(cell), draw(cell)


def differences(pair: tuple[Wrong, Wrong]) -> NDArray[np.float64]:
    rates_a, rates_b = np.array(pair[0]).mean(axis=0), np.array(pair[1]).mean(axis=0)
    return np.asarray(100 * (rates_a - rates_b))


def test_a_case_worked_by_hand() -> None:
    found = paired_examples([[1, 1, 0, 0]], [[1, 0, 0, 0]])
    # Differences 0, 1, 0, 0: mean 1/4, standard deviation 1/2, t = 1 with 3 degrees of freedom:
    # p = 1 - (2 / pi) (u + sin(u) cos(u)) with u = arctan(1 / sqrt(3)) = pi / 6.
    assert found.difference == 25
    assert found.statistic == pytest.approx(1)
    assert found.degrees_of_freedom == 3
    assert found.p_value == pytest.approx(0.391002, abs=1e-6)
    assert found.effect_name == "d_z"
    assert found.effect_size == pytest.approx(0.5)
    assert found.interval == pytest.approx((25 - 79.561158, 25 + 79.561158), abs=1e-5)


def test_seeds_are_averaged_within_an_example() -> None:
    found = paired_examples([[1, 1, 0], [1, 0, 0]], [[0, 0, 0]])
    assert found.difference == pytest.approx(50)  # of 1, 1/2, 0
    assert found.degrees_of_freedom == 2  # three examples, not six
    assert found.effect_size == pytest.approx(1)


def test_the_share_of_a_group_that_errs_is_one_network() -> None:
    assert paired_examples([[1, 0.5, 0]], [[0, 0, 0]]).difference == pytest.approx(50)


def test_more_copies_of_a_seed_are_no_more_evidence() -> None:
    a, b = [[1, 1, 0, 1, 0, 1]], [[0, 1, 0, 0, 0, 1]]
    assert paired_examples(a * 4, b * 4) == paired_examples(a, b)


@pytest.mark.slow
@given(wrong_pairs())
def test_scipy_and_statsmodels_agree(pair: tuple[Wrong, Wrong]) -> None:
    between = differences(pair)
    assume(np.ptp(between) > 1e-6)
    found = paired_examples(*pair)
    scipys = stats.ttest_rel(np.mean(pair[0], axis=0), np.mean(pair[1], axis=0))
    other = DescrStatsW(between)
    t, p, freedom = other.ttest_mean()
    assert found.statistic == pytest.approx(scipys.statistic, abs=1e-9)
    assert found.statistic == pytest.approx(t, abs=1e-9)
    assert found.degrees_of_freedom == scipys.df == freedom
    assert found.p_value == pytest.approx(scipys.pvalue)
    assert found.p_value == pytest.approx(p)
    assert found.interval == pytest.approx(other.tconfint_mean(), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("n_examples", [10, 60])
def test_the_slow_double_agrees(seeds: int, n_examples: int) -> None:
    rng = np.random.default_rng([seeds, n_examples])
    a = (rng.random((seeds, n_examples)) < 0.5).astype(int).tolist()
    b = (rng.random((seeds + 1, n_examples)) < 0.2).astype(int).tolist()
    found, other = paired_examples(a, b), slow_doubles.paired(a, b)
    assert found.statistic == pytest.approx(other["t"])
    assert found.p_value == pytest.approx(other["p"], rel=1e-6)
    assert found.effect_size == pytest.approx(other["d_z"])
    center = found.difference
    assert found.interval == pytest.approx(
        (center - other["half_width"], center + other["half_width"]), rel=1e-6
    )


@pytest.mark.slow
@given(wrong_pairs())
def test_swapping_the_cells_flips_every_sign_and_keeps_p(pair: tuple[Wrong, Wrong]) -> None:
    one, other = paired_examples(*pair), paired_examples(*reversed(pair))
    assert one.p_value == other.p_value
    assert one.statistic == -other.statistic
    assert one.effect_size == -other.effect_size
    assert one.difference == -other.difference


def test_booleans_serve_as_well() -> None:
    a, b = np.array([[True, False, True]]), np.array([[False, False, True]])
    assert paired_examples(a, b) == paired_examples(a.astype(int), b.astype(int))


def test_no_difference_on_any_example_is_no_difference() -> None:
    # Errors 1/3 and 2/6 from three and six seeds must count as equal.
    found = paired_examples([[1, 0], [0, 0], [0, 0]], [[1, 0], [1, 0], *[[0, 0]] * 4])
    assert (found.statistic, found.p_value, found.effect_size) == (0, 1, 0)
    assert found.interval == (0, 0)


def test_the_same_difference_on_every_example_is_certain() -> None:
    found = paired_examples([[1, 1, 1]], [[0, 0, 0]])
    assert (found.statistic, found.p_value, found.effect_size) == (math.inf, 0, math.inf)
    assert found.interval == (100, 100)


@pytest.mark.parametrize(
    "bad", [[0, 1], [[0]], [[]], np.zeros((0, 3)), [[0, 2]], [[-0.5, 1]], [[math.nan, 1]]]
)
def test_unusable_errors_are_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"^wrong_a must"):
        paired_examples(bad, [[0, 1]])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^wrong_b must"):
        paired_examples([[0, 1]], bad)  # type: ignore[arg-type]


def test_different_test_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="same examples; got 2 and 3"):
        paired_examples([[0, 1]], [[0, 1, 1]])


@pytest.mark.slow
def test_false_alarms_under_the_null_are_as_rare_as_promised() -> None:
    """Count within 1e-6 chance each way of a true rate within a quarter of the level.

    The differences are -1, 0 or 1 with variance 0.42, so the sum of 500 has a standard deviation
    of 14.5 and steps of 1: at t = 1.96 both tails' step holds 2 x 0.058 / 14.5 = 0.008.
    """
    rng, level, runs = np.random.default_rng(2), 0.05, 2000
    wrong = rng.random((runs, 2, 1, 500)) < 0.3
    alarms = sum(paired_examples(a, b).p_value <= level for a, b in wrong)
    assert stats.binom.ppf(1e-6, runs, 0.75 * level) <= alarms
    assert alarms <= stats.binom.isf(1e-6, runs, 1.25 * level)
