"""What a comparison comes to, in a sentence."""

from dataclasses import replace

from glorot_sweep.compare.answer import MOST_NAMED, answers
from glorot_sweep.compare.files import compared_files


def test_what_is_significant_is_named_before_any_table(compared):
    found = compared("one", "lower")
    said, *_ = answers(found)
    tested = [one for one in found.table.differences if one.test]
    marked = [one for one in tested if (one.adjusted_p_value or 1) <= found.level]
    assert said.startswith(f"At the table's depth {len(marked)} of {len(tested)} difference")
    first = marked[0]
    assert f", lower {abs(first.points):.2f} points below one" in said
    files = compared_files(found)
    assert files["comparison.md"].decode().split("\n")[2] == said
    page = files["comparison.html"].decode()
    assert page.index('<p class="lead">At the table') < page.index("<h2")


def test_that_nothing_is_significant_is_said_too(compared):
    found = compared("one", "lower")
    alike = [replace(one, adjusted_p_value=1.0) for one in found.table.differences]
    same = replace(found, table=replace(found.table, differences=tuple(alike)), best=None)
    (said,) = answers(same)
    assert said.endswith(" significant at p = 0.005.")
    assert f"none of {len(alike)} difference" in said
    untested = [replace(one, test=None) for one in alike]
    none = replace(same, table=replace(found.table, differences=tuple(untested)))
    assert answers(none) == ["At the table's depth no difference can be tested."]


def test_of_many_the_first_are_named(compared):
    found = compared("one", "lower")
    one = next(one for one in found.table.differences if one.test)
    many = tuple(replace(one, adjusted_p_value=0.001) for _ in range(MOST_NAMED + 2))
    (said,) = answers(replace(found, table=replace(found.table, differences=many), best=None))
    assert said.endswith("; and 2 more.")
    assert said.count("points below") == MOST_NAMED
