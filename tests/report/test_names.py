"""Labels that a browser, a Markdown reader, LaTeX or a spreadsheet would interpret."""

import csv
import html
import io
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from page_outline import Outline
from report_builders import cell, collected
from run_builders import record

from glorot_sweep.markdown import as_text, in_a_cell
from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.files import _summary, report_files
from glorot_sweep.report.names import as_csv
from glorot_sweep.report.page import render_page
from glorot_sweep.report.page_words import Words
from glorot_sweep.report.paper import QUESTION
from glorot_sweep.report.render_latex import table_latex

from .browsing import measured

EVIL = '=1|<script>x</script> *b* [a](b) "q" \\x{y}$ `z`^2'
HEBREW = "\u05d8\u05e0\u05d2\u05e0\u05e1, \u05e8\u05d2\u05d9\u05dc"
LABELS = {"evil": EVIL, "hebrew": HEBREW, "at": "@sum(1)"}


def compiled(labels, figures=()):
    parts = {"activation": "tanh", "initialization": "normalized"}
    own = {
        name: {**parts, "weight_decay": 0.1 * place, "label": label[:60]}
        for place, (name, label) in enumerate(labels.items())
    }
    cells = [
        replace(cell("tanh", [40.0 + place, 41.0 + place, 40.5 + place]), variant=name, label=label)
        for place, (name, label) in enumerate(labels.items())
    ]
    others = list(labels)[1:]
    named = {"comparisons": [["evil", name] for name in others]} if others else {}
    return compile_evidence(
        Evidence(collected(cells, {"own_variants": own, **named})), QUESTION, figures
    )


@pytest.fixture(scope="module")
def report():
    return compiled(LABELS, ["cells"])


@pytest.fixture(scope="module")
def files(report):
    return {name: content.decode("utf-8", "replace") for name, content in
            report_files(report).items()}  # fmt: skip


@pytest.mark.slow
def test_a_page_shows_them_as_they_are(files):
    page = files["report.html"]
    outline = Outline(page)
    assert (outline.open, outline.scripts) == ([], 1)  # the page's own
    assert page.count(html.escape(EVIL).replace("&quot;", "&#34;")) > 2
    assert "<sup>2" not in page
    assert f"<bdi>{HEBREW}</bdi>" in page


def test_markdown_interprets_none(files):
    shown = in_a_cell(EVIL)
    assert shown != EVIL
    for name in ("report.md", "results.md"):
        assert shown in files[name]
        assert EVIL not in files[name]


def test_latex_sets_them(files):
    assert r"=1\textbar{}\textless{}script\textgreater{}" in files["results.tex"]
    assert r"\textbackslash{}x\{y\}\$" in files["results.tex"]
    assert r"\textasciicircum{}2" in files["results.tex"]


def test_a_spreadsheet_calculates_none(files):
    rows = list(csv.DictReader(io.StringIO(files["results.csv"])))
    assert [row["label"] for row in rows] == [f"'{EVIL}", HEBREW, "'@sum(1)"]
    assert float(rows[0]["test_error_percent"]) == 40.5


@pytest.mark.parametrize("head", ["self", "key"])
def test_a_spreadsheet_calculates_none_under_any_head(head):
    """Settings of compared sweeps stand under the names of these, beside a column `key`."""
    frame = pd.DataFrame([["a", "=1", 2], ["-b", "c", 3]], columns=["key", head, "number"])
    assert as_csv(frame).splitlines() == [f"key,{head},number", "a,'=1,2", "'-b,c,3"]
    assert list(frame.iloc[:, 1]) == ["=1", "c"]


@pytest.mark.browser
def test_long_names_are_no_wider_than_a_phone(tmp_path):
    page = render_page(compiled({"evil": "w" * 200, "other": "\u05d8" * 200}))
    assert measured(page, tmp_path, 400)[0] <= 400


@pytest.mark.parametrize("name", ["[new] x", "*x*"])
def test_in_latex_a_row_does_not_end_with_what_the_next_begins_with(name):
    """`\\\\` takes a star or a bracket that follows it for its own."""
    report = compiled({"evil": name, "one": "plain"})
    latex = table_latex(report.table, report.collected.config, QUESTION)
    assert f"\n{{}}{name} & " in latex


def test_a_data_set_named_like_a_symbol_keeps_its_name():
    sweep = collected([cell("tanh", [40.0, 41.0])])
    config = sweep.config.model_copy(update={"datasets": ("river-delta",), "name": "delta"})
    told = Words(SimpleNamespace(collected=replace(sweep, config=config)))
    for text in ("On river-delta, sweep delta: std", "tanh-river-delta-seed0 (run) is left out"):
        assert told(text) == text
    assert "<sup>" in told("delta^0")
    assert "delta" not in told("delta^0")


def test_the_engines_are_told_with_labels_as_they_are():
    """In Markdown too, which MLflow shows as the description of a run."""
    report = compiled({"evil": EVIL, "at": "@sum(1)"})
    runs = [record("replicate", variant=name, engine=engine) for name, engine in
            (("evil", "native"), ("at", "torch"))]  # fmt: skip
    said = replace(report, collected=replace(report.collected, replicates=runs))
    (line,) = [one for one in _summary(said).splitlines() if one.startswith("Engine")]
    assert as_text(EVIL) in line
