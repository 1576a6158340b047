"""Encoded images of one's own, from a folder or from a tar of it; nothing is unpacked on disk."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from glorot_sweep.data.image_bounds import (
    LARGEST_FILE,
    BoundedStream,
    Budget,
    room,
    unpacked_budget,
)
from glorot_sweep.data.image_tree import ImageTree, is_hidden
from glorot_sweep.errors import UserError

_BLOCK = 512  # bytes; a tar is made of blocks and closed by empty ones
_READ = 1 << 20
_COMPRESSED: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
# What tarfile and the decompressors raise for what was cut, altered or made up.
_DAMAGE = (
    tarfile.TarError, OSError, EOFError, ValueError, OverflowError, RecursionError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip


def read_folder(path: Path, within: Path | None = None) -> ImageTree:
    """Read every image of a folder; links are followed.

    Args:
        path: of the folder.
        within: a folder out of which no link may lead; None: links may lead anywhere.

    Raises:
        UserError: a file is misplaced (see `ImageTree`), unreadable, too large, or neither a file
            nor a folder, or a link leads out.
    """
    tree, budget = ImageTree(path), Budget(path, room())
    try:
        for folder, folders, files in os.walk(path, onerror=_raise, followlinks=True):
            place = Path(folder).relative_to(path).parts
            folders[:] = sorted(name for name in folders if not is_hidden([name]))
            for name in folders:
                if os.path.islink(entry := os.path.join(folder, name)):
                    refuse_way_out(Path(entry), within)
                tree.add_folder((*place, name))
            for name in sorted(files):
                entry = os.path.join(folder, name)
                tree.add_file((*place, name), partial(_content, entry, within, budget))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error}. Make all of it readable.") from None
    return tree


def read_tar(path: Path, content: bytes) -> ImageTree:
    """Read every image of a tar, compressed or not.

    Args:
        path: of the archive, for messages.
        content: of the archive.

    Raises:
        UserError: it is no tar, is cut or damaged, or a member is misplaced (see `ImageTree`),
            lies outside the archive, or is neither a file nor a folder.
    """
    tree = ImageTree(path)
    for parts, read in packed_members(path, content, LARGEST_FILE):
        if read is None:
            tree.add_folder(parts)
        else:
            tree.add_file(parts, read)
    return tree


def packed_members(
    path: Path, content: bytes, largest: int
) -> Iterator[tuple[tuple[str, ...], Callable[[], bytes] | None]]:
    """Yield the members of a tar, compressed or not: the parts of each name, and what reads it.

    Args:
        path: of the archive, for messages.
        content: of the archive.
        largest: bytes of a member.

    Yields:
        Parts from the top, and a function that is called before the next member, or not at all;
        None in its place for a folder.

    Raises:
        UserError: it is no tar, is cut or damaged, or a member lies outside the archive, or is
            neither a file nor a folder.
    """
    budget = unpacked_budget(path, len(content), largest)
    with _damage_told(path):
        stream: Any = BoundedStream(_unpacked(content), budget)
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]
                _refuse_backwards(archive, member)
                yield _member(path, archive, member, budget)
            _check_end(archive)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise UserError(
            f"{path}: must be a folder of images or a tar of one, and cannot be read as a tar: "
            f"{error}. Get or make it again."
        ) from None


def tree_digest(tree: ImageTree) -> str:
    """Return the SHA-256 of all names and encoded images, hexadecimal, whatever their order."""
    digest = hashlib.sha256()
    for split, classes in sorted(tree.splits.items()):
        for name, files in sorted(classes.items()):
            for file, content in sorted(files.items()):
                entry = f"{split}/{name}/{file}/{len(content)}\n"
                digest.update(entry.encode(errors="surrogateescape"))  # as os.walk decoded it
                digest.update(content)
    return digest.hexdigest()


def refuse_way_out(path: Path, within: Path | None) -> None:
    """Refuse a path whose links lead out of a folder.

    Raises:
        UserError: says where they lead.
    """
    leads_to = os.path.realpath(path)
    if within is not None and not Path(leads_to).is_relative_to(os.path.realpath(within)):
        raise UserError(
            f"{path} leads to {leads_to}, out of the data folder {within}. Put the images below "
            "the data folder, or name one that holds them with --data-folder or GLOROT_SWEEP_DATA."
        )


def _unpacked(content: bytes) -> BinaryIO:
    """Return the bytes of a tar as they are when read, compressed in one of tar's ways or not."""
    stream = io.BytesIO(content)
    for magic, opened in _COMPRESSED.items():
        if content.startswith(magic):
            return cast("BinaryIO", opened(stream))  # seekable as a file is
    return stream


def _refuse_backwards(archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """Refuse a header after which the archive would be read in a circle."""
    if member.size < 0 or archive.offset <= member.offset:
        raise tarfile.ReadError(f"{member.name} has a size of {member.size} bytes")


def _member(
    path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, budget: Budget
) -> tuple[tuple[str, ...], Callable[[], bytes] | None]:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise UserError(
            f"{path}: the member {member.name} leads out of the archive; names must be "
            "relative and without `..`. Make the archive again from the folder."
        )
    stream = archive.extractfile(member) if member.isfile() else None
    if stream is not None:
        budget.take(member.name, member.size)
        return name.parts, partial(_read_member, path, stream)
    if member.isdir():
        return name.parts, None
    raise UserError(
        f"{path}: the member {member.name} is a link or a device; members must be files "
        "and folders. Make the archive again with `tar --dereference`."
    )


def _read_member(path: Path, stream: IO[bytes]) -> bytes:
    with _damage_told(path):  # outside the loop over the members
        return stream.read()


def _check_end(archive: tarfile.TarFile) -> None:
    """Refuse a tar that does not end: tarfile takes a cut or a damaged header for the end."""
    assert archive.fileobj is not None
    archive.fileobj.seek(archive.offset)
    if archive.fileobj.read(_BLOCK) != bytes(_BLOCK):
        raise tarfile.ReadError(f"no end of the archive at byte {archive.offset}")
    while archive.fileobj.read(_READ):  # a compressed stream has its checksum at its very end
        pass


def _content(path: str, within: Path | None, budget: Budget) -> bytes:
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        refuse_way_out(Path(path), within)
        found = os.stat(path)
    if not stat.S_ISREG(found.st_mode):  # a pipe would wait for a writer
        raise UserError(f"{path} is neither a file nor a folder. Take it away.")
    budget.take(path, found.st_size)
    with open(path, "rb") as stream:  # a Path for each of many files takes longer than to read it
        return stream.read()


def _raise(error: OSError) -> None:
    raise error
