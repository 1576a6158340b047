"""Bold marks of a column and the named pairs, with each of the three tests."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from glorot_sweep.significance import (
    holm,
    named_pairs,
    not_worse_than_best,
    paired_examples,
    two_percentages,
    two_proportions,
    welch,
)

COLUMN = {
    "softsign": [16.2, 16.4, 16.1],
    "softsign_n": [15.7, 16.4, 15.9],
    "tanh": [27.0, 27.4, 27.2],
    "tanh_n": [15.5, 15.9, 15.4],
}
PAIRS = [("tanh", "tanh_n"), ("softsign", "softsign_n")]


def test_every_cell_is_compared_with_the_best() -> None:
    found = not_worse_than_best(COLUMN, welch)
    assert list(found) == list(COLUMN)
    best = found["tanh_n"]
    assert (best.is_best, best.bold, best.comparison) == (True, True, None)
    assert (best.p_value, best.adjusted_p_value) == (1, 1)
    for name in ("softsign", "softsign_n", "tanh"):
        assert not found[name].is_best
        assert found[name].comparison == welch(COLUMN[name], COLUMN["tanh_n"])
        assert found[name].p_value == welch(COLUMN[name], COLUMN["tanh_n"]).p_value
    assert [name for name, standing in found.items() if standing.bold] == [
        "softsign",
        "softsign_n",
        "tanh_n",
    ]


def test_the_correction_runs_over_the_comparisons_of_the_column() -> None:
    others = ["softsign", "softsign_n", "tanh"]
    raw = [welch(COLUMN[name], COLUMN["tanh_n"]).p_value for name in others]
    corrected = not_worse_than_best(COLUMN, welch)
    plain = not_worse_than_best(COLUMN, welch, correction="none")
    assert [corrected[name].adjusted_p_value for name in others] == holm(raw).tolist()
    assert [plain[name].adjusted_p_value for name in others] == raw


def test_the_correction_can_decide_a_bold_mark() -> None:
    column = {"a": 16.0, "b": 17.5, "c": 17.5}  # p = 0.0045 each, 0.009 after Holm
    plain = not_worse_than_best(column, two_percentages, correction="none")
    corrected = not_worse_than_best(column, two_percentages)
    assert [standing.bold for standing in plain.values()] == [True, False, False]
    assert [standing.bold for standing in corrected.values()] == [True, True, True]
    assert corrected["b"].adjusted_p_value == pytest.approx(2 * plain["b"].p_value)


def test_an_adjusted_p_equal_to_the_level_is_significant() -> None:
    column = {"a": 16.0, "b": 17.5}
    level = two_percentages(17.5, 16.0).p_value
    assert not not_worse_than_best(column, two_percentages, level)["b"].bold
    assert not_worse_than_best(column, two_percentages, 0.999 * level)["b"].bold


def test_wrong_examples_work_as_cells() -> None:
    rng = np.random.default_rng(3)
    rates = {"tanh": 0.5, "tanh_n": 0.2, "softsign_n": 0.21}
    cells = {name: rng.random((2, 800)) < rate for name, rate in rates.items()}
    found = not_worse_than_best(cells, paired_examples)
    assert [standing.bold for standing in found.values()] == [False, True, True]
    assert found["tanh"].comparison == paired_examples(cells["tanh"], cells["tanh_n"])


def test_another_number_of_examples_can_be_bound() -> None:
    column = {"a": 16.0, "b": 18.0}
    found = not_worse_than_best(column, partial(two_percentages, n_examples=1_000))
    assert found["b"].bold
    assert found["b"].comparison == two_proportions(180, 1_000, 160, 1_000)


def test_of_several_lowest_cells_the_first_is_the_best_and_all_are_bold() -> None:
    found = not_worse_than_best({"a": [3.0, 3.0], "b": [2.0, 2.0], "c": [2.0, 2.0]}, welch)
    assert [standing.is_best for standing in found.values()] == [False, True, False]
    assert [standing.bold for standing in found.values()] == [False, True, True]


def test_a_single_cell_is_the_best() -> None:
    assert not_worse_than_best({"tanh": 16.0}, two_percentages)["tanh"].bold


def test_unusable_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one cell"):
        not_worse_than_best({}, welch)
    with pytest.raises(ValueError, match="tanh has nan"):
        not_worse_than_best({"tanh_n": [1.0, 2.0], "tanh": [1.0, math.nan]}, welch)
    with pytest.raises(ValueError, match='"holm" or "none"; got \'bonferroni\''):
        not_worse_than_best(COLUMN, welch, correction="bonferroni")  # type: ignore[arg-type]
    for level in (0, 1, 5, math.nan):
        with pytest.raises(ValueError, match="strictly between 0 and 1"):
            not_worse_than_best(COLUMN, welch, level)
        with pytest.raises(ValueError, match="strictly between 0 and 1"):
            named_pairs(of_pairs(COLUMN), level)


def of_pairs(column):
    return {(a, b): welch(column[a], column[b]) for a, b in PAIRS}


def test_named_pairs_are_corrected_over_the_two() -> None:
    raw, found = of_pairs(COLUMN), named_pairs(of_pairs(COLUMN))
    assert list(found) == PAIRS
    assert [pair.comparison for pair in found.values()] == list(raw.values())
    first, second = (found[pair].adjusted_p_value for pair in PAIRS)
    assert (first, second) == (2 * raw[PAIRS[0]].p_value, raw[PAIRS[1]].p_value)
    assert [pair.significant for pair in found.values()] == [True, False]
    assert [pair.level for pair in found.values()] == [0.0025, 0.005]
    assert named_pairs({}) == {}


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2)), min_size=1, max_size=6))
def test_an_interval_leaves_out_zero_exactly_where_the_pair_is_significant(
    cells: list[tuple[float, float]],
) -> None:
    noise = np.array([-1.0, 0.2, 0.9, -0.1])
    compared = {
        number: welch(50 + shift + spread * noise, 50 + spread * noise[::-1])
        for number, (shift, spread) in enumerate(cells)
    }
    for pair in named_pairs(compared, 0.05).values():
        low, high = pair.interval
        assert pair.significant == (not low <= 0 <= high)


@pytest.mark.slow
def test_named_pairs_rarely_raise_a_false_alarm() -> None:
    """Chance of any alarm: at most the level. Bounds of the count: 1e-6 chance each way.

    There is an alarm if either pair has p <= level / 2, which happens at a rate between
    P(|T_8| > t_4) and level / 2 (see the same test of Welch); the pairs are independent.
    """
    rng, level, runs = np.random.default_rng(4), 0.1, 2000
    alarms = 0
    for samples in rng.normal(16.0, 0.4, size=(runs, 4, 5)):
        cells = dict(zip(("tanh", "tanh_n", "softsign", "softsign_n"), samples, strict=True))
        found = named_pairs(of_pairs(cells), level)
        alarms += any(pair.significant for pair in found.values())
    lowest_rate = 2 * stats.t.sf(stats.t.isf(level / 4, 4), 8)
    assert alarms <= stats.binom.isf(1e-6, runs, level)
    assert alarms >= stats.binom.ppf(1e-6, runs, 1 - (1 - lowest_rate) ** 2)


@pytest.mark.slow
def test_equal_cells_rarely_lose_a_bold_mark() -> None:
    """The docstring's bound, k / 2 times the level, at 1e-6 chance; not by never marking one."""
    rng, level, runs, k = np.random.default_rng(5), 0.05, 1000, 5
    losses = 0
    for samples in rng.normal(16.0, 0.4, size=(runs, k, 5)):
        found = not_worse_than_best(dict(zip("abcde", samples, strict=True)), welch, level)
        losses += not all(standing.bold for standing in found.values())
    assert losses <= stats.binom.isf(1e-6, runs, k / 2 * level)
    assert losses > 0
