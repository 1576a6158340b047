"""The design that looks again and again, against a slow double and by what it promises."""

from itertools import pairwise

import numpy as np
import pytest
import slow_doubles
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glorot_sweep.config.looks import looks_at
from glorot_sweep.significance import (
    Outcome,
    SequentialDesign,
    decisions,
    open_pairs,
    paired_seeds,
    seeds_wanted,
    welch,
)
from glorot_sweep.significance.exact_seeds import dealt_p, swapped_p
from glorot_sweep.significance.sequential import look_p

LOOKS = (5, 10, 15, 20)
ABC = (("a", "b"), ("a", "c"), ("b", "c"))


def design_of(pairs=(("a", "b"),), looks=LOOKS, test="welch", level=0.005, **more):
    return SequentialDesign(tuple(pairs), tuple(looks), test, level, **more)


def drawn(seed, seeds=20, **means):
    """Errors of each cell around its mean, with a standard deviation of 1."""
    rng = np.random.default_rng(seed)
    return {
        cell: dict(enumerate((mean + rng.normal(size=seeds)).round(2).tolist()))
        for cell, mean in means.items()
    }


@st.composite
def small_designs(draw: st.DrawFn):
    """Designs whose ways can be written out: at most five seeds, three cells."""
    looks = sorted(draw(st.sets(st.integers(2, 5), min_size=1)))
    test = draw(st.sampled_from(["welch", "paired_seeds"]))
    pairs = draw(st.lists(st.sampled_from(ABC), min_size=1, unique=True))
    level = draw(st.sampled_from([0.1, 0.3, 0.9]))
    gap = draw(st.sampled_from([0, 2, 8]))
    error = st.integers(0, 8)
    values = {
        cell: [60 + gap * number + 0.5 * draw(error) for _ in range(5)]
        for number, cell in enumerate("abc")
    }
    return pairs, looks, test, level, values


@pytest.mark.slow
@given(small_designs())
@settings(max_examples=40)
def test_the_slow_double_agrees(case) -> None:
    pairs, looks, test, level, values = case
    try:
        design = design_of(pairs, looks, test, level)
    except ValueError:  # it can decide nothing; see below
        assume(False)
    by_seed = {cell: dict(enumerate(errors)) for cell, errors in values.items()}
    found = decisions(design, by_seed, len(looks))
    expected = slow_doubles.until_decided(pairs, looks, test, level, values)
    assert {pair: (one.outcome.value, one.look) for pair, one in found.items()} == expected


def test_the_shares_are_of_the_new_seeds_and_of_looks_that_can_decide() -> None:
    assert design_of().shares == (0, 0.5, 0.25, 0.25)  # 2 of 252 ways are 0.0079
    assert design_of(level=0.05).shares == (0.25, 0.25, 0.25, 0.25)
    assert design_of(ABC, level=0.05).shares == (0, 0.5, 0.25, 0.25)
    assert design_of(test="paired_seeds").shares == (0, 0.5, 0.25, 0.25)
    assert design_of(ABC, test="paired_seeds").shares == (0, 0, 0.75, 0.25)


@given(st.integers(2, 18), st.integers(1, 9), st.integers(1, 9), st.floats(0.01, 0.5))
def test_all_shares_together_are_the_level(first, step, more, level) -> None:
    looks = looks_at(first, step, min(first + more, 20))
    try:
        design = design_of(looks=looks, level=level)
    except ValueError:
        assume(False)
    assert sum(design.shares) == pytest.approx(1)
    assert all(share >= 0 for share in design.shares)
    assert all(before < after for before, after in pairwise(design.looks))
    assert design.looks[0] == first
    assert design.looks[-1] == min(first + more, 20)


@pytest.mark.parametrize(("test", "exact"), [("welch", dealt_p), ("paired_seeds", swapped_p)])
def test_the_p_of_a_look_is_the_larger_one(test, exact) -> None:
    is_own = []
    for seed, gap in ((0, 0), (1, 1), (2, 3), (3, 30)):
        cells = drawn(seed, 8, a=60, b=60 + gap)
        a, b = cells["a"], cells["b"]
        own = (paired_seeds(a, b) if test == "paired_seeds" else
               welch(list(a.values()), list(b.values()))).p_value  # fmt: skip
        other = exact(list(a.values()), list(b.values()))
        assert look_p(test)(a, b) == max(own, other)
        is_own.append(own > other)
    assert set(is_own) == {True, False}


def test_a_clear_difference_is_decided_at_the_first_look_that_can() -> None:
    found = decisions(design_of(ABC), drawn(0, a=60, b=64, c=68), 4)
    assert {one.outcome for one in found.values()} == {Outcome.DECIDED}
    assert {one.seeds for one in found.values()} == {10}
    assert found["a", "b"].difference < 0 < -found["a", "c"].difference
    assert all(one.adjusted_p_value <= 0.005 for one in found.values())


def test_no_difference_is_given_up_and_the_others_go_on() -> None:
    design = design_of((("a", "b"), ("a", "c")))
    values = drawn(4, a=60, b=60, c=61.8)
    first = decisions(design, values, 1)
    assert first["a", "b"].outcome is Outcome.FUTILE
    assert first["a", "c"].outcome is Outcome.OPEN
    assert open_pairs(first) == [("a", "c")]
    assert seeds_wanted(design, first) == {"a": 10, "b": 5, "c": 10}
    last = decisions(design, values, 4)
    assert last["a", "c"].outcome is Outcome.DECIDED
    assert last["a", "b"].seeds == 5
    assert seeds_wanted(design, last)["b"] == 5


