"""Welch's test and the interval over seeds, against scipy, statsmodels and a slow double."""

import math

import numpy as np
import pytest
import slow_doubles
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import (  # type: ignore[import-untyped]
    CompareMeans,
    DescrStatsW,
    ttest_ind,
)

from glorot_sweep.significance import mean_interval, percent_interval, welch

# Errors as tables print them, so that two seeds agree exactly or differ by 0.01 at least.
SEEDS = st.lists(st.integers(0, 10_000).map(lambda n: n / 100), min_size=2, max_size=8)


def is_constant(values: list[float]) -> bool:
    return min(values) == max(values)


def test_a_case_worked_by_hand() -> None:
    found = welch([1, 2, 3], [3, 4, 5])
    # Means 2 and 4, variances 1, standard error sqrt(2/3), 4 degrees of freedom, for which
    # p = 1 - sin(u) (1 + cos(u)^2 / 2) with tan(u) = t / 2, so sin(u)^2 = 0.6.
    assert found.statistic == pytest.approx(-2.449490, abs=1e-6)
    assert found.degrees_of_freedom == pytest.approx(4)
    assert found.p_value == pytest.approx(0.070484, abs=1e-6)
    assert found.difference == -2
    assert found.effect_name == "Hedges' g"
    assert found.effect_size == pytest.approx(-2 * 0.797885, abs=2e-6)  # J(4) = sqrt(2 / pi)
    assert found.interval == pytest.approx((-4.266958, 0.266958), abs=1e-6)


def test_unequal_spreads_lower_the_degrees_of_freedom() -> None:
    found = welch([1, 2, 3], [2, 4, 6])
    assert found.degrees_of_freedom == pytest.approx(50 / 17)  # (5/3)^2 / ((1/3)^2/2 + (4/3)^2/2)
    assert found.statistic == pytest.approx(-2 * math.sqrt(3 / 5))
    assert found.effect_size == pytest.approx(-1.009253, abs=1e-6)


@given(SEEDS, SEEDS)
@example([27.0, 27.4, 27.2], [15.5, 15.9, 15.4])
@example([16.1, 16.1, 16.1], [15.9, 16.4])
def test_scipy_agrees(a: list[float], b: list[float]) -> None:
    assume(not (is_constant(a) or is_constant(b)))
    found, other = welch(a, b), stats.ttest_ind(a, b, equal_var=False)
    assert found.statistic == pytest.approx(other.statistic, rel=1e-7, abs=1e-9)
    assert found.degrees_of_freedom == pytest.approx(other.df, rel=1e-7)
    assert found.p_value == pytest.approx(other.pvalue, rel=1e-6)
    assert found.interval == pytest.approx(tuple(other.confidence_interval(0.95)), abs=1e-6)


@given(SEEDS, SEEDS)
def test_statsmodels_agrees(a: list[float], b: list[float]) -> None:
    assume(not (is_constant(a) or is_constant(b)))
    found = welch(a, b)
    t, p, freedom = ttest_ind(a, b, usevar="unequal")
    interval = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(usevar="unequal")
    assert found.statistic == pytest.approx(t, rel=1e-7, abs=1e-9)
    assert found.degrees_of_freedom == pytest.approx(freedom, rel=1e-7)
    assert found.p_value == pytest.approx(p, rel=1e-6)
    assert found.interval == pytest.approx(interval, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([27.0, 27.4, 27.2], [15.5, 15.9, 15.4]),
        ([1.6, 1.7], [1.5, 1.9]),
        ([55.0, 56.1, 55.2, 54.8, 55.9], [54.9, 55.3, 54.1]),
        ([16.1, 16.1, 16.1], [15.9, 16.4, 16.0]),
    ],
)
def test_the_slow_double_agrees(a: list[float], b: list[float]) -> None:
    found, other = welch(a, b), slow_doubles.welch(a, b)
    assert found.statistic == pytest.approx(other["t"])
    assert found.degrees_of_freedom == pytest.approx(other["freedom"])
    assert found.p_value == pytest.approx(other["p"], rel=1e-6)
    assert found.effect_size == pytest.approx(other["g"])
    center = found.difference
    assert found.interval == pytest.approx(
        (center - other["half_width"], center + other["half_width"]), rel=1e-6
    )


@given(SEEDS, SEEDS)
def test_swapping_the_cells_flips_every_sign_and_keeps_p(a: list[float], b: list[float]) -> None:
    one, other = welch(a, b), welch(b, a)
    assert one.p_value == other.p_value
    assert one.statistic == -other.statistic
    assert one.effect_size == -other.effect_size
    assert one.difference == -other.difference
    assert one.interval == tuple(-end for end in reversed(other.interval))


@pytest.mark.slow
@given(SEEDS, SEEDS)
def test_the_interval_holds_zero_exactly_when_p_exceeds_five_percent(
    a: list[float], b: list[float]
) -> None:
    found = welch(a, b)
    assume(abs(found.p_value - 0.05) > 1e-9)
    assert (found.interval[0] <= 0 <= found.interval[1]) == (found.p_value > 0.05)


