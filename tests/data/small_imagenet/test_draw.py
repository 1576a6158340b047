"""The draw: even shares against handing out one by one, orders, splits."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.data.small_imagenet.draw import even_quotas, shuffled, split_sizes

SYNSETS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 12), max_size=8)


def handed_out(available: dict[str, int], total: int) -> list[int]:
    """Go round the synsets and take one image of each, skipping the empty ones."""
    taken = dict.fromkeys(available, 0)
    while sum(taken.values()) < total:
        for name, count in available.items():
            if taken[name] < count and sum(taken.values()) < total:
                taken[name] += 1
    return sorted(taken.values())


@given(SYNSETS, st.data(), st.integers(0, 5))
def test_even_quotas_against_handing_out(
    available: dict[str, int], draw: st.DataObject, seed: int
) -> None:
    total = draw.draw(st.integers(0, sum(available.values())))
    quotas = even_quotas(available, total, seed)
    assert sum(quotas.values()) == total
    assert all(quotas[name] <= available[name] for name in available)
    assert sorted(quotas.values()) == handed_out(available, total)


@given(SYNSETS, st.data(), st.integers(0, 5))
def test_a_smaller_synset_takes_nothing_from_the_others(
    available: dict[str, int], draw: st.DataObject, seed: int
) -> None:
    """What was drawn stays drawn when unreadable images come to light."""
    fewer = {name: draw.draw(st.integers(0, count)) for name, count in available.items()}
    total = draw.draw(st.integers(0, sum(fewer.values())))
    before, after = even_quotas(available, total, seed), even_quotas(fewer, total, seed)
    for name in available:
        assert after[name] >= min(before[name], fewer[name])


def test_left_overs_depend_on_the_seed() -> None:
    found = {tuple(even_quotas(dict.fromkeys("abcd", 5), 9, seed).items()) for seed in range(30)}
    assert len(found) == 4


def test_more_than_there_is_is_an_error() -> None:
    with pytest.raises(ValueError, match="at most 3, got 4"):
        even_quotas({"a": 1, "b": 2}, 4, seed=0)


@given(st.lists(st.text("abc é", max_size=3), unique=True, max_size=9), st.data())
def test_an_order_depends_on_names_alone(names: list[str], draw: st.DataObject) -> None:
    other = draw.draw(st.permutations(names))
    assert shuffled(names, 3, "x") == shuffled(other, 3, "x")
    assert sorted(shuffled(names, 3, "x")) == sorted(names)


def test_every_place_is_equally_likely() -> None:
    """600 seeds, 6 names: each place expects 100 with std 9.1; 5 std is one in a million."""
    counts = dict.fromkeys("abcdef", 0)
    for seed in range(600):
        counts[shuffled("abcdef", seed)[0]] += 1
    assert max(abs(count - 100) for count in counts.values()) < 46


def test_another_purpose_or_seed_is_another_order() -> None:
    names: Iterable[str] = [f"image {i}" for i in range(40)]
    orders = [shuffled(names, 1, "x"), shuffled(names, 2, "x"), shuffled(names, 1, "y")]
    assert orders[0] != orders[1] != orders[2] != orders[0]


@pytest.mark.parametrize("per_class", [11, 12, 21, 22, 2_000, 11_000])
def test_splits_are_nine_to_one_to_one(per_class: int) -> None:
    sizes = split_sizes(per_class)
    assert sum(sizes) == per_class
    assert sizes.validation == sizes.test >= 1
    assert 9 * sizes.test <= sizes.training <= 9 * sizes.test + 10


def test_the_full_set() -> None:
    assert [10 * size for size in split_sizes(11_000)] == [90_000, 10_000, 10_000]
