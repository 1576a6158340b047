"""Tables that fit into a terminal of 80 columns, with nothing left out of them."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table


def narrow_table(
    words: Sequence[str],
    numbers: Sequence[str],
    rows: Iterable[Sequence[str]],
    title: str | None = None,
) -> Table:
    """Return a table of which names and headings are broken where they must be, numbers never.

    Args:
        words: headings of the first columns, which hold names and words.
        numbers: headings of the others, whose cells stay whole, at the right.
        rows: a text for each column.
        title: above it, after an empty line.
    """
    cells = [tuple(row) for row in rows]
    table = Table(
        title=title and f"\n{title}", title_justify="left", box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0), pad_edge=False, show_edge=False,
    )  # fmt: skip
    for heading in words:
        table.add_column(heading, overflow="fold")
    for number, heading in enumerate(numbers, len(words)):
        widest = max((len(row[number]) for row in cells), default=0)
        table.add_column(heading, justify="right", overflow="fold", min_width=widest)
    for row in cells:
        table.add_row(*row)
    return table
