"""A lock between processes on one machine."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_WRITING = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other process is within, under this file; the kernel frees a dead one's lock.

    The file is made if it is missing, and stays. That of another user need only be readable. In a
    folder that cannot be written, and where nobody has made it, there is nothing to wait for:
    whoever is within can only look.
    """
    descriptor = _opened(path)
    if descriptor is None:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        if error.errno not in NO_WRITING:
            raise
        return os.open(path, os.O_RDONLY) if path.exists() else None
