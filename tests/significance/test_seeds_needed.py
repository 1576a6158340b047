"""How many seeds would decide: against scipy's noncentral t, and against sweeps that are drawn."""

import numpy as np
import pytest
from scipy import stats

from glorot_sweep.significance import seeds_for_pairs, seeds_for_welch, welch
from glorot_sweep.significance.seeds_needed import MOST, _chance


def chance(noncentrality, freedom, level):
    """The same by scipy's noncentral t, where that has a value."""
    q = stats.t.isf(level / 2, freedom)
    return stats.nct.sf(q, freedom, noncentrality) + stats.nct.sf(q, freedom, -noncentrality)


@pytest.mark.parametrize("level", [0.05, 0.005, 0.005 / 20])
@pytest.mark.parametrize("freedom", [1.0, 1.7, 4.0, 30.5, 198.0])
@pytest.mark.parametrize("noncentrality", [0.0, 0.3, 1.0, 3.0, 5.0])
def test_the_chance_is_that_of_scipys_noncentral_t(noncentrality, freedom, level):
    assert _chance(noncentrality, freedom, level) == pytest.approx(
        chance(noncentrality, freedom, level), abs=1e-5
    )


def test_without_a_difference_the_chance_is_the_level_and_for_any_other_it_has_a_value():
    assert _chance(0.0, 3.0, 0.005) == pytest.approx(0.005, abs=1e-5)
    for noncentrality in (40.0, 1e6, 1e30, np.inf):
        assert _chance(noncentrality, 50.0, 0.005) == pytest.approx(1.0)


# J. Cohen (1988), table 2.4.1, two-sided 0.05, power 0.80: seeds of each cell by size of effect.
@pytest.mark.parametrize(("effect", "expected"), [(0.5, 64), (0.8, 26), (1.0, 17), (1.4, 10)])
def test_it_is_what_textbooks_say_of_cells_with_one_spread(effect, expected):
    a = np.array([-1.0, 0.0, 1.0])
    assert seeds_for_welch(a, a + effect, level=0.05) == expected


def decided(generator, n, level, draws):
    """Share of drawn sweeps with n seeds in which Welch's test decides."""
    spreads, difference = (1.0, 0.4), 1.1
    first = generator.normal(difference, spreads[0], (draws, n))
    second = generator.normal(0.0, spreads[1], (draws, n))
    return (stats.ttest_ind(first, second, axis=1, equal_var=False).pvalue <= level).mean()


def test_so_many_seeds_decide_and_one_less_does_not():
    """Welch's degrees of freedom are drawn too there, so the power is known to 0.02 only."""
    draws, level = 20_000, 0.005
    unit = np.array([-1.0, 0.0, 1.0])
    n = seeds_for_welch(unit + 1.1, 0.4 * unit, level)
    generator = np.random.default_rng(0)
    tolerance = 0.02 + 4 * np.sqrt(0.8 * 0.2 / draws)
    assert decided(generator, n, level, draws) > 0.8 - tolerance
    assert decided(generator, n - 2, level, draws) < 0.8
    assert decided(generator, n + 2, level, draws) > 0.8


def test_pairs_need_as_many_as_their_differences_say():
    shared = np.array([-4.0, 0.0, 3.0, 1.0])
    differences = np.array([0.6, 1.4, 0.8, 1.2])
    n = seeds_for_pairs(shared + differences, shared, level=0.005)
    noncentrality = [1.0 / np.sqrt(differences.var(ddof=1) / count) for count in (n - 1, n)]
    below, enough = (chance(nc, count - 1, 0.005)
                     for nc, count in zip(noncentrality, (n - 1, n), strict=True))  # fmt: skip
    assert below < 0.8 <= enough
    assert seeds_for_welch(shared + differences, shared, level=0.005) is None  # above 100


def test_a_difference_that_is_decided_needs_few_and_none_can_never_be():
    constant = [10.0, 10.0, 10.0]
    assert seeds_for_welch(constant, [11.0] * 3, 0.005) == 2
    assert seeds_for_welch(constant, constant, 0.005) is None
    assert seeds_for_pairs([1.0, 2.0], [2.0, 3.0], 0.005) == 2
    assert seeds_for_welch([10.0, 11.0, 12.0], [9.9, 10.9, 11.9], 0.005) is None  # above 100
    assert seeds_for_welch([10.0, 11.0, 12.0], [9.4, 10.4, 11.4], 0.005) <= MOST


def test_what_is_not_decided_needs_more_than_there_were():
    generator = np.random.default_rng(1)
    for _ in range(20):
        n = int(generator.integers(2, 12))
        a, b = generator.normal(0, 1, n), generator.normal(0.7, 2, n)
        needed = seeds_for_welch(a, b, 0.005)
        if welch(a, b).p_value > 0.005:
            assert needed is None or needed > n


@pytest.mark.parametrize(("level", "power"), [(0.0, 0.8), (1.0, 0.8), (0.05, 1.0), (0.05, 0.0)])
def test_levels_and_powers_lie_between_0_and_1(level, power):
    with pytest.raises(ValueError, match="must lie strictly between 0 and 1"):
        seeds_for_welch([1.0, 2.0], [1.0, 3.0], level, power)
