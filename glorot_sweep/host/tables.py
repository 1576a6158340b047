"""Tables that fit into a terminal: words are folded, numbers are not."""

from collections.abc import Iterable

from rich import box
from rich.table import Table


def narrow_table(words: Iterable[str], numbers: Iterable[str] = (), title: str = "") -> Table:
    """Return a table without rows, of as little beside its cells as can be.

    Args:
        words: headings of its first columns, whose cells are folded where they must be.
        numbers: headings of the others, whose cells stay whole, at the right.
        title: above it.
    """
    table = Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0),
        pad_edge=False, show_edge=False,
    )  # fmt: skip
    for heading in words:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
