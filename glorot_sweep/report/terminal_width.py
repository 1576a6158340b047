"""Tables no wider than the terminal: cells broken where a reader would, not where a line ends.

A table that fits is left as it is. Of a wider one the intervals stand beneath their means, and what
cells say in brackets beneath the table; if that is too wide still, its data sets come one after
another.
"""

import re
from collections.abc import Iterator

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

BOUNDLESS = 10_000  # columns of a terminal that every table fits into
REMARK = re.compile(r" \(([^()]+)\)")
BEFORE_INTERVAL = re.compile(r" (?=\[)")


def within_width(table: Table, console: Console, beside: int = 0) -> list[RenderableType]:
    """Return what shows a table on a console.

    Args:
        table: its first column names the rows; cells are texts.
        console: that it is to fit.
        beside: how many columns after each data set's own belong to it; 0: the table's columns are
            no data sets, and it is never divided.
    """
    if _fits(table, console):
        return [table]
    notes = list(_notes(table))
    whole = _narrow(table, range(1, len(table.columns)), console)
    if _fits(whole, console) or not beside:
        return [whole, *notes]
    starts = range(1, len(table.columns), 1 + beside)  # a data set may be called as a column beside
    parts = [range(start, start + 1 + beside) for start in starts]
    return [*(_narrow(table, part, console) for part in parts), *notes]


def _fits(table: Table, console: Console) -> bool:
    return _measured(table, console).maximum <= console.width


def _measured(table: Table, console: Console) -> Measurement:
    return console.measure(table, options=console.options.update(max_width=BOUNDLESS))


def _narrow(table: Table, numbers: range, console: Console) -> Table:
    """Return some columns of a table after its first one, with intervals beneath means."""
    narrow = Table(
        title=table.title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    names, *others = table.columns[0], *(table.columns[number] for number in numbers)
    columns = [names, *others]
    cells = [[_text(cell) for cell in names.cells]]  # a label may look like a mean's interval
    cells += [[_broken(cell) for cell in column.cells] for column in others]
    for column, texts in zip(columns, cells, strict=True):
        is_broken = any("\n" in text.plain for text in texts)
        narrow.add_column(column.header, justify=column.justify, no_wrap=is_broken)
    for row in zip(*cells, strict=True):
        narrow.add_row(*row)
    if _measured(narrow, console).minimum > console.width:
        for column in narrow.columns:  # rather broken anywhere than cut off
            column.no_wrap, column.overflow = False, "fold"
    return narrow


def _text(cell: RenderableType) -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell))


def _broken(cell: RenderableType) -> Text:
    text = _text(cell)
    return Text(BEFORE_INTERVAL.sub("\n", REMARK.sub("", text.plain)), text.style)


def _notes(table: Table) -> Iterator[Text]:
    """Yield what cells say in brackets, each with the names of its row and column."""
    names = [_text(cell).plain for cell in table.columns[0].cells]
    for column in table.columns[1:]:
        for name, cell in zip(names, column.cells, strict=True):
            if remarks := REMARK.findall(_text(cell).plain):
                yield Text(f"{name}, {column.header}: {', '.join(remarks)}", "dim")
