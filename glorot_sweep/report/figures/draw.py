"""From evidence to finished figures: the same evidence gives the same bytes."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from glorot_sweep.errors import UserError
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.figure import (
    Drawing,
    DrawnFigure,
    MissingFigure,
    NotAsked,
    NotInEvidence,
    PlannedFigure,
)
from glorot_sweep.report.figures.inline import inline_svg
from glorot_sweep.report.figures.left_out import left_out
from glorot_sweep.report.figures.readings import described, readings
from glorot_sweep.report.figures.signs import signs_lacking, told_by_sentences
from glorot_sweep.report.figures.style import RC_PARAMS
from glorot_sweep.spelling import nearest


def draw_all(
    planned: Sequence[PlannedFigure], evidence: Evidence, only: Iterable[str] | None = None
) -> list[DrawnFigure | MissingFigure]:
    """Draw figures, in the order in which they are planned.

    Args:
        planned: all that there are.
        evidence: what they are drawn from.
        only: names of those wanted; None: all.

    Returns:
        A figure whose runs are missing is a `MissingFigure` that says so.

    Raises:
        UserError: a name is unknown.
    """
    known = [figure.name for figure in planned]
    wanted = known if only is None else list(only)
    for name in wanted:
        if name not in known:
            raise UserError(f"unknown figure {name!r}{nearest(name, known)}")
    found: list[DrawnFigure | MissingFigure] = []
    with _style():
        for figure in (figure for figure in planned if figure.name in wanted):
            place = 1 + sum(isinstance(one, DrawnFigure) for one in found)
            found.append(_draw(figure, evidence, figure.number or f"Figure {place}"))
    return found


def draw_one(planned: PlannedFigure, evidence: Evidence) -> Drawing:
    """Draw a figure and leave it a picture, in the style of the report.

    Raises:
        NotInEvidence: its runs are missing; the message says which.
    """
    with _style():
        return planned.draw(evidence)


def _draw(figure: PlannedFigure, evidence: Evidence, number: str) -> DrawnFigure | MissingFigure:
    problems = left_out(evidence, figure.sources)
    try:
        drawing = figure.draw(evidence)
    except NotInEvidence as reason:
        sentences = "; ".join([str(reason), *problems])
        is_asked = not isinstance(reason, NotAsked)
        return MissingFigure(figure.name, figure.number, figure.title, sentences, is_asked)
    title = f"{number}: {figure.title}"
    with told_by_sentences():
        _settle(drawing.figure)
        panels = readings(drawing.figure)
        png, svg = _rendered(drawing.figure, title)
    alt = f"{title}. {described(panels)}".strip()
    problems = (*problems, *drawing.notes, *signs_lacking(drawing.figure))
    return DrawnFigure(
        figure.name, number, figure.title, drawing.caption, figure.paper, alt, svg,
        inline_svg(svg, figure.name, alt, panels), png, problems,
    )  # fmt: skip


@contextmanager
def _style() -> Iterator[None]:
    """Set matplotlib's parameters for a while; the user's own are left out and kept."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC_PARAMS)
        yield


def _settle(figure: Figure) -> None:
    """Find the places of everything once, not for each format."""
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine("none")


def _rendered(figure: Figure, title: str) -> tuple[bytes, str]:
    """Return the picture as PNG and SVG; the canvases draw once, `savefig` would draw twice."""
    png, svg = io.BytesIO(), io.StringIO()
    pixels: Any = FigureCanvasAgg(figure)  # matplotlib leaves these methods without types
    pixels.print_png(png)
    vectors: Any = FigureCanvasSVG(figure)
    vectors.print_svg(svg, metadata={"Date": None, "Title": title})
    return png.getvalue(), svg.getvalue()
