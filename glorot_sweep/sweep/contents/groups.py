"""Groups: disjoint parts of a search, each of which depends on its own number alone.

A search of the old way is none: its words are those that it had before there were groups.
"""

Group = int | None
"""Number of a group; None of a search that has none."""


def group_words(group: Group) -> tuple[str | int, ...]:
    """Return what a seed of a group is derived from, beside what it is for."""
    return () if group is None else ("group", group)


def group_mark(group: Group) -> str:
    """Return what keys of a group's runs have behind their study's.

    Example:
        >>> group_mark(2), group_mark(None)
        ('-g2', '')
    """
    return "" if group is None else f"-g{group}"
