"""How figures draw a variant: its colour, dashes and marker say what it is made of."""

from typing import Any

from glorot_sweep.papers.glorot2010.table_1 import ROWS
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.variants import Variant
from glorot_sweep.report.figures.style import Style, nominal_style
from glorot_sweep.report.paper import base_among

_PAPER_COLOURS = {  # Okabe and Ito's set, which colour-blind readers can tell apart
    "softsign": "#009E73",
    "softsign_n": "#E69F00",
    "tanh": "#D55E00",
    "tanh_n": "#0072B2",
    "sigmoid": "#000000",
}
_FAMILY_COLOURS = {  # of further ones; the rest of that set, a brown, and darker ones of Tol's
    "softsign": "#009E73",
    "tanh": "#8C510A",
    "sigmoid": "#000000",
    "relu": "#56B4E9",
    "softplus": "#CC79A7",
    "elu": "#332288",
    "gelu": "#117733",
    "hard_tanh": "#882255",
    "leaky_relu": "#44AA99",
    "selu": "#AA4499",
    "silu": "#999933",
}
_ACTIVATION_MARKERS = {
    "softsign": "s", "tanh": "o", "sigmoid": "^", "relu": "v", "softplus": "D", "elu": "<",
    "gelu": "p", "hard_tanh": "h", "leaky_relu": ">", "selu": "d", "silu": "8",
}  # fmt: skip
_STANDARD_DASHES = (0, (4, 1.6))
_DASHES: dict[str, Any] = {  # of what a further variant differs by from its base
    "quadratic": (0, (1, 1.4)),
    "growing": (0, (7, 1.4, 1.4, 1.4)),
    "shrinking": (0, (7, 1.4, 1.4, 1.4, 1.4, 1.4)),
    "hessian": (0, (3, 1.2, 1, 1.2)),
    "gradient_variance": (0, (3, 1.2, 1, 1.2, 1, 1.2)),
    "momentum": (0, (1, 1, 1, 3)),
    "nesterov": (0, (1, 1, 1, 1, 1, 3)),
    "adam": (0, (5, 1, 1, 1)),
    "adamw": (0, (5, 1, 1, 1, 1, 1)),
    "step": (0, (4, 1, 2, 1)),
    "cosine": (0, (6, 1, 3, 1)),
    "warm_up": (0, (2, 1, 4, 1)),
    "warm_up_cosine": (0, (2, 1, 4, 1, 2, 1)),
    "weight_decay": (0, (8, 1)),
    "gaussian": (0, (2.2, 1.2)),
    "unit_gaussian": (0, (1, 1.4)),
    "he": (0, (7, 1.4, 1.4, 1.4)),
    "orthogonal": (0, (3, 1.2, 1, 1.2)),
    "he_uniform": (0, (7, 1.4, 1, 1.4)),
    "lecun_normal": (0, (2.2, 1.2)),  # it is the Gaussian one
    "lecun_uniform": (0, (2.2, 1.2, 1, 1.2)),
    "lsuv": (0, (5, 1.2, 1, 1.2, 1, 1.2)),
    "truncated_normal": (0, (2.2, 1.2, 2.2, 3)),
    "xavier_normal": (0, (10, 1.4)),
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
            "marker": _PRETRAINED_MARKERS.get(row.activation, _family_of(row.activation)["marker"]),
            "markerfacecolor": "black" if normalized else "white",
        }
    base, trait = base_among(ROWS, row), _trait(row)
    family = _family_of(row.activation)
    colour = family["color"] if base is None else _PAPER_COLOURS[base]
    plain = "-" if normalized else _STANDARD_DASHES
    return {
        "color": colour,
        "marker": family["marker"],
        "linestyle": _DASHES.get(trait, plain),
        "markerfacecolor": colour if normalized else "white",
    }


def _family_of(activation: str) -> Style:
    """Colour and marker of an activation; those of a user's own follow from its place."""
    if activation in _FAMILY_COLOURS:
        return {
            "color": _FAMILY_COLOURS[activation],
            "marker": _ACTIVATION_MARKERS[activation],
        }
    others = [name for name in ACTIVATIONS if name not in _FAMILY_COLOURS]
    return nominal_style(others.index(activation) if activation in others else 0)


def _trait(row: Variant) -> str:
    """What a variant differs by from the one of its activation that the paper would name so."""
    plain = {"sgd", "log_likelihood", "equal", "constant"}
    named = (row.step_rule, row.cost, row.profile, row.schedule)
    traits = [one for one in named if one not in plain] + ["weight_decay"] * (row.weight_decay > 0)
    return traits[0] if traits else row.initialization