@pytest.mark.parametrize("value", [0.1, 1.7, 82.61])
def test_no_spread_and_equal_means_is_no_difference(value: float) -> None:
    found = welch([value] * 3, [value] * 7)  # the rounded means of 0.1 differ in the last bit
    assert (found.statistic, found.p_value, found.effect_size) == (0, 1, 0)
    assert found.interval == (0, 0)
    assert found.degrees_of_freedom == 8


def test_no_spread_and_different_means_is_certain() -> None:
    found = welch([1.5, 1.5], [2.0, 2.0, 2.0])
    assert (found.statistic, found.p_value, found.effect_size) == (-math.inf, 0, -math.inf)
    assert found.interval == (-0.5, -0.5)


def test_a_tiny_spread_does_not_underflow() -> None:
    found = welch([0.0, 1e-100], [0.0, 1e-100])
    assert (found.p_value, found.degrees_of_freedom) == (1, 2)


@pytest.mark.parametrize("bad", [[], [1.0], [[1.0, 2.0]], 1.0, [1.0, math.nan], [1.0, math.inf]])
def test_unusable_cells_are_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"^a must"):
        welch(bad, [1.0, 2.0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^b must"):
        welch([1.0, 2.0], bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^values must"):
        mean_interval(bad)  # type: ignore[arg-type]


@pytest.mark.slow
def test_false_alarms_under_the_null_are_as_rare_as_promised() -> None:
    """Bounds of the true rate, then of the count: 1e-6 chance each way.

    With equal sizes and spreads Welch's t is Student's with 8 degrees of freedom, read against
    4 to 8 degrees: at 8 the rate is the level itself, at 4 it is P(|T_8| > t_4).
    """
    rng, level, runs = np.random.default_rng(1), 0.05, 4000
    samples = rng.normal(16.0, 0.4, size=(runs, 2, 5))
    alarms = sum(welch(a, b).p_value <= level for a, b in samples)
    lowest_rate = 2 * stats.t.sf(stats.t.isf(level / 2, 4), 8)
    assert alarms <= stats.binom.isf(1e-6, runs, level)
    assert alarms >= stats.binom.ppf(1e-6, runs, lowest_rate)


def test_mean_interval_worked_by_hand() -> None:
    found = mean_interval([15.0, 16.0, 17.0])
    # t quantile 4.302653 of 2 degrees of freedom, standard error 1 / sqrt(3)
    assert (found.mean, found.level, found.n_seeds) == (16.0, 0.95, 3)
    assert (found.low, found.high) == pytest.approx((13.515862, 18.484138), abs=1e-6)


@given(SEEDS, st.sampled_from([0.5, 0.95, 0.995]))
def test_mean_interval_agrees_with_scipy_and_statsmodels(values: list[float], level: float) -> None:
    assume(not is_constant(values))
    found = mean_interval(values, level)
    ours = (found.low, found.high)
    scipys = stats.t.interval(level, len(values) - 1, np.mean(values), stats.sem(values))
    assert ours == pytest.approx(scipys, abs=1e-7)
    assert ours == pytest.approx(DescrStatsW(values).tconfint_mean(alpha=1 - level), abs=1e-7)


def test_mean_interval_agrees_with_the_slow_double() -> None:
    values = [1.64, 1.72, 1.59, 1.77]
    half = slow_doubles.t_quantile(0.9, 3) * math.sqrt(slow_doubles.variance(values) / 4)
    found = mean_interval(values, 0.9)
    assert (found.low, found.high) == pytest.approx((1.68 - half, 1.68 + half), rel=1e-7)


def test_mean_interval_of_agreeing_seeds_has_no_length() -> None:
    found = mean_interval([0.1, 0.1, 0.1])
    assert (found.mean, found.low, found.high) == (0.1, 0.1, 0.1)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95, math.nan])
def test_mean_interval_refuses_a_level_outside_0_1(level: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        mean_interval([1.0, 2.0], level)


PERCENTAGES = st.lists(st.floats(0, 100), min_size=2, max_size=8)


@given(PERCENTAGES)
def test_percent_interval_is_the_part_of_the_interval_that_an_error_can_be(
    errors: list[float],
) -> None:
    whole, found = mean_interval(errors), percent_interval(errors)
    assert 0 <= found.low <= found.mean <= found.high <= 100
    for limit, of_whole in ((found.low, whole.low), (found.high, whole.high)):
        assert limit == of_whole or not 0 <= of_whole <= 100


def test_percent_interval_cuts_at_both_ends() -> None:
    found = percent_interval([1.0, 99.0])
    assert (found.low, found.mean, found.high) == (0.0, 50.0, 100.0)


@pytest.mark.parametrize("bad", [[1.0, 100.5], [-0.5, 1.0]])
def test_what_is_no_percentage_is_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match=r"must lie in \[0, 100\] percent"):
        percent_interval(bad)


@given(PERCENTAGES, PERCENTAGES)
def test_a_difference_of_errors_is_shown_within_100_points(a: list[float], b: list[float]) -> None:
    found = welch(a, b)
    low, high = found.shown_interval
    assert -100 <= low <= found.difference <= high <= 100
    for limit, of_whole in zip((low, high), found.interval, strict=True):
        assert limit == of_whole or abs(of_whole) > 100
