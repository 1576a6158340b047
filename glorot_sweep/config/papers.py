"""The papers that a sweep file may name, by the folders of `papers/`: none of them is imported."""

from pathlib import Path
from typing import Final

PAPERS: Final = Path(__file__).parents[1] / "papers"

DEFAULT_PAPER: Final = "glorot2010"
"""What a stored sweep is about that names no paper, since the first ones could not name any; and
what `verify` and `init-study` are about where no sweep says so."""

NO_PAPER: Final = "none"
"""A report without any paper's numbers, claims and figures: what a sweep file gets that names no
paper, unless its sweep has begun with one."""


def paper_names() -> list[str]:
    """Return all names that a sweep file may give as its `paper`.

    Example:
        >>> paper_names()
        ['glorot2010', 'none']
    """
    folders = (entry.parent.name for entry in PAPERS.glob("*/__init__.py"))
    return sorted([*folders, NO_PAPER])
