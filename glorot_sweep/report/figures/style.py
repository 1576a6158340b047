"""How figures look: sizes, colours, markers, panels."""

from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import RcKeyType

WIDTH = 7.0  # inches: a page's text width, and 700 pixels on a screen
Style = dict[str, Any]
"""Keyword arguments of `Axes.plot` and `Line2D`."""

RC_PARAMS: dict[RcKeyType, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "figure.dpi": 150.0,  # of the PNG, and of the surfaces within an SVG
    "font.size": 11.0,  # still read when 7 inches are shown on a phone
    "axes.titlesize": 11.0,
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
    "legend.fontsize": 10.0,
    "legend.handlelength": 2.2,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.0,
    "svg.fonttype": "path",
    "svg.hashsalt": "glorot-sweep",
}

MARKERS = "os^Dv<>pPX"
"""Of layers and depths, from the first on: they tell apart what colours alone may not."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000")
"""Of things without an order: Okabe and Ito's set, which colour-blind readers can tell apart."""

DASHES: tuple[Any, ...] = ("-", (0, (4, 1.6)), (0, (1, 1.4)), (0, (7, 1.4, 1.4, 1.4)))


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
    position = 0.82 * ((number - 1) / max(largest - 1, 1)) ** 0.8
    colour = matplotlib.colormaps["plasma"](position)
    return {"color": colour, "marker": MARKERS[(number - 1) % len(MARKERS)]}


def nominal_style(number: int) -> Style:
    """Return colour, dashes and marker of the thing of this number, counted from 0.

    Each style is another one until colours, dashes and markers all come round at once.
    """
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": DASHES[number // len(COLOURS) % len(DASHES)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def legend_beside(figure: Figure, entries: list[Line2D]) -> None:
    """Put one legend for all panels to the right of them, where it covers nothing."""
    figure.legend(handles=entries, loc="outside right upper")


def legend_of(axes: Axes, entries: list[Line2D]) -> None:
    """Put a panel's own legend to its right."""
    axes.legend(handles=entries, loc="upper left", bbox_to_anchor=(1.0, 1.02))
