"""Two one-sided tests, against statsmodels and a slow double."""

import numpy as np
import pytest
import slow_doubles
from statsmodels.stats.weightstats import (  # type: ignore[import-untyped]
    ttost_ind,
    ttost_paired,
)

from glorot_sweep.significance import (
    equivalence,
    paired_seeds,
    two_percentages,
    welch,
)


def drawn(seed: int, shift: float) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(seed)
    return rng.normal(60, 0.5, 6).tolist(), rng.normal(60 - shift, 1.0, 6).tolist()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0])
def test_statsmodels_agrees(seed: int, shift: float) -> None:
    a, b = drawn(seed, shift)
    p, _, _ = ttost_ind(a, b, -1, 1, usevar="unequal")
    assert equivalence(welch(a, b), 1.0).p_value == pytest.approx(p)
    p, _, _ = ttost_paired(np.array(a), np.array(b), -1, 1)
    by_seed = paired_seeds(dict(enumerate(a)), dict(enumerate(b)))
    assert equivalence(by_seed, 1.0).p_value == pytest.approx(p)


@pytest.mark.slow
@pytest.mark.parametrize("margin", [0.2, 1.0, 4.0])
def test_the_slow_double_agrees(margin: float) -> None:
    a, b = drawn(7, 0.5)
    slow = slow_doubles.welch(a, b)
    difference = slow_doubles.mean(a) - slow_doubles.mean(b)
    error = difference / slow["t"]
    p = slow_doubles.two_one_sided(difference, error, slow["freedom"], margin)
    assert equivalence(welch(a, b), margin).p_value == pytest.approx(p, abs=1e-7)


@pytest.mark.parametrize("seed", range(20))
def test_alike_is_what_has_its_interval_within_the_margin(seed: int) -> None:
    a, b = drawn(seed, 0.3)
    found = equivalence(welch(a, b), 1.5, level=0.05)
    low, high = found.interval
    assert found.equivalent == (low >= -1.5 and high <= 1.5)


def test_a_test_without_power_shows_nothing() -> None:
    found = welch([50.0, 60.0], [51.0, 62.0])
    assert found.p_value > 0.5
    assert not equivalence(found, 1.0).equivalent


def test_proportions_are_compared_by_the_normal_distribution() -> None:
    found = equivalence(two_percentages(1.70, 1.72), margin=1.0)
    assert found.equivalent
    assert not equivalence(two_percentages(30.0, 30.1), margin=1.0, level=0.005).equivalent


@pytest.mark.parametrize(("amount", "alike"), [(0.5, True), (1.5, False)])
def test_a_difference_without_spread_lies_on_one_side(amount: float, alike: bool) -> None:
    assert equivalence(welch([1.0, 1.0], [1.0 - amount] * 2), 1.0).equivalent == alike


def test_bad_margins_and_levels_are_refused() -> None:
    found = welch([1.0, 2.0], [1.0, 3.0])
    for margin in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="margin of equivalence must be positive"):
            equivalence(found, margin)
    for level in (0.0, 0.5, 1.0):
        with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
            equivalence(found, 1.0, level)


@pytest.mark.slow
def test_the_level_holds_at_the_margin() -> None:
    rng = np.random.default_rng(3)
    pairs = [(rng.normal(61, 0.3, 6), rng.normal(60, 0.3, 6)) for _ in range(2_000)]
    alarms = sum(equivalence(welch(a, b), 1.0, 0.05).equivalent for a, b in pairs)
    assert alarms / 2_000 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2_000)
