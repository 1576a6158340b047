"""The paired test over seeds, against scipy and a slow double."""

import math

import numpy as np
import pytest
import slow_doubles
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from glorot_sweep.significance import paired_seeds, welch

Errors = dict[int, float]


@st.composite
def paired_errors(draw: st.DrawFn) -> tuple[Errors, Errors]:
    """Errors of two cells by seed, the second in another order."""
    seeds = draw(st.lists(st.integers(0, 2**30), min_size=2, max_size=12, unique=True))
    error = st.floats(0, 100).map(lambda value: round(value, 2))
    other = draw(st.permutations(seeds))
    return {seed: draw(error) for seed in seeds}, {seed: draw(error) for seed in other}


def test_a_case_worked_by_hand() -> None:
    # Differences 1, 2, 3: mean 2, standard deviation 1, t = 2 sqrt(3), two degrees of freedom:
    # p = 1 - t / sqrt(t^2 + 2) = 1 - sqrt(6 / 7).
    found = paired_seeds({0: 11.0, 1: 22.0, 2: 33.0}, {0: 10.0, 1: 20.0, 2: 30.0})
    assert found.difference == 2
    assert found.statistic == pytest.approx(2 * math.sqrt(3))
    assert found.degrees_of_freedom == 2
    assert found.p_value == pytest.approx(1 - math.sqrt(6 / 7))
    assert (found.effect_name, found.effect_size) == ("d_z", pytest.approx(2))


@given(paired_errors())
def test_scipy_agrees(pair: tuple[Errors, Errors]) -> None:
    a, b = pair
    assume(np.ptp([a[seed] - b[seed] for seed in a]) > 1e-6)
    found = paired_seeds(a, b)
    other = stats.ttest_rel([a[seed] for seed in a], [b[seed] for seed in a])
    assert found.statistic == pytest.approx(other.statistic, abs=1e-9)
    assert found.p_value == pytest.approx(other.pvalue)
    assert found.interval == pytest.approx(tuple(other.confidence_interval()))


@pytest.mark.parametrize("n_seeds", [2, 5, 10])
def test_the_slow_double_agrees(n_seeds: int) -> None:
    rng = np.random.default_rng(n_seeds)
    a = {seed: float(rng.normal(60, 1)) for seed in range(n_seeds)}
    b = {seed: a[seed] + float(rng.normal(0.5, 0.3)) for seed in rng.permutation(n_seeds).tolist()}
    found, other = paired_seeds(a, b), slow_doubles.paired_seeds(a, b)
    assert found.statistic == pytest.approx(other["t"])
    assert found.p_value == pytest.approx(other["p"], abs=1e-7)
    assert found.effect_size == pytest.approx(other["d_z"])
    low, high = found.interval
    assert (high - low) / 2 == pytest.approx(other["half_width"], rel=1e-4)


@given(paired_errors())
def test_swapping_the_cells_turns_every_sign(pair: tuple[Errors, Errors]) -> None:
    one, other = paired_seeds(*pair), paired_seeds(*pair[::-1])
    assert (one.difference, one.statistic) == pytest.approx((-other.difference, -other.statistic))
    assert one.p_value == pytest.approx(other.p_value)


def test_what_both_share_is_taken_out() -> None:
    a = {0: 60.0, 1: 65.0, 2: 70.0, 3: 75.0}
    b = {0: 59.0, 1: 64.1, 2: 68.9, 3: 74.0}
    assert paired_seeds(a, b).p_value < 0.005 < welch(list(a.values()), list(b.values())).p_value


def test_seeds_are_matched_by_name_not_by_place() -> None:
    a = {"first": 1.0, "second": 5.0, "third": 9.0}
    b = {"third": 8.0, "first": 0.0, "second": 4.0}
    found = paired_seeds(a, b)
    assert (found.difference, found.p_value) == (1, 0)


@pytest.mark.parametrize(("amount", "p"), [(0.0, 1.0), (0.5, 0.0)])
def test_equal_differences_have_no_spread(amount: float, p: float) -> None:
    found = paired_seeds({0: 1.0, 1: 2.0}, {0: 1.0 - amount, 1: 2.0 - amount})
    assert found.p_value == p
    assert found.interval == (amount, amount)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ({0: 1.0, 1: 2.0, 2: 3.0}, {0: 1.0, 1: 2.0}, "got 2 in one alone and none in the other"),
        ({0: 1.0, 1: 2.0}, {2: 1.0, 3: 2.0}, "got 0, 1 in one alone and 2, 3 in the other"),
        (dict.fromkeys(range(9), 1.0), {0: 1.0}, "got 1, 2, 3, 4, 5 and 3 more in one alone"),
    ],
)
def test_unequal_seeds_are_refused(a: Errors, b: Errors, said: str) -> None:
    with pytest.raises(ValueError, match=f"must have the same seeds; {said}"):
        paired_seeds(a, b)


def test_one_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two seeds"):
        paired_seeds({0: 1.0}, {0: 2.0})
    with pytest.raises(ValueError, match="must be finite"):
        paired_seeds({0: 1.0, 1: math.nan}, {0: 2.0, 1: 2.0})
