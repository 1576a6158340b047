"""Groups: disjoint parts of a search, each of which depends on its own number alone.

A search of the old way is none: its words are those that it had before there were groups.
"""

Group = int | None
"""Number of a group; None of a search that has none."""


def group_words(group: Group) -> tuple[str | int, ...]:
    """Return what a seed of a group is derived from, beside what it is for."""
    return () if group is None else ("group", group)


def group_names(group: Group) -> tuple[str, ...]:
    """Return the words that a group adds to keys and names.

    Example:
        >>> group_names(2), group_names(None)
        (('g2',), ())
    """
    return () if group is None else (f"g{group}",)
