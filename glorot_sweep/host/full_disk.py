"""A disk without room, told from other failures to write: no mistake in what was asked."""

import errno
import os
import re
from pathlib import Path

from glorot_sweep.errors import ServiceLostError

NUMBERS = {errno.ENOSPC, errno.EDQUOT}
# Libraries and servers hand on a text, each in an error of its own.
SAID = re.compile(r"(?i)no space left on device|disk quota exceeded|database or disk is full")


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error, or one that it came from, is that of a disk without room.

    Example:
        >>> is_disk_full(OSError(errno.ENOSPC, "in whatever language"))
        True
        >>> is_disk_full(RuntimeError("(sqlite3.OperationalError) database or disk is full"))
        True
        >>> is_disk_full(PermissionError(errno.EACCES, "Permission denied"))
        False
    """
    number = error.errno if isinstance(error, OSError) else None
    if number in NUMBERS or SAID.search(str(error)):
        return True
    cause = error.__cause__ or error.__context__
    return cause is not None and is_disk_full(cause)


def has_no_room(folder: Path) -> bool:
    """Return whether this user can put no byte more, or no file more, on the disk of a folder.

    Some file systems do not count files, and then say that there are 0 in all.
    """
    disk = os.statvfs(folder)
    return not disk.f_bavail or (disk.f_files > 0 and not disk.f_favail)


def tell_full_disk(error: BaseException, what: str, folder: Path | None = None) -> None:
    """Do nothing, unless an error is that of a disk without room.

    Args:
        error: as it was caught.
        what: could not be written.
        folder: where that is, if here. SQLite says that it cannot open a database where it is the
            number of files that is used up.

    Raises:
        ServiceLostError: the disk is full.
    """
    if is_disk_full(error) or (folder is not None and has_no_room(folder)):
        raise disk_full(what) from None


def disk_full(what: str) -> ServiceLostError:
    """Return what is told of something that could not be written for want of room."""
    return ServiceLostError(
        f"the disk of {what} is full. Free some space; the same command continues."
    )
