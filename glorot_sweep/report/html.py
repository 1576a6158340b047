"""Pieces of every page: its template, with one style for all, and tables as HTML."""

from functools import cache

import pandas as pd
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup


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
    """Return a data frame as an HTML table, its text escaped; its caption is heard, not seen."""
    table = frame.to_html(index=False, border=0, escape=True, float_format=_plain, na_rep="–")
    head = Markup('<caption class="unseen">{}</caption><thead>').format(caption)
    return Markup(table.replace("<th>", '<th scope="col">').replace("<thead>", head, 1))


def _plain(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.4g}"
