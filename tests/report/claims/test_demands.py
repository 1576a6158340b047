"""Numbers with intervals, and what is demanded of them, against tests and draws by other means."""

import math

import numpy as np
import pytest
from scipy import stats

from glorot_sweep.report.claims.demands import Demand
from glorot_sweep.report.claims.estimate import (
    bounded_mean_ratio,
    combined,
    mean_over_seeds,
    mean_ratio,
)
from glorot_sweep.report.claims.measurement import Measurement

VALUES = np.array([1.0, 1.2, 1.1, 1.4])


def test_a_mean_has_students_interval():
    expected = stats.ttest_1samp(VALUES, 0).confidence_interval(0.95)
    assert mean_over_seeds(VALUES).interval(0.95) == pytest.approx(tuple(expected))


def test_a_difference_has_welchs_interval():
    other = np.array([3.0, 2.0, 2.5])
    expected = stats.ttest_ind(VALUES, other, equal_var=False).confidence_interval(0.9)
    found = combined(VALUES.mean() - other.mean(), [(VALUES, 1), (other, -1)])
    assert found.interval(0.9) == pytest.approx(tuple(expected))


@pytest.mark.slow
def test_a_function_of_means_has_the_interval_of_its_slopes():
    """A share of 20,000 draws from the true means covers it as often as it says."""
    rng, covered, draws = np.random.default_rng(3), 0, 2_000
    for _ in range(draws):
        a, b = rng.normal(10, 0.2, 8), rng.normal(5, 0.2, 8)
        kept = b.mean() / a.mean()
        found = combined(kept, [(a, -kept / a.mean()), (b, 1 / a.mean())])
        low, high = found.interval(0.95)
        covered += low < 0.5 < high
    assert 0.93 < covered / draws < 0.97  # 4 standard errors of a share of 0.95


def test_ratios_have_intervals_of_their_logarithms():
    low, high = stats.ttest_1samp(np.log(VALUES), 0).confidence_interval(0.95)
    found = mean_ratio(VALUES)
    assert found.value == pytest.approx(stats.gmean(VALUES))
    assert found.interval(0.95) == pytest.approx((math.exp(low), math.exp(high)))


@pytest.mark.parametrize(
    ("lows", "highs", "interval"),
    [
        ([2.0, 2.0], [2.0, 2.0], (2.0, 2.0)),
        ([2.0, 2.0], [2.0, math.inf], (2.0, math.inf)),
        ([0.0, 2.0], [2.0, 2.0], (0.0, 2.0)),
        ([0.0, 2.0], [2.0, math.inf], (0.0, math.inf)),
    ],
)
def test_a_ratio_that_is_known_up_to_a_bound(lows, highs, interval):
    assert bounded_mean_ratio(lows, highs).interval(0.95) == pytest.approx(interval)


def test_one_seed_has_no_interval():
    for found in (mean_over_seeds([1.0]), mean_ratio([2.0]), combined(1.0, [([1.0], 1)])):
        assert found.interval(0.95) is None
        assert not Demand("x", found, low=0.0).is_fulfilled(0.95)
        assert not Demand("x", found, high=0.0).is_violated(0.95)


def settled(*bounds):
    """Demands of the same mean, each with bounds of its own."""
    found = Measurement()
    for number, (low, high) in enumerate(bounds):
        found.demand(f"x{number}", mean_over_seeds(VALUES), low, high)
    found.settle()
    return found


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (0.0, math.inf, "holds"), (0.88, math.inf, "holds"), (0.95, math.inf, "open"),
        (1.4, math.inf, "open"), (1.5, math.inf, "violated"), (-math.inf, 2.0, "holds"),
        (-math.inf, 0.5, "violated"), (0.0, 2.0, "holds"), (1.1, 1.3, "open"),
        (2.0, 3.0, "violated"),
    ],
)  # fmt: skip
def test_the_interval_decides(low, high, state):
    """That of 95 % is [0.903, 1.447]."""
    found = settled((low, high))
    assert (bool(found.violated), bool(found.undecided)) == (state == "violated", state == "open")
    assert found.intervals["x0"] == pytest.approx((0.903, 1.447), abs=5e-4)


def test_many_demands_make_violations_rarer_and_fulfilment_no_easier():
    assert settled((1.45, math.inf)).violated
    many = settled((1.45, math.inf), *[(0.0, math.inf)] * 9)
    assert not many.violated
    assert len(many.undecided) == 1
    assert not settled((0.91, math.inf), *[(0.0, math.inf)] * 9).violated
    assert len(settled((0.91, math.inf), *[(0.0, math.inf)] * 9).undecided) == 1


@pytest.mark.parametrize(
    ("bounds", "of", "always", "state"),
    [
        ((0.0, 0.0, 9.0), 3, "", "holds"),
        ((0.0, 9.0, 9.0), 3, "", "violated"),
        ((0.0, 1.1, 9.0), 3, "", "open"),
        ((0.0, 9.0), 3, "", "open"),
        ((9.0, 0.0, 0.0), 3, "0", "violated"),
        ((1.1, 0.0, 0.0), 3, "0", "open"),
        ((0.0, 0.0), 3, "2", "open"),
    ],
)
def test_two_of_three(bounds, of, always, state):
    """A bound of 0 is fulfilled, 9 violated, 1.1 open; what is not there may be either."""
    found = Measurement()
    mean = mean_over_seeds(VALUES)
    among = {str(k): Demand(f"x{k}", mean, low=bound) for k, bound in enumerate(bounds)}
    found.some("data sets", 2, among, of=of, always=always)
    found.settle()
    assert (bool(found.violated), bool(found.undecided)) == (state == "violated", state == "open")


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([True] * 3, "holds"),
        ([True, True, False], "open"),
        ([True, False, False], "violated"),
        ([False] * 3, "violated"),
        ([True, True, None], "open"),
        ([False, False, None], "violated"),
        ([False, None, None], "open"),
        ([True] * 5 + [False], "open"),
    ],
)
def test_every_run(outcomes, state):
    found = Measurement()
    found.every("it", outcomes)
    assert (bool(found.violated), bool(found.undecided)) == (state == "violated", state == "open")
