"""The folder of compiled cores: which files in it are loaded, and how one gets there.

What is loaded from here runs as this user. So the folder must belong to them or to root, nobody
else may write to it, and a file's own name holds the hash of its content.
"""

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path

from glorot_sweep.engine.native import NativeUnavailable

VARIABLE = "GLOROT_SWEEP_NATIVE_CACHE"
PRIVATE = 0o700
READABLE = 0o444
SUFFIX = ".so"
SCRATCH = "compiling-"
LOCK = ".lock"


def cache_folder() -> Path:
    """Return the folder that the variable names, else the one in the user's cache.

    Raises:
        NativeUnavailable: the variable is not set, and the user has no home.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named).absolute()
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        parent = base if base.is_absolute() else Path.home() / ".cache"
    except RuntimeError as error:
        raise NativeUnavailable(
            f"no folder for compiled code: this user has no home; set {VARIABLE} to one"
        ) from error
    return parent / "glorot_sweep" / "native"


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, for this user alone."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=PRIVATE, exist_ok=True)


def refuse_strangers(folder: Path) -> None:
    """Do nothing if what lies in a folder may be loaded, or if there is no such folder.

    Raises:
        NativeUnavailable: it belongs to another user, or others may write to it.
    """
    try:
        status = folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise NativeUnavailable(f"compiled code in {folder}: {error.strerror}") from error
    if obstacle := _stranger(status):
        raise NativeUnavailable(
            f"compiled code in {folder} is not loaded: the folder {obstacle}; "
            f"remove it, or set {VARIABLE} to a folder of your own"
        )


def intact(folder: Path, stem: str, unusable: Path | None = None) -> Path | None:
    """Return a file of a folder whose content is what its name says, None if there is none.

    Args:
        folder: has been checked by `refuse_strangers`.
        stem: how the file's name begins.
        unusable: a file that is intact and yet is not wanted.
    """
    found = (path for path in sorted(folder.glob(f"{stem}-*{SUFFIX}")) if path != unusable)
    return next((path for path in found if _is_intact(path)), None)


def keep(compiled: Path, folder: Path, stem: str) -> Path:
    """Move a compiled file into a folder, at once and whole, under a name that holds its hash."""
    compiled.chmod(READABLE)
    kept = folder / f"{stem}-{_hash(compiled.read_bytes())}{SUFFIX}"
    compiled.replace(kept)
    return kept


def sweep_out(folder: Path, stem: str) -> None:
    """Remove what failed attempts have left: damaged files, output, scratch of killed processes.

    Only who holds the folder's lock may do so.
    """
    for path in folder.glob(f"{stem}*"):
        path.unlink()
    for path in folder.glob(f"{SCRATCH}*"):
        shutil.rmtree(path)


def _is_intact(path: Path) -> bool:
    try:
        status = path.lstat()
        trusted = stat.S_ISREG(status.st_mode) and not _stranger(status)
        return trusted and path.stem.endswith(f"-{_hash(path.read_bytes())}")
    except OSError:
        return False


def _stranger(status: os.stat_result) -> str | None:
    """Return why a file or folder may hold what somebody else wrote, None if it cannot."""
    if status.st_uid not in {os.geteuid(), 0}:
        return f"belongs to the user {_user(status.st_uid)}"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"can be written by others (mode {stat.S_IMODE(status.st_mode):03o})"
    return None


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
