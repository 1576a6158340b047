"""The order of a group's trials: with one stage as it always was, with more none of it moves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sweep_builders import config, grouped

SHARE = "search.table_depth_share"


def search_of(trials, depth_trials, generation=2, *, extend=False, grown_from=()):
    return grouped(
        {
            "search.trials": trials, "search.depth_trials": depth_trials,
            "search.generation": generation, "search.extend": extend,
            "search.grown_from": [list(one) for one in grown_from],
        }
    ).search  # fmt: skip


def asked(search, until):
    """What each trial is asked for that does not follow from its number alone."""
    return [
        (
            search.is_at_table_depth(number),
            search.at_table_depth_before(number),
            search.generation_of(number),
            search.stage_of(number).round_of(number),
        )
        for number in range(until)
    ]


def as_it_always_was(search):
    """The same of one stage, from the rules in words, one trial after the other."""
    first = search.trials + search.depth_trials
    each = math.ceil(search.trials / 4) if search.extend else 0
    found, at_depth = [], 0
    for number in range(first + 2 * each):
        if number < first:
            part, start, stop = None, 0, first
            wants = (number + 1) * search.trials // first > at_depth
        else:
            part = (number - first) // each
            start, stop = first + part * each, first + (part + 1) * each
            wants = True
        begin = start + (number - start) // search.generation * search.generation
        generation = range(begin, min(begin + search.generation, stop))
        found.append((wants, at_depth, generation, part))
        at_depth += wants
    return found


budgets = st.tuples(st.integers(1, 9), st.integers(0, 9))


@given(budgets, st.integers(1, 5), st.booleans())
def test_one_stage_is_what_every_search_was(budget, generation, extend):
    search = search_of(*budget, generation, extend=extend)
    assert asked(search, search.group_trials) == as_it_always_was(search)


@pytest.mark.slow
@given(st.lists(budgets, min_size=2, max_size=4), st.integers(1, 5), st.booleans())
def test_no_growth_changes_what_an_earlier_trial_was_asked_for(steps, generation, extend):
    totals = [(sum(t for t, _ in steps[: n + 1]), sum(d for _, d in steps[: n + 1]))
              for n in range(len(steps))]  # fmt: skip
    before = None
    for number, (trials, depth_trials) in enumerate(totals):
        search = search_of(
            trials, depth_trials, generation, extend=extend, grown_from=totals[:number]
        )
        if before is not None:
            assert search.group_trials > before.group_trials
            until = before.group_trials
            assert asked(search, until) == asked(before, until)
        marks = [search.is_at_table_depth(one) for one in range(search.group_trials)]
        in_rounds = sum(2 * stage.round_trials for stage in search.stages)
        assert sum(marks) == trials + in_rounds
        assert len(marks) == trials + depth_trials + in_rounds
        before = search


def test_a_stage_whose_rounds_have_no_trials_has_no_rounds():
    """More trials at other depths alone: no range may grow in rounds that nothing is drawn in."""
    search = search_of(12, 12, 4, extend=True, grown_from=[(8, 8), (8, 12)])
    first, by_depth, last = search.stages
    assert (first.round_trials, by_depth.round_trials, last.round_trials) == (2, 0, 1)
    assert [len(stage.round_starts) for stage in search.stages] == [2, 0, 2]
    assert by_depth.round_of(by_depth.stop - 1) is None


def test_the_generations_are_the_trials_each_once_and_in_order():
    search = search_of(5, 3, 3, extend=True, grown_from=[(2, 2), (3, 2)])
    found = []
    while len(found) < search.group_trials:
        found += search.generation_of(len(found))
    assert found == list(range(search.group_trials))


def test_the_old_way_grows_by_its_share():
    before = config().search
    now = config({"search.trials": 9, "search.grown_from": [[6, 0]]}).search
    assert (before.group_trials, now.group_trials) == (6, 9)
    assert asked(now, 6) == asked(before, 6)
    assert [now.is_at_table_depth(number) for number in range(6, 9)] == [False, True, False]


@pytest.mark.parametrize(
    ("grown_from", "said"),
    [
        ([[3, 3]], r"must rise to \[trials, depth_trials\], got \[\[3, 3\], \[3, 3\]\]"),
        ([[4, 3]], "must rise to"),
        ([[2, 4]], "must rise to"),
        ([[1, 1], [1, 1]], "must rise to"),
        ([[2, -1]], "greater than or equal to 0"),
        ([[2]], "Field required"),
        ([2], "valid tuple"),
    ],
)
def test_numbers_that_have_not_risen_are_refused(grown_from, said):
    with pytest.raises(ValidationError, match=said):
        grouped({"search.grown_from": grown_from})


def test_a_grid_cannot_have_grown():
    with pytest.raises(ValidationError, match="sampler grid; a grid of more rates has others"):
        grouped({"search.sampler": "grid", "search.grown_from": [[2, 2]]})


def test_without_growth_the_hash_is_what_it_was():
    assert grouped({"search.grown_from": []}).hash() == grouped().hash()
    assert grouped({"search.grown_from": [[2, 2]]}).hash() != grouped().hash()
