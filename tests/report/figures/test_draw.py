"""The whole set: drawn, missing with a reason, the same bytes again."""

import struct
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib
import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.evidence import Evidence, Problem
from glorot_sweep.report.figures import DrawnFigure, MissingFigure, draw_all
from glorot_sweep.tracking.schema.names import Kind

from .builders import FIGURES, evidence, init_study, monitored, replicate

WITHOUT_RUNS = {
    "figure_2": "`monitored`",
    "figure_3": "`monitored`",
    "figure_4": "`monitored`",
    "figure_5": "`glorot-sweep init-study`",
    "figure_6": "`glorot-sweep init-study --dataset shapeset`",
    "figure_7": "`glorot-sweep init-study --dataset shapeset`",
    "figure_8": "`glorot-sweep init-study --dataset shapeset`",
    "figure_9": "`monitored`",
    "figure_10": "`monitored`",
    "figure_11": "add shapeset to `datasets`",
    "figure_12": "add mnist or cifar10 to `datasets`",
    "jacobian": "`glorot-sweep init-study --dataset shapeset`",
    "learning_rate": "continue it",
    "best_of_trials": "ask for more in search.trials",
}


@pytest.fixture(scope="module")
def drawn(full):
    return draw_all(PAPER.figures, full)


@pytest.mark.slow
def test_all_figures_are_drawn_in_the_papers_order(drawn):
    assert all(isinstance(figure, DrawnFigure) for figure in drawn)
    assert [figure.name for figure in drawn] == list(FIGURES)
    numbers = [figure.number for figure in drawn]
    assert numbers[:12] == ["Table 1", *(f"Figure {n}" for n in range(2, 13))]


@pytest.mark.slow
def test_pictures_can_be_read_and_have_the_width_of_a_column(drawn):
    for figure in drawn:
        root = ET.fromstring(figure.svg)
        assert root.get("width") == "345.6pt", figure.name  # 4.8 inches of 72 points
        assert root.find("{*}title").text == f"{figure.number}: {figure.title}"
        width, _ = struct.unpack(">II", figure.png[16:24])
        assert width == 4.8 * 150


@pytest.mark.slow
def test_pictures_are_small(drawn):
    sizes = {figure.name: len(figure.svg) for figure in drawn}
    assert max(sizes.values()) < 300_000, sizes


@pytest.mark.slow
def test_text_is_outlines(drawn):
    """A page that shows the picture need not have the font."""
    assert not any("<text" in figure.svg for figure in drawn)


@pytest.mark.slow
@pytest.mark.parametrize("names", [["figure_11"], ["figure_2", "figure_7", "figure_10"]])
def test_the_same_evidence_gives_the_same_bytes(full, drawn, names):
    again = draw_all(PAPER.figures, full, names)
    before = [figure for figure in drawn if figure.name in names]
    assert again == before


@pytest.mark.slow
def test_users_style_does_not_matter_and_is_kept(full, drawn):
    with matplotlib.rc_context({"axes.titleweight": "bold", "svg.hashsalt": "mine"}):
        (again,) = draw_all(PAPER.figures, full, ["figure_10"])
        assert matplotlib.rcParams["axes.titleweight"] == "bold"
    assert again in drawn


@pytest.mark.slow
def test_captions_and_the_papers_words(drawn):
    for figure in drawn:
        assert figure.caption.endswith("."), figure.name
        assert figure.paper.startswith(("In the paper: ", "The paper does not say "))
        assert figure.problems == ()


def test_without_runs_every_figure_says_what_to_do():
    cells, *missing = draw_all(PAPER.figures, evidence([]))
    assert isinstance(cells, DrawnFigure)  # a finished sweep has them
    assert [figure.name for figure in missing] == list(WITHOUT_RUNS)
    for figure in missing:
        assert isinstance(figure, MissingFigure)
        assert WITHOUT_RUNS[figure.name] in figure.reason


def test_for_a_folder_of_images_the_advice_is_one_that_the_command_takes():
    found = evidence([])
    own = {"datasets": ("photos",), "image_folders": {"photos": "photos"}}
    sweep = replace(found.sweep, config=found.sweep.config.model_copy(update=own))
    (missing,) = draw_all(PAPER.figures, replace(found, sweep=sweep), ["figure_6"])
    assert "`glorot-sweep init-study --file FILE --dataset photos` with the" in missing.reason


def test_without_anything_no_figure_is_drawn():
    assert all(isinstance(figure, MissingFigure) for figure in draw_all(PAPER.figures, Evidence()))


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_a_study_alone_gives_its_figures():
    """This is what `glorot-sweep init-study` stores beside its numbers."""
    names = ["figure_5", "figure_6", "figure_7", "figure_8", "jacobian"]
    found = draw_all(
        PAPER.figures, Evidence(init_studies={"mnist": init_study("mnist", seeds=1)}), names
    )
    assert [type(figure) for figure in found] == [DrawnFigure] * 5
    assert all("init-mnist" in figure.caption for figure in found)


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_runs_left_out_are_mentioned_beside_a_figure_and_in_a_reason():
    kept, torn = monitored("tanh_n", 2), monitored("tanh", 2)
    whole = evidence([kept, torn, replicate("tanh")])
    problem = Problem(torn.run_id, torn.name, torn.kind, "its statistics are unreadable")
    rest = (kept, replicate("tanh"))
    partial = replace(whole, runs=rest, problems=(problem,))
    figure_9, figure_10, figure_11 = draw_all(
        PAPER.figures, partial, ["figure_9", "figure_10", "figure_11"]
    )
    said = f"run {torn.name} left out: its statistics are unreadable"
    assert isinstance(figure_9, MissingFigure)
    assert figure_9.reason.endswith(said)
    assert figure_10.problems == figure_11.problems == ()
    study = {"shapeset": init_study(seeds=1)}
    lost = Problem("other", "init-shapeset", Kind.INIT_STUDY, "it is torn")
    (figure_6,) = draw_all(
        PAPER.figures, replace(whole, init_studies=study, problems=(lost,)), ["figure_6"]
    )
    assert figure_6.problems == ("run init-shapeset left out: it is torn",)


@pytest.mark.usefixtures("unrendered")
def test_notes_of_a_drawing_are_among_the_problems():
    runs = [replicate("tanh")]
    (figure,) = draw_all(PAPER.figures, evidence(runs, failed=1), ["figure_11"])
    assert figure.problems == ("replicates of Tanh on Shapeset that failed: 1",)


def test_an_unknown_name_is_refused():
    with pytest.raises(UserError, match=r"unknown figure 'figure_1'; did you mean 'figure_1\d'"):
        draw_all(PAPER.figures, Evidence(), ["figure_2", "figure_1"])
