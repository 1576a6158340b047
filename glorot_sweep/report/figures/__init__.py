"""The figures of the paper, drawn from our runs."""

from glorot_sweep.report.figures.draw import draw_all
from glorot_sweep.report.figures.figure import Drawing, DrawnFigure, MissingFigure, NotInEvidence
from glorot_sweep.report.figures.registry import FIGURES, PaperFigure

__all__ = [
    "FIGURES",
    "Drawing",
    "DrawnFigure",
    "MissingFigure",
    "NotInEvidence",
    "PaperFigure",
    "draw_all",
]
