"""Exact p-values against scipy, against every way written out, and by what they promise."""

from math import comb

import numpy as np
import pytest
import slow_doubles
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from glorot_sweep.config.limits import MOST_SEEDS_LOOKED_AT as MOST
from glorot_sweep.config.looks import SMALLEST_P
from glorot_sweep.significance.exact_seeds import (
    dealt_p,
    swapped_p,
)

EXACT = {
    dealt_p: ("independent", slow_doubles.dealt, SMALLEST_P["welch"]),
    swapped_p: ("samples", slow_doubles.swapped, SMALLEST_P["paired_seeds"]),
}
either = pytest.mark.parametrize("exact", EXACT)

TIED = st.integers(0, 4).map(lambda number: 60 + 0.1 * number)  # sums of tenths have rounding
SOME = st.floats(0, 100).map(lambda value: round(value, 3))


@st.composite
def errors(draw: st.DrawFn, most: int = 6) -> tuple[list[float], list[float]]:
    n, one = draw(st.integers(2, most)), draw(st.sampled_from([TIED, SOME]))
    values = st.lists(one, min_size=n, max_size=n)
    return draw(values), draw(values)


@either
@given(pair=errors())
def test_every_way_written_out_agrees(exact, pair) -> None:
    _, slow, _ = EXACT[exact]
    assert exact(*pair) == pytest.approx(slow(*pair), rel=1e-12)


@either
def test_scipy_agrees(exact) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 8))
    found = stats.permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
        permutation_type=EXACT[exact][0], n_resamples=np.inf, vectorized=True,
    )  # fmt: skip
    assert exact(a, b) == pytest.approx(found.pvalue, rel=1e-12)


@pytest.mark.slow
@either
@given(pair=errors(10))
def test_it_is_two_sided_and_asks_for_the_differences_alone(exact, pair) -> None:
    a, b = pair
    found = exact(a, b)
    assert 0 < found <= 1
    assert exact(b, a) == found
    assert exact([one + 7 for one in a], [one + 7 for one in b]) == pytest.approx(found)
    order = np.random.default_rng(0).permutation(len(a))
    assert exact(np.array(a)[order], np.array(b)[order]) == pytest.approx(found)


@either
@pytest.mark.parametrize("n", [2, 5, 10, MOST])
def test_the_smallest_is_that_of_cells_apart(exact, n) -> None:
    a, b = np.linspace(10, 20, n), np.linspace(30, 50, n)
    assert exact(a, b) == pytest.approx(EXACT[exact][2](n), rel=1e-12)


@either
def test_equal_means_and_equal_errors_differ_in_no_way(exact) -> None:
    assert exact([1.0, 4.0, 7.0], [7.0, 4.0, 1.0]) == 1
    assert exact([60.0] * 20, [60.0] * 20) == 1


def test_a_case_worked_by_hand() -> None:
    # Of six ways to deal 1, 2, 3, 5 in twos, {3, 5} and its mirror image differ by 5, and
    # {2, 5} with {1, 3} by 3; swapped by seed 1-3 and 2-5 differ by 5 one way and its reverse.
    assert dealt_p([1.0, 2.0], [3.0, 5.0]) == pytest.approx(2 / 6)
    assert dealt_p([1.0, 3.0], [2.0, 5.0]) == pytest.approx(4 / 6)
    assert swapped_p([1.0, 2.0], [3.0, 5.0]) == pytest.approx(2 / 4)


@either
@pytest.mark.slow
def test_it_errs_no_more_often_than_it_says_with_few_values(exact) -> None:
    rng, n, draws = np.random.default_rng(5), 6, 4_000
    found = np.array([exact(*rng.integers(0, 3, size=(2, n)).astype(float)) for _ in range(draws)])
    for level in (0.01, 0.05, 0.2):
        assert (found <= level).mean() <= level + 3 * (level * (1 - level) / draws) ** 0.5


@either
@pytest.mark.parametrize(
    ("a", "b"),
    [([1.0, 2.0], [1.0, 2.0, 3.0]), ([1.0], [2.0]), ([1.0] * (MOST + 1), [2.0] * (MOST + 1)),
     ([1.0, float("nan")], [1.0, 2.0])],
)  # fmt: skip
def test_what_cannot_be_had_is_refused(exact, a, b) -> None:
    with pytest.raises(ValueError, match=r"at most 20|at least two|finite"):
        exact(a, b)


def test_the_number_of_ways_is_that_of_the_coefficients() -> None:
    assert SMALLEST_P["welch"](5) == 2 / 252 == 2 / comb(10, 5)
    assert SMALLEST_P["paired_seeds"](5) == 2 / 32
