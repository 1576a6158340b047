"""A figure by its name or number, and what is said of others."""

import pytest
from matplotlib.figure import Figure

from glorot_sweep.errors import UserError
from glorot_sweep.interface.pictures import picture
from glorot_sweep.report.figures import Drawing, NotInEvidence, PlannedFigure, Sources


def planned(name, number="", reason=""):
    def draw(evidence):
        if reason:
            raise NotInEvidence(reason)
        figure = Figure()
        figure.suptitle(name)
        return Drawing(figure, "")

    return PlannedFigure(name, number, name, "", draw, Sources(()))


PAPERS = (planned("cells", "Table 1"), planned("figure_11", "Figure 11"),
          planned("figure_12", "Figure 12", "no runs on MNIST"))  # fmt: skip
OWN = (planned("cells"), planned("layers", reason="no section"), planned("test_error"))


@pytest.mark.parametrize(
    ("figures", "name", "found"),
    [
        (PAPERS, "11", "figure_11"),
        (PAPERS, "Figure 11", "figure_11"),
        (PAPERS, "figure_11", "figure_11"),
        (OWN, "test_error", "test_error"),
        (OWN, "2", "test_error"),
        (OWN, "Figure 1", "cells"),
    ],
)
def test_a_figure_is_found_by_its_name_and_by_its_number_on_the_page(figures, name, found):
    assert picture(figures, None, name).get_suptitle() == found


@pytest.mark.parametrize("name", ["12", "figure_12"])
def test_one_whose_runs_are_missing_says_which(name):
    with pytest.raises(UserError, match=r"figure_12 cannot be drawn: no runs on MNIST\."):
        picture(PAPERS, None, name)


@pytest.mark.parametrize("name", ["13", "", "Figure "])
def test_an_unknown_one_is_refused_with_what_there_is_and_why_others_are_not_drawn(name):
    with pytest.raises(UserError) as refused:
        picture(PAPERS, None, name)
    assert str(refused.value) == (
        f"unknown figure {name!r}. There are: cells (Table 1), figure_11 (Figure 11). "
        "Not drawn: figure_12: no runs on MNIST."
    )
    with pytest.raises(UserError, match=r"There are: cells \(Figure 1\), test_error \(Figure 2\)"):
        picture(OWN, None, "3")
