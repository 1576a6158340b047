"""Where a data set of one's own may lie: within the data folder, by a plain relative path."""

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator


def _within_the_data_folder(given: str) -> str:
    """Return the path as it is given.

    Raises:
        ValueError: it is empty, leads out of the data folder or is that folder itself, starts
            with `~`, or holds a character that no path may.
    """
    parts = PurePosixPath(given).parts
    if not parts or given.startswith(("/", "~")) or ".." in parts or not given.isprintable():
        raise ValueError(
            "must be the path of a folder or a tar below the data folder, as in `pets` or "
            f"`pets/small.tar`: relative, without `..`, `~` or control characters, got {given!r}; "
            "name another data folder with --data-folder or GLOROT_SWEEP_DATA"
        )
    return given


ImageFolder = Annotated[str, AfterValidator(_within_the_data_folder)]
