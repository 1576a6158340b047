"""Published files: found in a folder, or downloaded once from whichever address has them."""

import hashlib
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.errors import UserError
from glorot_sweep.host.full_disk import disk_full, is_disk_full

TIMEOUT = 10  # seconds without a byte before the next address is tried


@dataclass(frozen=True)
class PublishedFile:
    """A file as its authors published it.

    Attributes:
        dataset: whose file it is, for messages.
        name: of the file.
        md5: of the file.
        addresses: where copies of it are; tried in this order.
    """

    dataset: str
    name: str
    md5: str
    addresses: tuple[str, ...]


def fetch(file: PublishedFile, folder: Path, unpacked: str) -> Path:
    """Return the path of a file; one that is not in the folder yet is downloaded into it.

    A download gets its name only when it is whole and its checksum is right.

    Args:
        file: what to look for.
        folder: where to look and where to keep; made if a download needs it.
        unpacked: what the caller has looked for there before, in words.

    Returns:
        The path. What a file that was there already holds is for the caller to check.

    Raises:
        UserError: the file is not there and no address gave it.
        ServiceLostError: the disk is full.
    """
    path, failures, full = folder / file.name, [], False
    if path.is_file():
        return path
    missing_folders = [place for place in (folder, *folder.parents) if not place.exists()]
    for address in file.addresses:
        try:
            _download(address, file, folder)
        except (OSError, ValueError) as error:  # requests' own errors are OSErrors
            failures.append(f"{address} ({_reason(error)})")
            full = full or is_disk_full(error)
        else:
            return path
    for place in missing_folders:
        with suppress(OSError):
            place.rmdir()
    if full:
        raise disk_full(str(folder))
    raise UserError(
        f"{file.dataset}: found neither {file.name} nor {unpacked} in {folder}, and no address "
        f"gave the file: {'; '.join(failures)}. Get {file.name} some other way and put it there, "
        f"or name the folder that holds {folder.name}/ with --data-folder or GLOROT_SWEEP_DATA."
    )


def check_published(content: bytes, md5: str, origin: str, remark: str = "") -> None:
    """Refuse bytes that are not the published ones.

    Args:
        content: what was read.
        md5: what its MD5 must be.
        origin: the data set and the file, for the message.
        remark: what else is known to be wrong if the checksum is.

    Raises:
        UserError: another checksum; the message gives both.

    Example:
        >>> check_published(b"a", "0cc175b9c0f1b6a831c399e269772661", "letters: a.txt")
    """
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise UserError(
            f"{origin} is not the published file: the MD5 of its contents must be {md5}, "
            f"got {found}{remark}. Get the file again."
        )


def _download(address: str, file: PublishedFile, folder: Path) -> None:
    import pooch  # noqa: PLC0415  only a download needs it, and what it imports

    pooch.get_logger().setLevel(logging.WARNING)  # it would name every file it gets
    pooch.retrieve(
        address,
        known_hash=f"md5:{file.md5}",
        fname=file.name,
        path=folder,
        downloader=pooch.HTTPDownloader(timeout=TIMEOUT),
    )


def _reason(error: Exception) -> str:
    """Say why a download failed, without what requests and pooch wrap around it."""
    wrapped = error.args[0] if error.args else None
    return str(getattr(wrapped, "reason", None) or error).partition(". Deleted")[0]
