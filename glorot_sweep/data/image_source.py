"""Encoded images of one's own, from a folder or from a tar of it; nothing is unpacked on disk."""

import hashlib
import io
import lzma
import os
import tarfile
import zlib
from functools import partial
from pathlib import Path, PurePosixPath

from glorot_sweep.data.image_tree import ImageTree, is_hidden
from glorot_sweep.errors import UserError

_BLOCK = 512  # bytes; a tar is made of blocks and closed by empty ones
_READ = 1 << 20


def read_folder(path: Path) -> ImageTree:
    """Read every image of a folder; links are followed.

    Raises:
        UserError: a file is misplaced (see `ImageTree`) or unreadable.
    """
    tree = ImageTree(path)
    try:
        for folder, folders, files in os.walk(path, onerror=_raise, followlinks=True):
            place = Path(folder).relative_to(path).parts
            folders[:] = sorted(name for name in folders if not is_hidden([name]))
            for name in folders:
                tree.add_folder((*place, name))
            for name in sorted(files):
                tree.add_file((*place, name), partial(_content, os.path.join(folder, name)))
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
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                _add_member(tree, archive, member)
            _check_end(archive)
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise UserError(
            f"{path}: must be a folder of images or a tar of one, and cannot be read as a tar: "
            f"{error}. Get or make it again."
        ) from None
    return tree


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


def _add_member(tree: ImageTree, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise UserError(
            f"{tree.path}: the member {member.name} leads out of the archive; names must be "
            "relative and without `..`. Make the archive again from the folder."
        )
    stream = archive.extractfile(member) if member.isfile() else None
    if stream is not None:
        tree.add_file(name.parts, stream.read)
    elif member.isdir():
        tree.add_folder(name.parts)
    else:
        raise UserError(
            f"{tree.path}: the member {member.name} is a link or a device; members must be files "
            "and folders. Make the archive again with `tar --dereference`."
        )


def _check_end(archive: tarfile.TarFile) -> None:
    """Refuse a tar that does not end: tarfile takes a cut or a damaged header for the end."""
    assert archive.fileobj is not None
    archive.fileobj.seek(archive.offset)
    if archive.fileobj.read(_BLOCK) != bytes(_BLOCK):
        raise tarfile.ReadError(f"no end of the archive at byte {archive.offset}")
    while archive.fileobj.read(_READ):  # a compressed stream has its checksum at its very end
        pass


def _content(path: str) -> bytes:
    with open(path, "rb") as stream:  # a Path for each of many files takes longer than to read it
        return stream.read()


def _raise(error: OSError) -> None:
    raise error
