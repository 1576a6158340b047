"""Names that people chose, in text that a browser, LaTeX or a spreadsheet interprets.

Sentences have labels of variants in them. A label may hold any printable character: each form
shows it as it is.
"""

import unicodedata
from typing import Final

import pandas as pd
from markupsafe import Markup, escape
from pandas.api.types import is_object_dtype, is_string_dtype

RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
LATEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}",
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
    plain = frame.copy()
    for place, kind in enumerate(frame.dtypes):  # a sweep's name may be any head, or one again
        if is_object_dtype(kind) or is_string_dtype(kind):
            plain.isetitem(place, frame.iloc[:, place].map(_no_formula).to_numpy())
    return plain.to_csv(index=False)


def _no_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
