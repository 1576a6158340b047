"""The two-proportion test, against scipy, statsmodels, a slow double and cases by hand."""

import math

import pytest
import slow_doubles
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import (  # type: ignore[import-untyped]
    confint_proportions_2indep,
    proportion_confint,
    proportion_effectsize,
    proportions_ztest,
)

from glorot_sweep.significance import (
    proportion_interval,
    smallest_significant_difference,
    two_percentages,
    two_proportions,
)

Counts = tuple[int, int, int, int]


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    n_a, n_b = draw(st.integers(1, 20_000)), draw(st.integers(1, 20_000))
    return draw(st.integers(0, n_a)), n_a, draw(st.integers(0, n_b)), n_b


def test_a_case_worked_by_hand() -> None:
    found = two_proportions(30, 100, 20, 100)
    # Pooled 0.25: z = 0.1 / sqrt(0.1875 / 50). Unpooled standard error sqrt(0.0037).
    assert found.statistic == pytest.approx(1.632993, abs=1e-6)
    assert found.p_value == pytest.approx(0.102470, abs=1e-6)
    assert found.difference == pytest.approx(10)
    assert found.effect_name == "Cohen's h"
    assert found.effect_size == pytest.approx(0.231984, abs=1e-6)
    assert found.interval == pytest.approx((-1.921992, 21.921992), abs=1e-5)
    assert found.degrees_of_freedom == math.inf


@given(counts())
def test_statsmodels_agrees(four: Counts) -> None:
    wrong_a, n_a, wrong_b, n_b = four
    assume(0 < wrong_a + wrong_b < n_a + n_b)
    found = two_proportions(*four)
    z, p = proportions_ztest([wrong_a, wrong_b], [n_a, n_b])
    assert found.statistic == pytest.approx(z, abs=1e-9)
    assert found.p_value == pytest.approx(p, rel=1e-6, abs=1e-300)
    assert found.effect_size == pytest.approx(
        proportion_effectsize(wrong_a / n_a, wrong_b / n_b), abs=1e-12
    )
    interval = confint_proportions_2indep(wrong_a, n_a, wrong_b, n_b, method="wald")
    assert found.interval == pytest.approx(tuple(100 * end for end in interval), abs=1e-9)


@given(counts())
def test_scipy_agrees(four: Counts) -> None:
    """The squared z is the chi-squared statistic of the two-by-two table."""
    wrong_a, n_a, wrong_b, n_b = four
    assume(0 < wrong_a + wrong_b < n_a + n_b)
    table = [[wrong_a, n_a - wrong_a], [wrong_b, n_b - wrong_b]]
    other = stats.chi2_contingency(table, correction=False)
    found = two_proportions(*four)
    assert found.statistic**2 == pytest.approx(other.statistic, rel=1e-7, abs=1e-9)
    assert found.p_value == pytest.approx(other.pvalue, rel=1e-6, abs=1e-7)


@given(counts())
def test_the_slow_double_agrees(four: Counts) -> None:
    assume(0 < four[0] + four[2] < four[1] + four[3])
    found, other = two_proportions(*four), slow_doubles.two_proportions(*four)
    assert found.statistic == pytest.approx(other["z"], abs=1e-9)
    assert found.p_value == pytest.approx(other["p"], rel=1e-6, abs=1e-300)
    assert found.effect_size == pytest.approx(other["h"], abs=1e-6)


@given(counts())
def test_swapping_the_cells_flips_every_sign_and_keeps_p(four: Counts) -> None:
    one, other = two_proportions(*four), two_proportions(*four[2:], *four[:2])
    assert one.p_value == pytest.approx(other.p_value, rel=1e-12)
    assert one.statistic == pytest.approx(-other.statistic, rel=1e-12)
    assert one.effect_size == -other.effect_size
    assert one.difference == -other.difference


def test_counts_may_be_means_over_seeds() -> None:
    found = two_proportions(1560.5, 10_000, 1606.25, 10_000)
    assert found.difference == pytest.approx(-0.4575)
    assert found == two_percentages(15.605, 16.0625)


@pytest.mark.parametrize("rate", [0, 1])
def test_all_or_nothing_wrong_is_no_difference(rate: int) -> None:
    found = two_proportions(rate * 10, 10, rate * 30, 30)
    assert (found.statistic, found.p_value, found.interval) == (0, 1, (0, 0))


@pytest.mark.parametrize(
    ("tanh", "tanh_n", "z"),
    [(27.15, 15.60, "19.9"), (1.76, 1.64, "0.66"), (55.9, 52.92, "4.2"), (70.58, 68.57, "3.1")],
)
def test_z_of_tanh_against_tanh_n(tanh: float, tanh_n: float, z: str) -> None:
    decimals = len(z.split(".")[1])
    assert f"{two_percentages(tanh, tanh_n).statistic:.{decimals}f}" == z


def test_z_of_the_svm_against_the_network() -> None:
    assert f"{two_percentages(59.47, 50.47).statistic:.1f}" == "12.8"


@pytest.mark.parametrize(
    ("error", "points"), [(16, "1.46"), (1.7, "0.51"), (54, "1.98"), (69, "1.84")]
)
def test_smallest_significant_difference(error: float, points: str) -> None:
    assert f"{smallest_significant_difference(error):.2f}" == points


@given(st.floats(2, 98), st.sampled_from([1_000, 10_000]), st.sampled_from([0.05, 0.005]))
def test_the_smallest_difference_is_where_p_crosses_the_level(
    error: float, n_examples: int, level: float
) -> None:
    gap = smallest_significant_difference(error, n_examples, level)
    assume(gap / 2 < min(error, 100 - error))

    def p_value(points: float) -> float:
        return two_percentages(error + points / 2, error - points / 2, n_examples).p_value

    assert p_value(gap) == pytest.approx(level, rel=1e-6)
    assert p_value(0.99 * gap) > level


@pytest.mark.parametrize(
    "four", [(-1, 10, 1, 10), (11, 10, 1, 10), (math.nan, 10, 1, 10), (1, 10, 0, 0)]
)
def test_impossible_counts_are_refused(four: tuple[float, int, float, int]) -> None:
    with pytest.raises(ValueError, match="example"):
        two_proportions(*four)


@pytest.mark.parametrize("error", [-0.1, 100.1, math.nan])
def test_impossible_errors_are_refused(error: float) -> None:
    with pytest.raises(ValueError, match=r"\[0, 100\] percent"):
        two_percentages(16.0, error)
    with pytest.raises(ValueError, match=r"\[0, 100\] percent"):
        smallest_significant_difference(error)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one test example"):
        two_percentages(16.0, 17.0, n_examples=0)
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        smallest_significant_difference(16.0, level=1.0)


@given(st.integers(1, 20_000), st.floats(0, 1), st.sampled_from([0.5, 0.95, 0.999]))
def test_the_interval_of_one_error_is_wilsons(n: int, share: float, level: float) -> None:
    wrong = round(share * n)
    theirs = proportion_confint(wrong, n, alpha=1 - level, method="wilson")
    ours = proportion_interval(100 * wrong / n, n, level)
    assert ours == pytest.approx([100 * end for end in theirs], abs=1e-9)
    assert 0 <= ours[0] <= 100 * wrong / n + 1e-9
    assert ours[1] <= 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((101, 10), "error must lie in"), ((5, 0), "one test example"), ((5, 10, 1.0), "level must")],
)
def test_the_interval_refuses_bad_input(arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        proportion_interval(*arguments)  # type: ignore[arg-type]
