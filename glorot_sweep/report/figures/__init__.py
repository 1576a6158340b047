"""Figures of a report, drawn from the runs."""

from glorot_sweep.report.figures.draw import draw_all, draw_one
from glorot_sweep.report.figures.figure import (
    Drawing,
    DrawnFigure,
    MissingFigure,
    NotInEvidence,
    PlannedFigure,
    Sources,
)

__all__ = [
    "Drawing",
    "DrawnFigure",
    "MissingFigure",
    "NotInEvidence",
    "PlannedFigure",
    "Sources",
    "draw_all",
    "draw_one",
]
