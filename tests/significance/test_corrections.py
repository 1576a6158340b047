"""Holm's correction, against statsmodels and the definition."""

import gc
import math
from unittest import mock

import pytest
import slow_doubles
from hypothesis import assume, example, given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from glorot_sweep.significance import holm, holm_levels

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_a_case_worked_by_hand() -> None:
    # Ascending: 0.005 x 4, 0.01 x 3, 0.03 x 2, and 0.04 x 1 raised to its predecessor.
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_values_are_clipped_at_one() -> None:
    assert holm([0.6, 0.9]).tolist() == [1, 1]


def test_one_comparison_needs_no_correction_and_none_needs_nothing() -> None:
    assert holm([0.004]).tolist() == [0.004]
    assert holm([]).tolist() == []


@given(P_VALUES)
@example([0.02, 0.02, 0.02])
def test_the_definition_agrees(p_values: list[float]) -> None:
    assert holm(p_values).tolist() == pytest.approx(slow_doubles.holm(p_values))


@given(P_VALUES)
def test_statsmodels_agrees(p_values: list[float]) -> None:
    with mock.patch.object(gc, "collect"):  # it takes a second, in every call of multipletests
        other = multipletests(p_values, method="holm")[1].tolist()
    assert holm(p_values).tolist() == pytest.approx(other)


@given(P_VALUES)
def test_adjusting_never_lowers_reorders_or_leaves_the_unit_interval(p_values: list[float]) -> None:
    found = holm(p_values).tolist()
    assert all(raw <= adjusted <= 1 for raw, adjusted in zip(p_values, found, strict=True))
    by_raw = [adjusted for _, adjusted in sorted(zip(p_values, found, strict=True))]
    assert by_raw == sorted(by_raw)


@given(P_VALUES, st.floats(0.001, 0.5))
def test_each_is_rejected_exactly_if_its_p_is_at_most_its_level(
    p_values: list[float], level: float
) -> None:
    adjusted, levels = holm(p_values), holm_levels(p_values, level)
    for raw, corrected, own in zip(p_values, adjusted, levels, strict=True):
        assume(not math.isclose(raw, own))
        assert (raw <= own) == (corrected <= level)
    assert all(level / len(p_values) <= own <= level for own in levels)


@given(P_VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_comparisons_does_not_matter(p_values: list[float], rng: object) -> None:
    order = list(range(len(p_values)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    found = holm(p_values)
    assert holm([p_values[i] for i in order]).tolist() == [found[i] for i in order]


@pytest.mark.parametrize("bad", [[0.1, math.nan], [-0.1], [1.1], [[0.1]], 0.1])
def test_what_is_no_list_of_p_values_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="p_values must be a list of numbers"):
        holm(bad)  # type: ignore[arg-type]
