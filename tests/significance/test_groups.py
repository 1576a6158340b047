"""What counts as one observation of a search."""

import numpy as np
import pytest
import slow_doubles
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.significance import independent_values, welch


@given(st.lists(st.floats(0, 100), min_size=3, max_size=30), st.data())
def test_the_slow_double_agrees(errors: list[float], more: st.DataObject) -> None:
    groups = more.draw(st.integers(2, len(errors) - 1))
    found = independent_values(errors, groups)
    assert found == pytest.approx(slow_doubles.group_means(errors, groups))


def test_one_group_or_one_for_each_replicate_leaves_them_as_they_are() -> None:
    errors = [3.0, 1.0, 2.0]
    assert independent_values(errors, 1).tolist() == errors
    assert independent_values(errors, 3).tolist() == errors


@given(st.integers(1, 12), st.integers(1, 6), st.data())
def test_where_replicates_are_missing_each_counts_for_its_own_group(
    replicates: int, groups: int, more: st.DataObject
) -> None:
    numbers = more.draw(
        st.lists(st.integers(0, 30), min_size=replicates, max_size=replicates, unique=True)
    )
    errors = more.draw(st.lists(st.floats(0, 100), min_size=replicates, max_size=replicates))
    expected = []  # a mean for each group, the first to appear first
    for group in dict.fromkeys(number % groups for number in numbers):
        own = [e for e, number in zip(errors, numbers, strict=True) if number % groups == group]
        expected.append(sum(own) / len(own))
    found = independent_values(errors, groups, numbers)
    assert found == pytest.approx(errors if groups == 1 else expected)


def test_of_errors_by_example_each_example_keeps_its_own() -> None:
    found = independent_values([[1, 0], [0, 0], [1, 1]], 2)
    assert found.tolist() == [[1.0, 0.5], [0.0, 0.0]]


@pytest.mark.parametrize("groups", [0, 4])
def test_impossible_groups_are_refused(groups: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 3 groups, got {groups}"):
        independent_values([1.0, 2.0, 3.0], groups)


@pytest.mark.slow
def test_the_level_holds_where_the_search_alone_makes_the_spread() -> None:
    """Two equal variants of five groups and ten replicates: replicates are no observations."""
    rng = np.random.default_rng(5)
    wrong, right, tests, level = 0, 0, 2_000, 0.05
    for _ in range(tests):
        chosen = rng.normal(size=(2, 5))
        a, b = np.tile(chosen, 2) + rng.normal(scale=0.1, size=(2, 10))
        wrong += welch(a, b).p_value <= level
        right += welch(independent_values(a, 5), independent_values(b, 5)).p_value <= level
    noise = 3 * np.sqrt(level * (1 - level) / tests)
    assert right / tests <= level + noise
    assert wrong / tests > 2 * level
