"""A comparison as files: the page, a summary in Markdown, and its numbers as CSV."""

from typing import Any, Final

import pandas as pd

from glorot_sweep.compare.answer import answers
from glorot_sweep.compare.cells import ComparedCells
from glorot_sweep.compare.compared import Compared
from glorot_sweep.compare.page import render_page
from glorot_sweep.compare.render import (
    BITS_HEAD,
    DIFFERENCES_HEAD,
    OTHER_BITS_HEAD,
    ROLE_TITLES,
    SWEEPS_HEAD,
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
)
from glorot_sweep.markdown import as_text, in_a_cell
from glorot_sweep.report.agreement import HEADING
from glorot_sweep.report.belief import HEADING as DOUBTS
from glorot_sweep.report.belief import LEAD
from glorot_sweep.report.names import as_csv
from glorot_sweep.report.render import markdown_table

PAGE: Final = "comparison.html"
SUMMARY: Final = "comparison.md"
DIFFERENT: Final = "What differs"


def compared_files(compared: Compared) -> dict[str, bytes]:
    """Return every file of a comparison by its name."""
    texts = {
        PAGE: render_page(compared),
        SUMMARY: _summary(compared),
        "cells.csv": as_csv(cells_frame(compared)),
        "differences.csv": as_csv(differences_frame(compared)),
        "settings.csv": as_csv(settings_frame(compared)),
        "shared.csv": as_csv(shared_frame(compared)),
    }
    return {name: text.encode() for name, text in texts.items()}


def note_of(summary: str) -> str:
    """Return what a summary begins with: the sweeps, their cells, and the differences."""
    return summary.partition(f"## {DIFFERENT}")[0]


def _summary(compared: Compared) -> str:
    parts = [
        f"# {as_text(title(compared))}\n",
        *(f"{as_text(sentence)}\n" for sentence in answers(compared)),
        _table(SWEEPS_HEAD, sweep_rows(compared)),
        f"{as_text(bits_sentence(compared))}\n",
    ]
    for table in compared.tables:
        parts += [f"## {ROLE_TITLES[table.role]}\n", _cells(compared, table)]
    parts += [_listed("Before a difference is believed", compared.cautions)]
    parts += [_listed(DOUBTS, compared.doubts, LEAD), _listed(HEADING, compared.disagreements)]
    differing = settings_rows(compared.settings, differing=True)
    parts += [f"## {DIFFERENT}\n", _table(settings_head(compared), differing) if differing
              else "Nothing that was recorded.\n"]  # fmt: skip
    parts += ["## The same bits\n", f"{as_text(bits_sentence(compared))}\n"]
    if compared.shared:
        parts.append(_table(BITS_HEAD, bits_rows(compared.shared)))
    if other := other_bits_rows(compared.shared):
        parts.append(_table(OTHER_BITS_HEAD, other))
    return "\n".join(part for part in parts if part)


def _cells(compared: Compared, table: ComparedCells) -> str:
    marked = [
        [f"**{text}**" if text and is_marked(one, compared.level) else text for text in cells]
        for one, cells in zip(
            table.differences, _escaped(difference_rows(compared, table)), strict=True
        )
    ]
    return "\n".join(
        [
            _table(cells_head(compared), cell_rows(compared, table)),
            markdown_table(list(DIFFERENCES_HEAD), marked),
            f"{caption(compared, table)}\n",
        ]
    )


def _table(head: tuple[str, ...], rows: Any) -> str:
    return markdown_table(list(map(in_a_cell, head)), _escaped(rows))


def _escaped(rows: Any) -> list[list[str]]:
    return [list(map(in_a_cell, row)) for row in rows]


def _listed(heading: str, sentences: tuple[str, ...], lead: str = "") -> str:
    if not sentences:
        return ""
    lines = "".join(f"- {as_text(sentence)}\n" for sentence in sentences)
    return "\n".join([f"## {heading}\n", *([f"{lead}\n"] if lead else []), lines])


def cells_frame(compared: Compared) -> pd.DataFrame:
    """Return every cell of every sweep, one row each; what a cell does not have is empty."""
    columns = ["role", "dataset", "variant", "sweep", "test_error_percent", "interval_low",
               "interval_high", "seeds", "observations", "groups", "depth", "learning_rate",
               "diverged", "failed", "instead"]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for table in compared.tables:
        for (dataset, variant), cells in table.rows.items():
            for side, shown in zip(compared.sides, cells, strict=True):
                if shown is None:
                    continue
                cell, interval = shown.cell, shown.interval
                ends = (interval.low, interval.high) if interval else (None, None)
                rows.append((
                    table.role.value, dataset, variant, side.label, shown.mean, *ends,
                    len(cell.errors), len(shown.observations), cell.groups, cell.depth,
                    cell.learning_rate, cell.diverged, cell.failed,
                    "" if cell.has_mean else cell.instead,
                ))  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def differences_frame(compared: Compared) -> pd.DataFrame:
    """Return every difference with its test; what was not tested has empty columns."""
    columns = ["role", "dataset", "variant", "first", "second", "difference_points",
               "interval_low", "interval_high", "statistic", "degrees_of_freedom", "p",
               "adjusted_p", "effect_size", "remark"]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for table in compared.tables:
        for one in table.differences:
            test = one.test
            ends = test.shown_interval if test else (None, None)
            found = (test.statistic, test.degrees_of_freedom, test.p_value) if test else (None,) * 3
            rows.append((
                table.role.value, one.dataset, one.variant, one.first, one.second, one.points,
                *ends, *found, one.adjusted_p_value, test and test.effect_size, one.remark,
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def settings_frame(compared: Compared) -> pd.DataFrame:
    """Return every key that a sweep was asked for or made with, and whether it differs."""
    rows = [(one.part, one.key, one.differs, *one.values) for one in compared.settings]
    return pd.DataFrame(rows, columns=["part", "key", "differs", *compared.labels])


def shared_frame(compared: Compared) -> pd.DataFrame:
    """Return every network that two sweeps have trained, with the verdict on its bits."""
    columns = ["name", "kind", "dataset", "variant", "first", "first_run", "second", "second_run",
               "verdict", "compared", "differing"]  # fmt: skip
    rows = [
        (run.name, run.kind, run.dataset, run.variant, run.first, run.first_run, run.second,
         run.second_run, run.verdict, "; ".join(run.compared), "; ".join(run.differing))
        for run in compared.shared
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
