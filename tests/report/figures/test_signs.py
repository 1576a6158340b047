"""Signs that the font of figures does not have."""

import warnings

import pytest
from matplotlib.figure import Figure

from glorot_sweep.report.figures import draw_all
from glorot_sweep.report.figures.figure import Drawing, PlannedFigure, Sources

from .builders import evidence


def problems(*labels):
    """Draw a legend with these labels; a warning is an error, as everywhere in the tests."""

    def draw(_):
        figure = Figure(figsize=(4, 3), layout="constrained")
        axes = figure.subplots()
        for label in labels:
            axes.plot([0, 1], label=label)
        axes.legend()
        return Drawing(figure, "a caption", ("a note",))

    planned = PlannedFigure("one", "Figure 1", "A title", "", draw, Sources(()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (figure,) = draw_all([planned], evidence([]))
    return figure.problems


@pytest.mark.slow
def test_signs_without_a_picture_are_told_once_for_each_text_and_nothing_else_is_printed():
    told = problems("é漢字漢", "Tanh N", "tanh 漢")
    assert told == (
        "a note",
        "the font of figures lacks 漢字 of 'é漢字漢': boxes stand for it",
        "the font of figures lacks 漢 of 'tanh 漢': boxes stand for it",
    )
    assert problems("Tanh N", "Softsign, é ξ ≤") == ("a note",)
