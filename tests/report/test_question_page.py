"""The page of a question of one's own: what it asks, what is decided, what that would take."""

import html
import re
from dataclasses import replace

import pytest
from page_outline import Outline, Shown
from report_builders import cell, collected

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.files import report_files
from glorot_sweep.report.headings import best_heading, title
from glorot_sweep.report.page import render_page
from glorot_sweep.report.paper import QUESTION

from .browsing import WIDTHS, bottoms, measured

TANH_N = cell("tanh_n", [39.0, 40.1, 39.5])
RELU_HE = cell("relu_he", [44.0, 45.5, 46.0])
RELU = cell("relu", [38.0, 41.0, 44.0])
FAILED = cell("softplus", [1.0], failed=2)
CELLS = [TANH_N, RELU_HE, RELU, FAILED]
LEVEL = {"significance.level": 0.05}
PAIRS = {**LEVEL, "comparisons": [["tanh_n", "relu_he"], ["tanh_n", "relu"], ["relu", "softplus"]]}


def compiled(changes, paper=QUESTION, cells=CELLS):
    return compile_evidence(Evidence(collected(cells, changes)), paper, [])


def sections(changes, paper=QUESTION, cells=CELLS):
    """Return the text beneath each heading of the page."""
    page = render_page(compiled(changes, paper, cells))
    parts = re.split(r"<h[123][^>]*>(.*?)</h[123]>", page)
    texts = [html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", part))) for part in parts]
    return dict(zip(texts[1::2], texts[2::2], strict=True))


def test_what_was_named_is_decided_or_not_and_says_what_it_would_take():
    found = sections(PAIRS)
    names = list(found)
    assert names[:5] == [
        "Which variant has the lowest error?", "Results", "What is decided", "What is open",
        "What would decide it",
    ]  # fmt: skip
    assert "1 is decided: Tanh N beats ReLU, He by 5.63 points [" in found[names[0]]
    assert "Tanh N is significantly better than ReLU, He (by 5.63" in found["What is decided"]
    assert "Tanh N is not told apart from ReLU" in found["What is open"]
    assert (
        "ReLU against Softplus was not tested: 2 of 3 replicates of Softplus failed"
        in found["What is open"]
    )
    takes = found["What would decide it"]
    assert "or none at all." in takes
    assert takes.count("Shapeset: ") == 1
    assert "Tanh N against ReLU: a difference of 1.47 points at the level 0.025 would take" in takes


@pytest.mark.slow
def test_no_word_is_about_a_paper_and_none_about_what_nobody_asked_for():
    for changes in (PAIRS, {"base": "relu"}, {}):
        report = compiled(changes)
        whole = render_page(report)
        page = whole.partition("</style>")[2]
        summary = report_files(report)["report.md"].decode()
        for text in (page, summary):
            assert not re.search(r"\b(paper|Table 1|claims?|Glorot|reproduce)\b", text, re.I)
            assert "Not drawn" not in text
        assert Outline(whole).open == []


def test_where_nothing_was_named_it_says_so():
    found = sections({})
    assert "Nothing was named beforehand in the sweep file" in found["Results"]
    assert "What is decided" not in found
    told = re.findall(r"Shapeset: (.*?): a difference", found["What would decide it"])
    assert told == ["Tanh N against ReLU, He", "Tanh N against ReLU"]


def test_a_base_is_the_table():
    found = sections({"base": "relu_he", **LEVEL}, cells=CELLS[:3])
    assert next(iter(found)) == "What beats ReLU, He?"
    assert "against ReLU, He, p" in found["Results"]
    assert re.search(r"Tanh N 39\.53 \[.*?\] \* -5\.63 \[-.*?\] +p 0\.0", found["Results"])
    assert "Every variant against ReLU, He" not in found


@pytest.mark.slow
def test_under_a_paper_it_has_a_table_of_its_own():
    cells = [replace(TANH_N, variant="tanh", label="Tanh"), *CELLS]
    report = compiled({"base": "relu_he"}, PAPER, cells)
    found = sections({"base": "relu_he"}, PAPER, cells)
    assert "+0.83" not in found["Table 1, beside the paper's"]
    assert "Softplus failed" in found["Every variant against ReLU, He"]
    files = report_files(report)
    assert {"against_base.md", "against_base.csv", "table1.md"} <= set(files)
    assert "## Every variant against ReLU, He" in files["report.md"].decode()
    assert "against_base.md" not in report_files(compiled({"base": "relu_he"}))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"comparisons": [["tanh_n", "relu_he"]]}, "Tanh N or ReLU, He?"),
        ({"base": "relu"}, "What beats ReLU?"),
        (
            {"comparisons": [["tanh_n", "relu_he"], ["tanh_n", "relu"]]},
            "Which variant has the lowest error?",
        ),
        ({}, "Why?"),
    ],
)
def test_the_title_is_what_the_file_asks(changes, expected):
    assert title(collected(CELLS, changes).config, "Why?") == expected


def test_winners_of_one_depth_are_told_by_their_rates():
    assert best_heading(collected(CELLS).config) == "At each variant's best depth"
    one = {"search.depth": {"low": 2, "high": 2}, "search.table_depth_share": 1.0}
    assert best_heading(collected(CELLS, one).config) == "The winners' learning rates"


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_in_a_browser_nothing_is_wider_than_the_screen(tmp_path, width):
    sweep = collected(CELLS, {"base": "relu_he", **LEVEL})
    page = render_page(compile_evidence(Evidence(sweep), QUESTION, ["cells"]))
    wide, broken, images = measured(page, tmp_path, width)
    assert (wide <= width, broken, images) == (True, 0, 1)


@pytest.mark.browser
def test_on_a_phone_question_answer_and_picture_are_the_first_screen(tmp_path):
    sweep = collected(CELLS, {"base": "relu_he", **LEVEL})
    page = render_page(compile_evidence(Evidence(sweep), QUESTION, ["cells"]))
    found = bottoms(page, tmp_path, 400)
    assert found["h1"] < 70
    assert max(found.values()) < 800


def test_it_is_short():
    words = Shown(render_page(compiled(PAIRS))).words
    assert 100 < len(words) < 1500
    assert words.index("error?") < 12
