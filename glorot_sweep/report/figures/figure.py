"""What a figure is: on its way (`Drawing`), finished (`DrawnFigure`) or missing."""

from dataclasses import dataclass

from matplotlib.figure import Figure


class NotInEvidence(Exception):  # noqa: N818 - it is no error: the report says it and goes on
    """The runs of a figure are missing; the message says which, and how to get them."""


@dataclass(frozen=True)
class Drawing:
    """A picture before it is turned into bytes.

    Attributes:
        figure: the picture.
        caption: what it shows, with the specification of the runs drawn.
        notes: what a reader must know about runs that are drawn in part or not at all.
    """

    figure: Figure
    caption: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrawnFigure:
    """A figure of the report.

    Attributes:
        name: key in `FIGURES`, and the stem of its files.
        number: where the paper has it, as `Figure 6`.
        title: one line.
        caption: what is drawn, from which runs.
        paper: one sentence: what there is to see according to the paper.
        svg: the picture as vectors; text is drawn as outlines, so it looks the same everywhere.
        png: the picture in pixels, 150 to the inch.
        problems: runs left out, and what else a reader must know.
    """

    name: str
    number: str
    title: str
    caption: str
    paper: str
    svg: str
    png: bytes
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissingFigure:
    """A figure that cannot be drawn.

    Attributes:
        name, number, title: as of a drawn one.
        reason: which runs are missing, and how to get them.
    """

    name: str
    number: str
    title: str
    reason: str
