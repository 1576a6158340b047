"""Arrays that are costly to make, kept in one file until what they are made from changes.

The file is an uncompressed `.npz` without pickled objects. It holds the key under which it was
kept and the SHA-256 of all arrays, which reading checks.
"""

import hashlib
import logging
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

logger = logging.getLogger(__name__)

_KEY, _DIGEST = "key", "sha256"
# What zipfile and numpy raise for `.npz` files that were cut or altered: an array's header is
# Python source, and it is parsed before its checksum is known.
NPZ_DAMAGE = (
    OSError, EOFError, KeyError, TypeError, ValueError, MemoryError, RuntimeError, SyntaxError,
    tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Unkept:
    """Arrays that were made and are not yet kept.

    Attributes:
        path: of the file that is to keep them.
        key: see `kept_or_made`.
        arrays: by name.
    """

    path: Path
    key: str
    arrays: Arrays

    def keep(self) -> None:
        """Write the file; where that cannot be, say so in the log: they will be made again."""
        marks = {_KEY: np.array(self.key), _DIGEST: np.array(arrays_digest(self.arrays))}
        try:
            _write(self.path, {**self.arrays, **marks})
        except OSError as error:
            words = "%s cannot be written (%s): it will be made again"
            logger.warning(words, self.path, error)


def kept_or_made(path: Path, key: str, build: Callable[[], Arrays]) -> tuple[Arrays, Unkept | None]:
    """Return what `build` returns, from the file if it was kept there under the same key.

    A file that has another key or is damaged counts as none.

    Args:
        path: of the file, `.npz`; its folder must exist.
        key: changes whenever what the arrays are made from changes.
        build: makes the arrays, none of them named `key` or `sha256`.

    Returns:
        The arrays, and what keeps them if they had to be made.
    """
    kept = _read(path, key) if path.exists() else None
    if kept is not None:
        return kept, None
    arrays = build()
    return arrays, Unkept(path, key, arrays)


def cached_arrays(path: Path, key: str, build: Callable[[], Arrays]) -> Arrays:
    """Return what `build` returns, and keep it at once; see `kept_or_made`."""
    arrays, unkept = kept_or_made(path, key, build)
    if unkept is not None:
        unkept.keep()
    return arrays


def _read(path: Path, key: str) -> Arrays | None:
    try:
        # np.load would leave a file open that turns out to be damaged
        with path.open("rb") as stream, NpzFile(stream, allow_pickle=False) as archive:
            if str(archive[_KEY]) != key or _DIGEST not in archive.files:
                return None
            arrays = {name: archive[name] for name in archive.files if name not in {_KEY, _DIGEST}}
            if str(archive[_DIGEST]) != arrays_digest(arrays):
                raise ValueError("the checksum of its arrays is another one")
            return arrays
    except NPZ_DAMAGE as error:
        logger.warning("%s is damaged or closed to us (%s): it is made again", path, error)
        return None


def arrays_digest(arrays: Arrays) -> str:
    """Return the SHA-256 over names, types, shapes and values, hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _write(path: Path, arrays: Arrays) -> None:
    """Write under another name first, so that no reader ever sees half a file."""
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with unfinished.open("xb") as stream:  # with the umask's mode: others may read it
            np.savez(stream, allow_pickle=False, **arrays)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
