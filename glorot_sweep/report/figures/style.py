"""How figures look: sizes, colours, markers, panels."""

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import RcKeyType
from numpy.typing import ArrayLike

WIDTH = 4.8  # inches: at half a column, 3.3 inches, letters are still of 6 points and more
Style = dict[str, Any]
"""Keyword arguments of `Axes.plot` and `Line2D`."""

RC_PARAMS: dict[RcKeyType, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "figure.dpi": 150.0,  # of the PNG, and of the surfaces within an SVG
    "font.size": 10.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.edgecolor": "0.35",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.limits": (-4, 5),
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "xtick.color": "0.35",
    "xtick.labelcolor": "0.1",
    "ytick.color": "0.35",
    "ytick.labelcolor": "0.1",
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "legend.handlelength": 2.2,
    "legend.columnspacing": 1.2,
    "legend.borderpad": 0.2,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "glorot-sweep",
    "text.parse_math": False,  # a variant's label may hold dollars
}

MARKERS = "os^Dv<>pPX"
"""Of layers and depths, from the first on: they tell apart what colours alone may not."""

KEY_ROW = 0.17  # inches, of a row of a legend
LONGEST_BESIDE = 24  # characters of a line of a name beside a panel, or above one of two
LONGEST_OF_TWO, LONGEST_OF_ONE = 23, 54  # characters of a name in a legend of two columns, of one

BAND, EDGE = 0.13, 0.6  # opacity of a band and of its edges

COMPANION, UNNAMED = "companion", "unnamed"
"""Group ids of what belongs to a line, and of lines without a name; any other line has one.

A label tells nothing of that: a variant's may begin as matplotlib's own do, with an underscore.
"""


def stacked(panels: int, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels below each other that share both axes.

    Args:
        panels: how many.
        height: of one, inches.
    """
    figure = Figure(figsize=(WIDTH, height * panels + 0.5), layout="constrained")
    axes = figure.subplots(panels, 1, sharex=True, sharey=True, squeeze=False)
    return figure, list(axes[:, 0])


def ordinal_style(number: int, largest: int) -> Style:
    """Return colour and marker of layer (or depth) `number` out of 1..`largest`.

    The colours run from dark blue to orange: they are faster in the dark, where steps are harder
    to see, and stop before the map turns pale on white.
    """
    position = 0.72 * ((number - 1) / max(largest - 1, 1)) ** 0.8
    colour = matplotlib.colormaps["plasma"](position)
    return {"color": colour, "marker": MARKERS[(number - 1) % len(MARKERS)]}


def band(
    axes: Axes, x: ArrayLike, low: ArrayLike, high: ArrayLike, name: str, style: Style
) -> None:
    """Draw a band whose edges have the line's dashes: without colours they tell it from others.

    Args:
        axes: where.
        x: of its edges [points].
        low: lower edge [points].
        high: upper edge [points].
        name: of the line that it belongs to.
        style: of that line.
    """
    x, low, high = np.asarray(x), np.asarray(low), np.asarray(high)
    axes.fill(
        np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]]),
        facecolor=to_rgba(style["color"], BAND), edgecolor=to_rgba(style["color"], EDGE),
        linestyle=style.get("linestyle", "-"), linewidth=0.6, **companion(name),
    )  # fmt: skip


def whiskers(
    axes: Axes, x: Sequence[ArrayLike], y: Sequence[ArrayLike], name: str, style: Style
) -> None:
    """Draw intervals as lines with a cap at each end.

    Args:
        axes: where.
        x: of the lower ends and of the upper ones [2, intervals].
        y: of the same.
        name: of the line that they belong to.
        style: of that line.
    """
    ends = [np.asarray(each, dtype=np.float64) for each in (x, y)]
    upright = np.array_equal(ends[0][0], ends[0][1])
    broken = [np.vstack([both, np.full(both.shape[1], np.nan)]).T.ravel() for both in ends]
    axes.plot(
        *broken, color=style["color"], linewidth=1.1, marker="_" if upright else "|", markersize=6,
        **companion(name),
    )  # fmt: skip


def in_lines(name: str) -> str:
    """Return a name in as many lines as it needs beside a panel, or above one of two."""
    return fill(name, LONGEST_BESIDE)


def companion(name: str) -> Style:
    """Return the label and the mark of what belongs to a line and has no place in the legend."""
    return {"label": f"_{name}", "gid": COMPANION}


def named_lines(axes: Axes) -> list[Line2D]:
    """Return a panel's lines that have a name of their own, whatever sign it begins with."""
    return [line for line in axes.lines if line.get_gid() not in (COMPANION, UNNAMED)]


def legend_on_top(figure: Figure, entries: Iterable[Line2D], columns: int = 5) -> None:
    """Put one legend for all panels above them, where it covers nothing and takes no width."""
    figure.legend(handles=list(entries), loc="outside upper left", ncols=columns, handlelength=1.6)


def legend_above(axes: Axes, title: str, names: Sequence[str] = ()) -> None:
    """Put a panel's title above it, and between them the legend of its lines.

    Names that two columns have no room for stand in one, and the figure grows by its rows.

    Args:
        axes: the panel.
        title: of it.
        names: of the lines; empty: their labels.
    """
    lines = named_lines(axes)
    names = list(names) or [str(line.get_label()) for line in lines]
    even_rows = -(-len(names) // 2)  # of two columns: a figure has room for them
    columns = 2 if max(map(len, names), default=0) <= LONGEST_OF_TWO else 1
    if columns == 1:
        names = [fill(name, LONGEST_OF_ONE) for name in names]
        rows = sum(1 + name.count("\n") for name in names)
        figure = axes.get_figure(root=True)
        assert figure is not None
        figure.set_figheight(figure.get_figheight() + KEY_ROW * (rows - even_rows))
    axes.legend(
        lines, names, title=title, loc="lower left", bbox_to_anchor=(0.0, 1.0),
        ncols=columns, alignment="left", borderaxespad=0.2, title_fontsize=10.0,
    )  # fmt: skip
