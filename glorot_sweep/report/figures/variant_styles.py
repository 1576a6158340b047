"""How every figure draws a variant: one colour, one kind of line and one marker each."""

from collections.abc import Iterable
from itertools import count
from typing import Any, Final

from glorot_sweep.report.figures.style import MARKERS, Style

COLOURS: Final = ("#0072B2", "#C75000", "#00805F", "#966800", "#A8488C", "#6E56CF", "#000000")
"""Okabe and Ito's hues, which colour-blind readers can tell apart, dark enough for thin lines."""

DASHES: Final[tuple[Any, ...]] = ("-", (0, (4, 1.6)), (0, (1, 1.4)), (0, (7, 1.4, 1.4, 1.4)))

_OWN: Final[dict[str, Style]] = {
    "tanh_n": {"color": COLOURS[0], "linestyle": "-", "marker": "o"},
    "tanh": {"color": COLOURS[1], "linestyle": DASHES[1], "marker": "o"},
    "softsign": {"color": COLOURS[2], "linestyle": DASHES[1], "marker": "s"},
    "softsign_n": {"color": COLOURS[3], "linestyle": "-", "marker": "s"},
    "sigmoid": {"color": COLOURS[6], "linestyle": DASHES[1], "marker": "^"},
}
"""Of the package's first variants: the marker tells the activation, solid lines the normalized one.

Standard initialization has dashes and hollow markers.
"""


def variant_styles(names: Iterable[str]) -> dict[str, Style]:
    """Return the style of each of a sweep's variants, in the order of its file.

    The package's first five have theirs in every sweep; others take the first that are free. Up to
    20 of one sweep no two are alike in colour and line, nor, without colours, in line and marker.

    Example:
        >>> styles = variant_styles(["relu", "tanh_n"])
        >>> styles["tanh_n"]["marker"], styles["relu"]["color"]
        ('o', '#C75000')
    """
    names = list(names)
    found = {name: _OWN[name] for name in names if name in _OWN}
    taken = {look for style in found.values() for look in _looks(style)}
    free = (style for style in map(_numbered, count()) if taken.isdisjoint(_looks(style)))
    found |= {name: next(free) for name in names if name not in found}
    return {name: _with_face(found[name]) for name in names}


def _numbered(number: int) -> Style:
    """Return the style of this number; those of neighbours differ in colour and in marker."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": DASHES[number // len(COLOURS) % len(DASHES)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def _looks(style: Style) -> set[tuple[str, str]]:
    """What no other one may have: colour and line, and line and marker."""
    line = str(style["linestyle"])
    return {(line, style["color"]), (line, style["marker"])}


def _with_face(style: Style) -> Style:
    is_solid = style["linestyle"] == "-"
    return {**style, "markerfacecolor": style["color"] if is_solid else "white"}
