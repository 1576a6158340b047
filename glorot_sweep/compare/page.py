"""A comparison as one HTML page that needs nothing else: no network, no script, no other file."""

from collections.abc import Sequence
from typing import Any

from glorot_sweep.compare.answer import answers
from glorot_sweep.compare.cells import ComparedCells
from glorot_sweep.compare.compared import Compared
from glorot_sweep.compare.intervals import intervals_svg
from glorot_sweep.compare.render import (
    BITS_HEAD,
    DIFFERENCES_HEAD,
    OTHER_BITS_HEAD,
    ROLE_TITLES,
    SWEEPS_HEAD,
    WINNERS_HEAD,
    bits_rows,
    bits_sentence,
    caption,
    cell_rows,
    cells_head,
    difference_rows,
    is_marked,
    other_bits_rows,
    settings_head,
    settings_rows,
    sweep_rows,
    title,
    winner_rows,
)
from glorot_sweep.report.agreement import HEADING
from glorot_sweep.report.belief import HEADING as DOUBTS
from glorot_sweep.report.belief import LEAD
from glorot_sweep.report.html import page_template

Rows = Sequence[tuple[Sequence[str], bool]]


def render_page(compared: Compared) -> str:
    """Return the page."""
    return page_template("glorot_sweep.compare").render(
        title=title(compared),
        labels=compared.labels,
        answers=answers(compared),
        bits_sentence=bits_sentence(compared),
        sweeps=(SWEEPS_HEAD, _plain(sweep_rows(compared))),
        tables=[_cells(compared, table) for table in compared.tables],
        cautions=compared.cautions,
        doubts=compared.doubts,
        doubt=DOUBTS,
        doubt_lead=LEAD,
        disagreements=compared.disagreements,
        disagreement=HEADING,
        settings_head=settings_head(compared),
        differing=_plain(settings_rows(compared.settings, differing=True)),
        agreeing=_plain(settings_rows(compared.settings, differing=False)),
        bits=(BITS_HEAD, _plain(bits_rows(compared.shared))),
        other_bits=(OTHER_BITS_HEAD, _plain(other_bits_rows(compared.shared))),
    )


def _cells(compared: Compared, table: ComparedCells) -> dict[str, Any]:
    marks = [is_marked(one, compared.level) for one in table.differences]
    return {
        "anchor": table.role.value,
        "title": ROLE_TITLES[table.role],
        "picture": intervals_svg(compared, table),
        "cells": (cells_head(compared), _plain(cell_rows(compared, table))),
        "differences": (
            DIFFERENCES_HEAD, list(zip(difference_rows(compared, table), marks, strict=True)),
        ),
        "caption": caption(compared, table),
        "winners": (WINNERS_HEAD, _plain(winner_rows(compared, table))),
    }  # fmt: skip


def _plain(rows: Sequence[Sequence[str]]) -> Rows:
    """Return rows of which none is marked."""
    return [(row, False) for row in rows]
