"""A report of the question itself: all variants in one table, each against the best."""

import csv
import io
import re
import shutil

import pytest
from report_builders import cell, collected
from rich.console import Console
from scipy import stats
from sweep_builders import config, place_in, store_uri, write_sweep
from typer.testing import CliRunner

from glorot_sweep.cli import app as cli
from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.beyond import beyond_entries
from glorot_sweep.report.figures import DrawnFigure, MissingFigure, draw_all
from glorot_sweep.report.job import existing_report, run_report, show_existing
from glorot_sweep.report.paper import QUESTION, Beside
from glorot_sweep.report.render import table_markdown
from glorot_sweep.report.tables import entries, entries_frame
from glorot_sweep.report.verify import run_verify
from glorot_sweep.sweep import job
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.runs import About
from glorot_sweep.tracking.sweeps import find_sweep

from .figures.builders import evidence, replicates, trials
from .figures.readers import titles

pytestmark = pytest.mark.slow  # all of it looks at one whole sweep

CELLS = [
    cell("tanh", [40.0, 41.0, 42.0]),
    cell("relu", [10.0, 10.5, 11.0]),
    cell("tanh_growing", [11.0, 12.5, 11.5]),
    cell("softplus", [1.0], failed=2),
]


def test_all_variants_are_rows_and_each_is_compared_with_the_best():
    sweep = collected(CELLS)
    shown = entries(sweep, "table_depth", QUESTION)
    assert [entry.cell.variant for entry in shown] == ["tanh", "relu", "tanh_growing", "softplus"]
    assert beyond_entries(sweep, "table_depth", QUESTION) == []
    assert pairs(sweep, QUESTION) == []
    raw = [
        stats.ttest_ind(CELLS[i].errors, CELLS[1].errors, equal_var=False).pvalue for i in (0, 2)
    ]
    expected = [2 * min(raw), 1.0, max(*raw, 2 * min(raw)), None]  # Holm over two
    assert [entry.adjusted_p_value for entry in shown] == [
        None if p is None else pytest.approx(p) for p in expected
    ]
    assert [entry.bold for entry in shown] == [False, True, True, False]


def test_p_stands_beside_each_cell():
    shown = entries(collected(CELLS), "table_depth", QUESTION)
    lines = table_markdown(shown, Beside.P).splitlines()
    assert lines[0] == "| Type | Shapeset | Shapeset p |"
    assert [line.split(" | ")[-1] for line in lines[3:]] == [
        "best |", f"{shown[2].adjusted_p_value:.2g} |", "– |",
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(entries_frame(shown, Beside.P).to_csv(index=False))))
    assert "paper" not in rows[0]
    assert float(rows[0]["adjusted_p"]) == pytest.approx(shown[0].adjusted_p_value)


ANSWER = "On Shapeset, Tanh N has the lowest test error, 30.50 % ["


@pytest.fixture(scope="module")
def reported(tmp_path_factory, empty_databases, plain):
    """The place of a report, its files, and what the terminal said."""
    folder, text = tmp_path_factory.mktemp("reported"), io.StringIO()
    stores, output = folder / "stores", folder / "report"
    shutil.copytree(empty_databases, stores)
    place = place_in(stores)
    plain.copy_to(stores, place)
    run_report(place, "small", QUESTION, Console(file=text, width=160), output)
    files = {path.relative_to(output).as_posix(): path for path in output.rglob("*.*")}
    return place, files, text.getvalue()


def test_a_report_from_the_server_to_its_last_file(reported):
    _, files, said = reported
    assert set(files) == {
        "report.html", "report.md", "results.md", "results.csv", "results.tex", "best_depth.md",
        "best_depth.csv", "significance.csv", "audit.csv", "runs.csv", "evaluations.csv",
        *(f"figures/{name}.{end}" for name in ("cells", "test_error", "learning_rate")
          for end in ("svg", "png")),
    }  # fmt: skip
    page, summary = (files[name].read_text() for name in ("report.html", "report.md"))
    assert '<h2 id="results">Results</h2>' in page
    assert f"<h1>{QUESTION.question}</h1>" in page
    assert "Not drawn" not in page
    assert page.index("<h1>") < page.index(ANSWER) < page.index('id="cells"') < page.index("<h2")
    assert said.startswith(ANSWER)
    assert summary.splitlines()[2].startswith(ANSWER)
    assert "41.00" in page
    assert "Results of sweep small" in said
    page = page.partition("</style>")[2]
    for text in (page, summary, said, files["results.tex"].read_text()):
        assert not re.search(r"\b(paper|Table 1|claims?|Glorot|reproduce)\b", text, re.IGNORECASE)


