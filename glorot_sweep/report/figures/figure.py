"""What a figure is: planned, on its way (`Drawing`), drawn or missing."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from glorot_sweep.report.evidence import Evidence
from glorot_sweep.tracking.schema.names import Kind


class NotInEvidence(Exception):  # noqa: N818 - it is no error: the report says it and goes on
    """The runs of a figure are missing; the message says which, and how to get them."""


class NotAsked(NotInEvidence):
    """The sweep file asks for nothing that the figure is of: a question of one's own lacks it."""


Reference = Callable[[str, str], float | None]
"""From variant and data set to the paper's error, percent."""


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
class Sources:
    """What a figure is drawn from.

    Attributes:
        kinds: of its runs; none of a figure of the table's cells, which are whole or refused.
        fallback: kinds that it is drawn from where there is no initialization study.
        variants: of its monitored runs and replicates; empty: all.
        datasets: of its runs; empty: all.
    """

    kinds: tuple[Kind, ...]
    fallback: tuple[Kind, ...] = ()
    variants: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedFigure:
    """How a figure is made, and what a paper says about it.

    Attributes:
        name: what users call it, and the stem of its files.
        number: where the paper has it, as `Figure 6`; empty: its place among those drawn.
        title: one line.
        paper: one sentence: what there is to see according to the paper; empty without one.
        draw: raises `NotInEvidence` where its runs are missing.
        sources: which runs those are.
    """

    name: str
    number: str
    title: str
    paper: str
    draw: Callable[[Evidence], Drawing]
    sources: Sources


@dataclass(frozen=True)
class DrawnFigure:
    """A figure of the report.

    Attributes:
        name, number, title, paper: as planned.
        caption: what is drawn, from which runs.
        alt: what is seen, in words, for those who do not see it.
        svg: the picture as vectors; text is drawn as outlines, so it looks the same everywhere.
        inline: the same as a part of a page; see `inline_svg`.
        png: the picture in pixels, 150 to the inch.
        problems: runs left out, and what else a reader must know.
    """

    name: str
    number: str
    title: str
    caption: str
    paper: str
    alt: str
    svg: str
    inline: str
    png: bytes
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissingFigure:
    """A figure that cannot be drawn.

    Attributes:
        name, number, title: as planned.
        reason: which runs are missing, and how to get them.
        is_asked: the sweep file asks for what it would show.
    """

    name: str
    number: str
    title: str
    reason: str
    is_asked: bool = True
