"""Pieces of every page: its template, with one style for all, and tables as HTML."""

import math
from functools import cache
from numbers import Real
from typing import Any, Final

import pandas as pd
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

HEADS: Final = {"dataset": "data set"}  # a reader's words for the names of columns in files
MISSING: Final = Markup("–")


@cache
def page_template(room: str) -> Template:
    """Return the template `page.html.jinja` of a room, which may include the report's pieces.

    Args:
        room: a package, as `glorot_sweep.report`.
    """
    rooms = dict.fromkeys((room, __package__))
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name, ".") for name in rooms]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("page.html.jinja")


def html_table(frame: pd.DataFrame, caption: str) -> Markup:
    """Return a data frame as an HTML table, its text escaped; its caption is heard, not seen.

    Numbers stand to the right, below each other; what is read stands to the left.
    """
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    kinds = ["" if _is_of_numbers(column) else ' class="text"' for column in columns]
    heads = "".join(
        Markup('<th scope="col"{}>{}</th>').format(Markup(kind), HEADS.get(name, name))
        for kind, name in zip(kinds, map(str, frame.columns), strict=True)
    )
    rows = "".join(
        f"<tr>{''.join(map(_cell, kinds, row))}</tr>\n" for row in zip(*columns, strict=True)
    )
    title = Markup('<caption class="unseen">{}</caption>').format(caption)
    return Markup(
        f"<table>{title}<thead>\n<tr>{heads}</tr>\n</thead><tbody>\n{rows}</tbody></table>"
    )


def _cell(kind: str, value: object) -> str:
    return f"<td{kind}>{_plain(value)}</td>"


def _is_of_numbers(column: "pd.Series[Any]") -> bool:
    return all(isinstance(value, Real) for value in column.dropna())


def _plain(value: object) -> Markup:
    if isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
        if math.isnan(number):
            return MISSING
        return Markup(f"{number:,.0f}" if number.is_integer() else f"{number:.4g}")
    return MISSING if value is None else escape(str(value))