def test_no_heading_is_empty(reported):
    _, files, _ = reported
    page = files["report.html"].read_text()
    sections = re.split(r"<h[23][^>]*>(.*?)</h[23]>", page)
    for heading, content in zip(sections[1::2], sections[2::2], strict=True):
        assert re.sub(r"<[^>]*>", "", content).strip() or "<img" in content, heading
    parts = re.split(r"^##+ (.*)$", files["report.md"].read_text(), flags=re.MULTILINE)
    for heading, content in zip(parts[1::2], parts[2::2], strict=True):
        assert content.strip(), heading
    anchors = set(re.findall(r'href="#([^"]*)"', page))
    assert anchors <= set(re.findall(r'id="([^"]*)"', page))


def test_what_is_shown_again_ends_before_the_audit(reported):
    place, text = reported[0], io.StringIO()
    report = existing_report(place, "small", QUESTION)
    show_existing(report, place, Console(file=text, width=160))
    assert "## Results" in text.getvalue()
    assert "At each variant's best depth" in text.getvalue()
    assert "Audit" not in text.getvalue()
    assert "Audit" not in report.note
    assert report.note.startswith(ANSWER)
    assert find_sweep(place, "small").note.startswith(ANSWER)
    assert (set(report.results), report.table_1) == (
        {"shapeset/tanh_percent", "shapeset/tanh_n_percent"}, {},
    )  # fmt: skip


def test_a_report_about_another_paper_is_not_shown_in_its_place(reported):
    place, *_ = reported
    assert existing_report(place, "small", PAPER) is None
    assert existing_report(place, "small", QUESTION).paper == "none"


def test_there_is_nothing_to_verify(place, finished):
    with pytest.raises(UserError, match=r"no claims to verify.*'small'.*paper: none"):
        run_verify(place, ["small"], QUESTION, None, Console(quiet=True), None)


def test_its_figures_show_every_variant_and_data_set():
    runs = replicates(("shapeset", "mnist"), seeds=2)
    drawn = draw_all(QUESTION.figures, evidence(runs, trials(2, ("shapeset", "mnist"))))
    *asked, layers = drawn
    names = ["cells", "test_error", "learning_rate", "best_of_trials"]
    assert [figure.name for figure in asked] == names
    assert all(isinstance(figure, DrawnFigure) for figure in asked)
    assert [figure.number for figure in asked] == [f"Figure {n}" for n in (1, 2, 3, 4)]
    assert isinstance(layers, MissingFigure)
    assert not layers.is_asked
    _, planned, *_ = QUESTION.figures
    drawing = planned.draw(evidence(runs))
    assert titles(drawing) == ["Shapeset", "MNIST"]
    styles = [(line.get_color(), line.get_marker()) for line in drawing.figure.axes[0].lines]
    assert len(set(styles)) == len(styles) == 5


def test_beside_the_cells_of_a_paper_stand_its_values():
    plain, based = collected(CELLS).config, collected(CELLS, {"base": "relu"}).config
    assert [paper.beside(plain) for paper in (QUESTION, PAPER)] == [Beside.P, Beside.PAPER]
    assert [paper.beside(based) for paper in (QUESTION, PAPER)] == [Beside.BASE, Beside.PAPER]


@pytest.fixture
def command(stores, finished, monkeypatch):
    """Runs a command on the finished sweep, whose file names no paper by now."""
    finished["sweep"].tag(tags_of(About(paper="none")))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store_uri(stores))
    return lambda *words: CliRunner().invoke(cli.app, [*words, "--experiment", "tests"])


@pytest.mark.usefixtures("unrendered")
def test_the_command_reports_what_the_stored_sweep_is_about(place, command):
    result = command("report", "small")
    assert result.exit_code == 0, result.output
    assert "Results of sweep small" in result.output
    assert existing_report(place, "small", QUESTION) is not None


def test_the_command_has_nothing_to_verify(command):
    result = command("verify", "small")
    assert isinstance(result.exception, UserError)
    assert "no claims to verify" in str(result.exception)


@pytest.mark.usefixtures("unrendered")
def test_a_complete_sweep_is_reported_again_once_its_file_names_another_paper(
    place, command, monkeypatch, tmp_path
):
    outcomes = iter(["glorot2010", "none", "none"])
    monkeypatch.setattr(
        job, "run_sweep",
        lambda *_: job.SweepOutcome(config({"paper": next(outcomes)}), place, was_complete=True),
    )  # fmt: skip
    file = write_sweep(tmp_path / "small.yaml")
    for shown in ("Table 1 of sweep small", "Results of sweep small", "nothing to do"):
        result = command("sweep", str(file), "--output", str(tmp_path / "page"))
        assert result.exit_code == 0, result.output
        assert shown in result.output
    assert "## Results" in result.output
    assert (tmp_path / "page" / "report.html").is_file()
