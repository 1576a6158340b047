"""Names that people chose, in text that a browser, LaTeX or a spreadsheet interprets.

Sentences have labels of variants in them. A label may hold any printable character: each form
shows it as it is.
"""

import unicodedata
from typing import Final

import pandas as pd
from markupsafe import Markup, escape

RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
LATEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    **{one: rf"\{one}" for one in "#$%&_"},
}  # fmt: skip
FORMULA: Final = ("=", "+", "-", "@")  # how a cell begins that a spreadsheet calculates


def name_in_html(name: str) -> Markup:
    """Return a name as HTML, apart from the direction of the text around it.

    Example:
        >>> name_in_html("Tanh <b>"), name_in_html("שלום")
        (Markup('Tanh &lt;b&gt;'), Markup('<bdi>שלום</bdi>'))
    """
    if any(unicodedata.bidirectional(one) in RIGHT_TO_LEFT for one in name):
        return Markup("<bdi>{}</bdi>").format(name)
    return escape(name)


def in_latex(text: str) -> str:
    r"""Return text as LaTeX sets it.

    Example:
        >>> print(in_latex("50 % of a_b"))
        50 \% of a\_b
    """
    return "".join(LATEX.get(one, one) for one in text)


def as_csv(frame: pd.DataFrame) -> str:
    """Return a data frame as CSV in which no text is a formula to a spreadsheet.

    A text that begins like one has an apostrophe before it, which spreadsheets do not show.
    """
    texts = frame.select_dtypes(include=["object", "string"]).columns
    return frame.assign(**{name: frame[name].map(_no_formula) for name in texts}).to_csv(
        index=False
    )


def _no_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
