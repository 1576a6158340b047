"""How figures look: sizes, colours, markers, panels."""

from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import RcKeyType

from glorot_sweep.parts.variants import VARIANTS, Variant, base_of

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

_PAPER_COLOURS = {  # Okabe and Ito's set, which colour-blind readers can tell apart
    "softsign": "#009E73",
    "softsign_n": "#E69F00",
    "tanh": "#D55E00",
    "tanh_n": "#0072B2",
    "sigmoid": "#000000",
}
_FAMILY_COLOURS = {  # of further initializations; the rest of that set, and a brown
    "softsign": "#009E73",
    "tanh": "#8C510A",
    "sigmoid": "#000000",
    "relu": "#56B4E9",
    "softplus": "#CC79A7",
}
_ACTIVATION_MARKERS = {"softsign": "s", "tanh": "o", "sigmoid": "^", "relu": "v", "softplus": "D"}
_STANDARD_DASHES = (0, (4, 1.6))
_DASHES: dict[str, Any] = {  # of what a further variant differs by from its base
    "quadratic": (0, (1, 1.4)),
    "growing": (0, (7, 1.4, 1.4, 1.4)),
    "shrinking": (0, (7, 1.4, 1.4, 1.4, 1.4, 1.4)),
    "hessian": (0, (3, 1.2, 1, 1.2)),
    "gradient_variance": (0, (3, 1.2, 1, 1.2, 1, 1.2)),
    "gaussian": (0, (2.2, 1.2)),
    "unit_gaussian": (0, (1, 1.4)),
    "he": (0, (7, 1.4, 1.4, 1.4)),
    "orthogonal": (0, (3, 1.2, 1, 1.2)),
}
_PRETRAINED_MARKERS = {"softsign": "P", "tanh": "*", "sigmoid": "X"}


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


def variant_style(variant: str) -> Style:
    """Return colour, dashes and marker of a variant.

    The marker tells the activation; solid lines and filled markers tell the normalized
    initialization from the standard one. A further variant has the colour of its base row, or
    that of its activation's family, and dashes that say what it differs by. Pre-trained variants
    are references, in black.
    """
    row = VARIANTS[variant]
    normalized = row.initialization == "normalized"
    if row.pretrained:
        return {
            "color": "black",
            "linestyle": "-.",
            "marker": _PRETRAINED_MARKERS[row.activation],
            "markerfacecolor": "black" if normalized else "white",
        }
    base, trait = base_of(row), _trait(row)
    family = _FAMILY_COLOURS.get(row.activation, "0.45")
    colour = family if base is None else _PAPER_COLOURS[base.name]
    plain = "-" if normalized else _STANDARD_DASHES
    return {
        "color": colour,
        "marker": _ACTIVATION_MARKERS.get(row.activation, "P"),
        "linestyle": _DASHES.get(trait, plain),
        "markerfacecolor": colour if normalized else "white",
    }


def _trait(row: Variant) -> str:
    """What a variant differs by from the one of its activation that the paper would name so."""
    plain = {"sgd", "log_likelihood", "equal"}
    traits = [one for one in (row.step_rule, row.cost, row.profile) if one not in plain]
    return traits[0] if traits else row.initialization


def legend_beside(figure: Figure, entries: list[Line2D]) -> None:
    """Put one legend for all panels to the right of them, where it covers nothing."""
    figure.legend(handles=entries, loc="outside right upper")


def legend_of(axes: Axes, entries: list[Line2D]) -> None:
    """Put a panel's own legend to its right."""
    axes.legend(handles=entries, loc="upper left", bbox_to_anchor=(1.0, 1.02))
