"""Tables of a page on screens and paper: what stands below each other, and what is cut off."""

import pytest
from chromium import Chromium
from report_builders import cell, collected

from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.page import render_page
from glorot_sweep.report.paper import QUESTION

pytestmark = pytest.mark.browser

CELLS = [
    cell("tanh", [40.0, 41.0, 42.0]),
    cell("tanh_n", [30.0, 30.5, 31.0], diverged=1),
    cell("relu", [10.0, 10.5, 11.0]),
    cell("softsign", [1.0, 1.5, 2.0]),
    cell("softplus", [9.0, 12.0, 10.8]),
]
FIRST = (
    'document.querySelector("table.main").querySelectorAll("td:first-of-type small:first-of-type")'
)
RIGHT_ENDS = (
    f"[...new Set([...{FIRST}].map((one) => Math.round(one.getBoundingClientRect().right)))]"
)
CUT_OFF = """[...document.querySelectorAll(".facts, .facts td")]
    .filter((one) => one.scrollWidth > one.clientWidth).length"""
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A function that opens the page at a width, on a screen or on paper; and the browser."""
    folder = tmp_path_factory.mktemp("tables")
    report = compile_evidence(Evidence(collected(CELLS, {"base": "relu"})), QUESTION, [])
    (folder / "page.html").write_text(render_page(report), encoding="utf-8")
    with Chromium(folder) as browser:

        def read(width, script, media="screen"):
            browser.show_as(width, media)
            browser.text_of((folder / "page.html").as_uri(), "Provenance")
            browser.value_of("document.querySelectorAll('details').forEach((one) => one.open = 1)")
            return browser.value_of(script)

        yield read


def test_intervals_stand_below_each_other_whatever_is_remarked_on_a_cell(opened):
    assert len(opened(1280, RIGHT_ENDS)) == 1


@pytest.mark.parametrize("width", [320, 400, 768])
def test_what_made_a_sweep_is_read_whole(opened, width):
    assert opened(width, CUT_OFF) == 0


@pytest.mark.parametrize("width", [560, 768])
def test_on_paper_every_table_ends_with_the_page(opened, width):
    assert opened(width, WIDTH, "print") <= width


SORTED = """(() => {
    const table = document.querySelector("table.main");
    const heads = [...table.tHead.querySelectorAll("button")];
    heads.find((one) => one.textContent.startsWith("against")).click();
    return [...table.tBodies[0].rows].map((row) => row.cells[2].textContent.trim()[0]);
})()"""


def test_differences_with_a_star_are_sorted_as_numbers(opened):
    """Softsign is clearly lower than ReLU, softplus about alike, both tanh clearly higher."""
    assert opened(1280, SORTED) == ["*", "+", "*", "*", "–"]  # the base itself is last
