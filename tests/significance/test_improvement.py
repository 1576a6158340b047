"""Probability of improvement, against scipy and a slow double."""

import numpy as np
import pytest
import slow_doubles
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from glorot_sweep.significance import probability_of_improvement

RUNS = st.lists(st.sampled_from([10.0, 10.5, 11.0, 11.5, 12.0]), min_size=2, max_size=6)


def of(*pairs: tuple[list[float], list[float]], draws: int = 50):
    errors = {f"set{number}": pair for number, pair in enumerate(pairs)}
    return probability_of_improvement(errors, np.random.default_rng(1), draws)


@given(st.lists(st.tuples(RUNS, RUNS), min_size=1, max_size=4))
def test_the_slow_double_agrees(pairs: list[tuple[list[float], list[float]]]) -> None:
    slow = slow_doubles.mean([slow_doubles.improvement(*pair) for pair in pairs])
    assert of(*pairs).probability == pytest.approx(slow)


@given(RUNS, RUNS)
def test_on_one_data_set_it_is_the_statistic_of_mann_and_whitney(
    first: list[float], second: list[float]
) -> None:
    u = stats.mannwhitneyu(first, second).statistic
    assert of((first, second)).probability == pytest.approx(u / len(first) / len(second))


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_bootstrap_draws_what_every_sample_together_gives(level: float) -> None:
    first, second = [10.0, 11.0, 12.5], [9.0, 10.5, 11.5]
    samples = np.array(slow_doubles.every_sample_of_the_bootstrap(first, second))
    found = probability_of_improvement(
        {"one": (first, second)}, np.random.default_rng(2), 100_000, level
    )
    for end, share in ((found.low, (1 - level) / 2), (found.high, (1 + level) / 2)):
        below, upto = (samples < end - 1e-9).mean(), (samples < end + 1e-9).mean()
        assert below - 0.01 <= share <= upto + 0.01  # the samples have few different values


def test_runs_are_drawn_within_their_own_data_set_and_variant() -> None:
    """Between the data sets lie 40 points, within them nothing overlaps: no doubt is left."""
    found = of(([50.0, 51.0], [49.0, 48.0]), ([10.0, 11.0], [9.0, 8.0]))
    assert (found.probability, found.low, found.high) == (1, 1, 1)


def test_each_data_set_weighs_the_same() -> None:
    long, short = ([2.0] * 9, [1.0] * 9), ([1.0, 1.0], [2.0, 2.0])
    assert of(long, short).probability == 0.5


def test_swapping_the_variants_mirrors_it() -> None:
    pair = ([10.0, 11.0, 12.5], [9.0, 10.5, 13.0])
    one, other = of(pair, draws=20_000), of(pair[::-1], draws=20_000)
    assert one.probability == pytest.approx(1 - other.probability)
    assert one.low == pytest.approx(1 - other.high, abs=0.1)


def test_the_same_generator_gives_the_same_interval() -> None:
    pair = ([10.0, 11.0, 12.5], [9.0, 10.5, 13.0])
    assert of(pair) == of(pair)


def test_bad_input_is_refused() -> None:
    generator = np.random.default_rng(0)
    with pytest.raises(ValueError, match="needs a data set and a draw; got 0 data sets"):
        probability_of_improvement({}, generator)
    with pytest.raises(ValueError, match="and 0 draws"):
        probability_of_improvement({"a": ([1, 2], [1, 2])}, generator, 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        probability_of_improvement({"a": ([1, 2], [1, 2])}, generator, 10, 1.0)
    with pytest.raises(ValueError, match="second on a must hold"):
        probability_of_improvement({"a": ([1, 2], [1])}, generator)