def test_nothing_is_given_up_where_nothing_may_be() -> None:
    values = drawn(4, a=60, b=60)
    assert decisions(design_of(), values, 4)["a", "b"].outcome is Outcome.FUTILE
    found = decisions(design_of(futile=0.0), values, 4)["a", "b"]
    assert (found.outcome, found.seeds) == (Outcome.SPENT, 20)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0, 2.0]))
@settings(max_examples=25)
def test_what_is_known_depends_on_the_seeds_so_far_alone(seed, gap) -> None:
    design, values = design_of(ABC, looks=(4, 6, 8), level=0.2), drawn(seed, a=60, b=60, c=60 + gap)
    for looks, seeds in enumerate(design.looks, start=1):
        found = decisions(design, values, looks)
        cut = {cell: {s: e for s, e in one.items() if s < seeds} for cell, one in values.items()}
        assert decisions(design, cut, looks) == found
        turned = {cell: dict(reversed(one.items())) for cell, one in reversed(values.items())}
        assert decisions(design, turned, looks) == found
        wanted = seeds_wanted(design, found)
        trained = {cell: {s: e for s, e in one.items() if s < wanted[cell]}
                   for cell, one in values.items()}  # fmt: skip
        assert decisions(design, trained, looks + 1) == decisions(design, values, looks + 1)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0, 3.0]))
@settings(max_examples=25)
def test_what_is_decided_or_given_up_stays_so(seed, gap) -> None:
    design, values = design_of(ABC, looks=(4, 6, 8), level=0.2), drawn(seed, a=60, b=60, c=60 + gap)
    before = decisions(design, values, 1)
    for looks in (2, 3):
        after = decisions(design, values, looks)
        for pair, one in before.items():
            if one.outcome is not Outcome.OPEN:
                assert (after[pair].look, after[pair].p_value) == (one.look, one.p_value)
                assert after[pair].outcome in {one.outcome, Outcome.DECIDED}
            assert after[pair].adjusted_p_value <= one.adjusted_p_value
        before = after
    assert not open_pairs(before)


def test_a_seed_that_one_lacks_does_not_count_for_the_other() -> None:
    values = drawn(0, a=60, b=64)
    del values["a"][3]
    found = decisions(design_of(), values, 2)["a", "b"]
    assert (found.seeds, found.common) == (10, 9)
    del values["b"][3]
    assert decisions(design_of(), values, 2)["a", "b"] == found


def test_cells_with_one_seed_in_common_show_nothing() -> None:
    values = {"a": {0: 60.0}, "b": drawn(0, b=64)["b"]}
    found = decisions(design_of(), values, 1)["a", "b"]
    assert (found.common, found.difference, found.p_value) == (1, None, 1.0)
    assert decisions(design_of(), {}, 1)["a", "b"].common == 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pairs": ()}, "pairs must be there"),
        ({"pairs": (("a", "b"), ("b", "a"))}, "each once"),
        ({"looks": ()}, "looks must rise"),
        ({"looks": (1, 5)}, "looks must rise"),
        ({"looks": (10, 10)}, "looks must rise"),
        ({"looks": (10, 21)}, "looks must rise from 2 seeds or more to 20"),
        ({"test": "paired"}, "test must be one of welch, paired_seeds"),
        ({"level": 0.0}, "level must lie"),
        ({"looks": (2, 5)}, "with 5 seeds even the smallest p .* is 0.0079"),
        ({"looks": (5, 8), "test": "paired_seeds"}, "0.0078.*Look at more seeds"),
    ],
)  # fmt: skip
def test_a_design_that_makes_no_sense_is_refused(changed, message) -> None:
    with pytest.raises(ValueError, match=message):
        design_of(**changed)


@pytest.mark.slow
@pytest.mark.parametrize("spreads", [(1, 1, 1), (1, 3, 1 / 3)])
@pytest.mark.parametrize("test", ["welch", "paired_seeds"])
def test_the_level_is_kept_over_looks_and_comparisons(test, spreads) -> None:
    # At the level of 0.05 so that 1,500 designs say something; `benchmarks/sequential_design.py`
    # draws 100,000 of each kind.
    design, rng, draws = (
        design_of(ABC, (4, 7, 10), test, 0.05, futile=0.0),
        np.random.default_rng(3),
        1_500,
    )
    wrong = 0
    for _ in range(draws):
        errors = np.array(spreads)[:, None] * rng.normal(size=(3, 10))
        values = {
            cell: dict(enumerate(one)) for cell, one in zip("abc", errors.tolist(), strict=True)
        }
        found = decisions(design, values, 3)
        wrong += any(one.outcome is Outcome.DECIDED for one in found.values())
    assert wrong / draws <= 0.05 + 3 * (0.05 * 0.95 / draws) ** 0.5


def test_a_comparison_that_is_decided_by_an_earlier_look_says_what_that_look_saw() -> None:
    """Once it is left alone an earlier p is small enough, though the seeds since then turn it."""
    design = SequentialDesign((("a", "b"), ("c", "d")), (4, 8), "welch", 0.5, futile=0.0)
    values = drawn(1, seeds=8, a=60.0, b=60.0, c=60.0, d=60.0)
    p_values = {("a", 4): 0.2, ("c", 4): 0.9, ("a", 8): 0.9, ("c", 8): 1e-6}

    def told(a, b):
        return p_values["a" if a == {s: values["a"][s] for s in a} else "c", len(a)]

    first = decisions(design, values, 1, told)
    assert {one.outcome for one in first.values()} == {Outcome.OPEN}
    found = decisions(design, values, 2, told)["a", "b"]
    assert (found.outcome, found.seeds, found.p_value) == (Outcome.DECIDED, 8, 0.9)
    assert (found.deciding.seeds, found.deciding.p_value) == (4, 0.2)
    assert found.deciding.difference == first["a", "b"].difference != found.difference
    assert found.adjusted_p_value == pytest.approx(0.2 / design.shares[0])
