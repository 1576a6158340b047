"""A paper made by hand: what it has gets onto the page, and what it lacks leaves no trace."""

from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from report_builders import cell, collected, svm

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.claims.claim import Ground, Needs, Scale, claim
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.claims.verdict import judge_all
from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.differences import differences
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import Drawing, PlannedFigure, Sources, draw_all
from glorot_sweep.report.files import report_files
from glorot_sweep.report.page import render_page
from glorot_sweep.report.paper import Citation, Paper, SvmReference
from glorot_sweep.report.svms import svms_frame
from glorot_sweep.report.tables import entries
from glorot_sweep.tracking.schema.names import Kind

ROWS = [cell("relu", [40.0, 41.0, 40.5]), cell("relu_he", [30.0, 30.5, 31.0])]


@claim("T1", Ground.END, expected="He below the standard one", needs=Needs("Q", seeds=3))
def he_helps(evidence):
    """Large weights help ReLU."""
    found = Measurement(sources=[Source(("r1",), seeds=3)])
    first, second = (
        evidence.sweep.cells["table_depth", "shapeset", v].errors.mean()
        for v in ("relu", "relu_he")
    )
    found.above("ReLU minus ReLU, He, points", first - second, 0.0)
    return found


def dots(evidence):
    figure = Figure()
    figure.subplots().plot([0, 1], [0, len(evidence.sweep.cells)])
    return Drawing(figure, "As many as there are cells.")


TOY = Paper(
    "toy2026",
    "Does He's initialization help?",
    citation=Citation("A. Body", "On weights", "Toys 2026"),
    scale="3 units, 2 updates",
    table="Table 7",
    rows=("relu", "relu_he"),
    references={("relu", "shapeset"): 41.5},
    bold=frozenset({("relu", "shapeset")}),
    comparisons=(("relu", "relu_he"),),
    compared="variances",
    scales=(Scale("Q", "Quick", "at once"),),
    claims=(he_helps,),
    figures=(
        PlannedFigure("dots", "Figure 3", "Dots", "They rise.", dots, Sources((Kind.TRIAL,))),
    ),
)


def compiled(paper, cells=ROWS):
    sweep = collected(cells)
    evidence = Evidence(sweep)
    return Compiled(
        paper, sweep, evidence, entries(sweep, "table_depth", paper),
        entries(sweep, "best_depth", paper), [], [], pairs(sweep, paper),
        draw_all(paper.figures, evidence), judge_all(paper.claims, evidence),
    )  # fmt: skip


@pytest.fixture(scope="module")
def page():
    return render_page(compiled(TOY))


@pytest.mark.parametrize(
    "part",
    [
        "A. Body, <cite>On weights</cite> (Toys 2026)",
        "Does He&#39;s initialization help?",
        '<h2 id="table7">Table 7, beside the paper\'s</h2>',
        "Paper: 3 units, 2 updates.",
        '<td class="beside">41.50</td>',
        "Named beforehand: variances",
        "ReLU, He is significantly better than ReLU (by 10.00 points",
        "Shapeset: not distinguishable from the best are none here, ReLU in the paper.",
        '<figure id="dots">',
        "Figure 3. Dots</strong> <em>They rise.</em>",
        "<p>As many as there are cells.</p>",
        "judged at scale Q at once.",
        "<summary>Observations at the end of training (1)</summary>",
        '<div class="claim" id="T1">',
        "Large weights help ReLU.",
        "CONFIRMED",
        "HOLDS</span> (3 seeds), answered by the sweep small. Judged at Q.",
        "<td>Observations at the end of training</td>"
        + "".join(f"<td>{n}</td>" for n in (1, 0, 0, 1, 0, 0)),
    ],
)
def test_what_the_paper_has_is_on_the_page(page, part):
    assert part in page


def test_its_files_have_the_name_of_its_table():
    files = report_files(compiled(TOY))
    assert {"table7.md", "table7.csv", "table7.tex", "figures/dots.svg", "claims.json"} <= set(
        files
    )
    summary = files["report.md"].decode()
    assert "## Table 7\n" in summary
    assert "- T1 CONFIRMED; here HOLDS (3 seeds): Large weights help ReLU.\n" in summary
    assert r"ReLU & 40.50 & 41.50 \\" in files["table7.tex"].decode()


def test_a_variant_that_is_no_row_has_no_base_but_a_row():
    assert TOY.base_of(VARIANTS["relu_he"]) == "relu_he"
    assert TOY.base_of(VARIANTS["tanh"]) is None
    assert PAPER.base_of(VARIANTS["tanh_n_quadratic"]) == "tanh_n"
    assert PAPER.base_of(VARIANTS["tanh_gaussian"]) is None


def test_without_claims_bold_marks_and_figures_nothing_speaks_of_them():
    bare = replace(TOY, claims=(), figures=(), comparisons=())
    text = render_page(compiled(bare))
    for part in ('id="claims"', 'id="figures"', "#figures", "#learning_rate", "Named beforehand",
                 "confirmed"):  # fmt: skip
        assert part not in text
    assert "claims.json" not in report_files(compiled(bare))


def test_the_papers_svm_stands_beside_its_own_size_alone():
    svms = {"shapeset_finite_500": svm(45.0, 500)}
    table = entries(
        collected([cell("relu", (50.0, 51.0), "shapeset_finite_500")]), "table_depth", TOY
    )
    assert "paper" not in svms_frame(table, svms, TOY)
    for examples, shown in ((500, "SVM 44.0, network 33.0"), (501, "–")):
        paper = replace(TOY, svm=SvmReference(examples, "relu", 44.0, 33.0))
        assert svms_frame(table, svms, paper)["paper"].tolist() == [shown]


def test_differences_are_those_to_this_paper():
    worse = [cell("relu", [30.0, 30.5, 31.0]), cell("relu_he", [40.0, 41.0, 40.5])]
    said = differences(compiled(TOY, worse))
    assert said[0].startswith("Shapeset: ReLU, He is significantly worse than ReLU")
    assert said[1].startswith("T1 is contradicted: Large weights help ReLU.")
    assert len(said) == 2  # the bold mark of the one entry that the paper has is the paper's
