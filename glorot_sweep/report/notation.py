"""Symbols of claims and captions in the paper's notation, as HTML.

Claims are written in one line of plain text, which files, terminals and tests read. A page sets
them: `std(dCost/dW^4)` becomes σ(∂Cost/∂W⁴) with a superscript, `delta^i` what it stands for.
"""

import re
from typing import Final

from markupsafe import Markup, escape

COST: Final = "\N{PARTIAL DIFFERENTIAL}<i>Cost</i>/\N{PARTIAL DIFFERENTIAL}"
_RULES: Final = (
    (re.compile(r"`([^`]*)`"), r"<code>\1</code>"),
    (re.compile(r"dCost/d(W|s)\b"), rf"{COST}<i>\1</i>"),
    (re.compile(r"\bdelta\b"), rf"{COST}<i>s</i>"),
    (re.compile(r"\bdz(?=\^)"), "\N{PARTIAL DIFFERENTIAL}<i>z</i>"),
    (re.compile(r"\bz(?=\^|\|)"), "<i>z</i>"),
    (re.compile(r"\bstd(?=\(| of )"), "\N{GREEK SMALL LETTER SIGMA}"),
    (re.compile(r"\bp98\("), "<i>p</i><sub>98</sub>("),
    (re.compile(r"\bsqrt\("), "\N{SQUARE ROOT}("),
    (re.compile(r"\^\(([^()]*)\)"), r"<sup>\1</sup>"),
    (re.compile(r"\^(\w+)"), r"<sup>\1</sup>"),
    (re.compile(r"\+-(?=\d)"), "±"),
)
NOTE: Final = (
    "σ is the standard deviation over units and examples, W and s with a number are the weights "
    "and the inputs of a layer, z its outputs."
)


def in_notation(text: str | Markup) -> Markup:
    """Return text with its symbols set and everything else escaped.

    Example:
        >>> in_notation("std(delta^0) < 1")
        Markup('σ(∂<i>Cost</i>/∂<i>s</i><sup>0</sup>) &lt; 1')
        >>> in_notation("run `report` on std(z^(k+1))")
        Markup('run <code>report</code> on σ(<i>z</i><sup>k+1</sup>)')
    """
    found = str(escape(text))
    for pattern, instead in _RULES:
        found = pattern.sub(instead, found)
    return Markup(found)
