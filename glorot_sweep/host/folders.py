"""Whether a folder can be used, found out without making it."""

import os
from pathlib import Path

from glorot_sweep.errors import UserError


def at_home(path: Path) -> Path:
    """Return a path with a leading `~` or `~name` written out, as a shell does where it sees it.

    Raises:
        UserError: there is no such user, or no home.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        raise UserError(
            f"the path {path} starts with ~, and whose home that is cannot be found. Write it out."
        ) from None


def lasting(path: Path) -> Path:
    """Return a path as it may be remembered: absolute, and not by way of a folder that it leaves.

    `b/../x` means nothing any more once `b` is gone. Links stay as they are: other machines may
    have what they lead to elsewhere.

    Example:
        >>> lasting(Path("/usr/lib/../bin/x"))
        PosixPath('/usr/bin/x')
    """
    path = path.absolute()
    if ".." not in path.parts:
        return path
    return path.resolve() if path.name == ".." else path.parent.resolve() / path.name


def why_unread(error: OSError) -> str:
    """Return why what is at a path could not be read, without the error's number and path.

    Example:
        >>> why_unread(FileNotFoundError(2, "No such file or directory", "/a")), why_unread(
        ...     PermissionError(13, "Permission denied", "/a"))
        ('there is nothing', 'Permission denied')
    """
    if isinstance(error, FileNotFoundError):
        return "there is nothing"
    return error.strerror or str(error)


def may_be_there(path: Path) -> bool:
    """Return whether something is at a path, or may be: what cannot be looked at.

    Whoever opens it then says why it cannot be.

    Example:
        >>> may_be_there(Path("/no/such/file")), may_be_there(Path("long" * 100))
        (False, True)
    """
    try:
        return path.exists()
    except OSError:
        return True


def refuse_as_folder(folder: Path, what: str) -> None:
    """Refuse a folder in which nothing can be made, before the work that is to fill it.

    Args:
        folder: it need not exist.
        what: it is, for the message.

    Raises:
        UserError: names what is in the way.
    """
    if (blocked := obstacle(folder)) is not None:
        raise UserError(
            f"{what} {folder} cannot be written: {blocked} is no folder in which this user may "
            "create files. Name another, or move what is in the way."
        )


def refuse_as_file(file: Path, what: str) -> None:
    """Refuse a file that cannot be written, before the work whose result it is to hold.

    Args:
        file: it need not exist.
        what: it is, for the message.

    Raises:
        UserError: names what is in the way.
    """
    try:
        is_folder, is_there = file.is_dir(), file.exists()
    except OSError as error:
        reason = why_unread(error)
        raise UserError(f"{what} {file} cannot be written: {reason}. Name another.") from None
    if is_folder:
        raise UserError(f"{what} {file} is a folder. Name a file in it, or another one.")
    if is_there:
        if not os.access(file, os.W_OK):
            raise UserError(f"{what} {file} cannot be written. Change its rights, or name another.")
    elif not file.parent.is_dir():
        raise UserError(f"{what} {file} lies in no folder: {file.parent} is to be made first.")
    else:
        refuse_as_folder(file.parent, "the folder of " + what)


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
