"""Whether a folder can be used, found out without making it."""

import os
from pathlib import Path


def obstacle(folder: Path) -> Path | None:
    """Return what keeps this user from making files in a folder; None if nothing does.

    The folder need not exist. What counts is then the nearest of its parents that does: it must be
    a folder too, and let itself be written.

    Example:
        >>> obstacle(Path("/dev/null/deep/er"))
        PosixPath('/dev/null')
    """
    candidates = [folder.absolute(), *folder.absolute().parents]
    existing = next(path for path in candidates if os.path.lexists(path))
    writable = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    return existing if not writable or _is_read_only(existing) else None


def _is_read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
