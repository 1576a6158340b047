"""The page of a comparison: everything is in it, it needs nothing else, and text is escaped."""

import html
from dataclasses import replace

import pytest
from page_outline import Outline

from glorot_sweep.compare.compared import Compared
from glorot_sweep.compare.files import compared_files
from glorot_sweep.compare.page import render_page
from glorot_sweep.compare.render import caption
from glorot_sweep.significance import signed


@pytest.fixture(scope="module")
def found(compared) -> Compared:
    return compared("one", "lower", "partial")


@pytest.fixture(scope="module")
def page(found) -> str:
    return render_page(found)


@pytest.mark.slow
def test_it_needs_no_other_file_no_script_and_no_network(page):
    outline = Outline(page)
    assert outline.scripts == 0
    assert outline.open == []
    assert {ref[1:] for ref in outline.references} <= set(outline.ids)
    assert all(ref.startswith("#") for ref in outline.references)
    assert len(outline.ids) == len(set(outline.ids))
    assert "url(" not in page
    assert "@import" not in page


def test_every_cell_difference_caution_setting_and_run_is_there(page, found):
    text = html.unescape(page)
    for side in found.sides:
        assert side.collected.sweep.run_id in text
        assert all(run.run_id in text for run in side.collected.replicates)
    for one in found.table.differences:
        assert signed(one.points) in text
        assert f"{one.second} − {one.first}" in text
    assert all(sentence in text for sentence in found.cautions)
    assert all(one.key in text for one in found.settings)


def test_significant_differences_are_bold_on_the_page_and_in_markdown(page, found):
    marked = [one for one in found.table.differences if (one.adjusted_p_value or 1) <= 0.005]
    assert 0 < len(marked) < len(found.table.differences)
    assert page.count('<tr class="marked">') == len(marked)
    summary = compared_files(found)["comparison.md"].decode()
    assert summary.count(f"**{marked[0].second} − {marked[0].first}**") == 1


def test_what_stands_in_a_store_is_escaped(found):
    sides = (replace(found.sides[0], label="<b>&|"), *found.sides[1:])
    files = compared_files(replace(found, sides=sides))
    assert "<b>&" not in files["comparison.html"].decode()
    summary = files["comparison.md"].decode()
    assert "<b>" not in summary
    assert "| &lt;b&gt;&amp;\\| |" in summary


@pytest.mark.slow
def test_a_caption_says_over_how_many_tests_was_corrected(compared):
    for names, said in (
        (("one", "lower"), "over the 2 tests of this table"),
        (("one", "wider"), "over the 1 test of this table"),
        (("one", "again"), "No difference of this table can be tested."),
    ):
        found = compared(*names)
        assert said in caption(found, found.table)
