"""A prepared data set as one file: written at once, refused if anything in it has changed.

An uncompressed `.npz` without pickled objects, of the arrays of `preparation.prepared` and the
SHA-256 of them all. The same images and rules give the same bytes.
"""

import json
import os
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from glorot_sweep.data.array_cache import NPZ_DAMAGE, arrays_digest
from glorot_sweep.data.image_bounds import room
from glorot_sweep.data.own_images.preparation import Arrays
from glorot_sweep.errors import UserError
from glorot_sweep.host.full_disk import tell_full_disk

MAGIC = b"PK\x03\x04"
CHECKSUM = "sha256"
KINDS = {
    "images": "uint8", "labels": "int64", "class_names": "str", "split_sizes": "int64",
    "image_shape": "int64", "manifest": "uint8",
}  # fmt: skip


def is_zip(path: Path) -> bool:
    """Return whether a file is an archive of the kind that a prepared file is, as far as is seen.

    Why it cannot be read is told by whoever then takes it for a folder or a tar.
    """
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def write_prepared(path: Path, arrays: Arrays) -> None:
    """Write a data set.

    Raises:
        UserError: it cannot be written; what was at `path` before is still there.
        ServiceLostError: the disk is full; likewise.
    """
    unfinished = path.with_name(f".{uuid4().hex}")  # no longer than a name may be
    try:
        with unfinished.open("xb") as stream:  # with the umask's mode: others may read it
            checksum = {CHECKSUM: np.array(arrays_digest(arrays))}
            np.savez(stream, allow_pickle=False, **arrays, **checksum)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except OSError as error:
        tell_full_disk(error, str(path))
        raise UserError(
            f"cannot write {path}: {error.strerror}. Change its rights, or name another file with "
            "--output."
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


def read_prepared(path: Path) -> Arrays:
    """Return the arrays of a prepared file.

    Raises:
        UserError: it is truncated, altered, too large for memory, or something else.
    """
    try:
        _refuse_too_large(path)
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays: Arrays = {key: stored[key] for key in KINDS}
            expected = str(stored[CHECKSUM])
    except NPZ_DAMAGE as error:
        raise _refused(path, f"it cannot be read ({type(error).__name__}: {error})") from None
    if (found := arrays_digest(arrays)) != expected:
        raise _refused(path, f"the SHA-256 of its contents is {found}, noted is {expected[:64]!r}")
    if (reason := misshapen(arrays)) is not None:
        raise _refused(path, reason)
    return arrays


def manifest_in(arrays: Arrays) -> dict[str, Any]:
    """Return what was noted about a prepared data set."""
    manifest: dict[str, Any] = json.loads(arrays["manifest"].tobytes())
    return manifest


def misshapen(arrays: Arrays) -> str | None:
    """Return what cannot be in a prepared data set; None: nothing."""
    images, labels, names = arrays["images"], arrays["labels"], arrays["class_names"]
    sizes, shape = arrays["split_sizes"], arrays["image_shape"]
    kinds = {key: "str" if array.dtype.kind == "U" else str(array.dtype)
             for key, array in arrays.items()}  # fmt: skip
    if kinds != KINDS:
        return f"its arrays are {kinds}"
    if labels.ndim != 1 or names.ndim != 1 or len(names) < 2:
        return "labels and class names are no lists, or there is one class"
    if shape.shape != (3,) or shape.min() < 1 or images.shape != (len(labels), shape.prod()):
        return f"{len(labels)} images of the shape {shape.tolist()} are stored as {images.shape}"
    if sizes.shape != (3,) or sizes.min() < 1 or sizes.sum() != len(labels):
        return f"the sizes of the three splits must add up to {len(labels)}, got {sizes.tolist()}"
    if labels.min() < 0 or labels.max() >= len(names):
        return f"labels must lie in 0..{len(names) - 1}"
    return None


def _refuse_too_large(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        total = sum(member.file_size for member in archive.infolist())
    if total > room():
        raise _refused(path, f"it unpacks to {total:,} bytes, more than half of the memory")


def _refused(path: Path, reason: str) -> UserError:
    return UserError(
        f"{path} is no data set as `glorot-sweep prepare` writes it: {reason}. Prepare its images "
        "again, into another file; a zip of images is to be unpacked first."
    )
