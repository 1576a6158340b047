"""Files that are there whole or not at all, also after a kill or on a full disk."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from glorot_sweep.errors import UserError
from glorot_sweep.host.full_disk import tell_full_disk

DIGEST_BYTES = hashlib.sha256().digest_size
LOCK = "lock"


def store(path: Path, content: bytes) -> None:
    """Write a work file, led by its checksum.

    Raises:
        UserError: it cannot be written.
    """
    with _reported(path), _temporary(path.parent / f"{path.name}.{os.getpid()}.part") as temporary:
        temporary.write_bytes(hashlib.sha256(content).digest() + content)
        temporary.replace(path)


def stored(path: Path) -> bytes | None:
    """Return what was stored; None if there is nothing or it has changed since."""
    try:
        whole = path.read_bytes()
    except FileNotFoundError:
        return None
    digest, content = whole[:DIGEST_BYTES], whole[DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def write_whole(path: Path, work: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a result in the work folder, make sure that it is on the disk, move it to its place.

    Raises:
        UserError: it cannot be written; what was at `path` before is still there.
    """
    with _reported(path), _temporary(work / f"{path.name}.part") as temporary:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


WANTED = ".wanted"  # ending of the file by which a work folder names a set that is not finished


@contextmanager
def work_folder(path: Path, name: str, needed: int) -> Iterator[None]:
    """Hold a folder for what is not finished; remove it once all is done, keep it otherwise.

    Args:
        path: the folder; what an earlier run has left in it is kept.
        name: of the set that is built; as long as another one is wanted, the folder stays.
        needed: bytes that the whole takes in it and beside it; what is there already counts.

    Raises:
        UserError: it cannot be made, the disk is too full, or another process works in it.
    """
    with _reported(path):
        path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    wanted = path / f"{name}{WANTED}"
    try:
        _lock(descriptor, path)
        with _reported(path):
            _refuse_too_full(path, needed)
            wanted.touch()
        yield
        with _reported(path):
            if is_of_others(path, name):
                wanted.unlink()
            else:
                shutil.rmtree(path)
    finally:
        os.close(descriptor)


def is_of_others(path: Path, name: str) -> bool:
    """Return whether a work folder holds what is done of another set, which is not finished."""
    return any(file.name != f"{name}{WANTED}" for file in path.glob(f"*{WANTED}"))


def _refuse_too_full(path: Path, needed: int) -> None:
    lacking = needed - sum(file.stat().st_size for file in path.iterdir())
    free = shutil.disk_usage(path).free
    if free < lacking:
        raise UserError(
            f"{path}: {lacking / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free. "
            "Free some space, or name another folder with --data-folder."
        )


def _lock(descriptor: int, path: Path) -> None:
    """Take the lock; the kernel gives it back when the process ends, however it ends."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(
            f"another process builds a set in the same folder: it holds {path / LOCK}. "
            "Wait for it or stop it."
        ) from None


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Yield the path; leave nothing there, least of all on a full disk."""
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        tell_full_disk(error, str(path))
        raise UserError(
            f"cannot write {path}: {error.strerror}. Nothing unfinished will be used. Change its "
            "rights or name another folder with --data-folder; the same command continues."
        ) from None
