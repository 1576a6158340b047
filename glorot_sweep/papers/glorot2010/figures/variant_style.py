"""How figures draw a variant: its colour, dashes and marker say what it is made of."""

from typing import Any

from glorot_sweep.papers.glorot2010.table_1 import ROWS
from glorot_sweep.parts.variants import Variant
from glorot_sweep.report.figures.style import Style
from glorot_sweep.report.paper import base_among

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


def variant_style(row: Variant) -> Style:
    """Return colour, dashes and marker of a variant.

    The marker tells the activation; solid lines and filled markers tell the normalized
    initialization from the standard one. A further variant has the colour of its base row, or
    that of its activation's family, and dashes that say what it differs by. Pre-trained variants
    are references, in black.
    """
    normalized = row.initialization == "normalized"
    if row.pretrained:
        return {
            "color": "black",
            "linestyle": "-.",
            "marker": _PRETRAINED_MARKERS.get(row.activation, "P"),
            "markerfacecolor": "black" if normalized else "white",
        }
    base, trait = base_among(ROWS, row), _trait(row)
    family = _FAMILY_COLOURS.get(row.activation, "0.45")
    colour = family if base is None else _PAPER_COLOURS[base]
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
