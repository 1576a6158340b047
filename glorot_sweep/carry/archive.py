"""The file: a tar archive of regular members, compressed by xz, the manifest first.

The same members give the same bytes: no times, no owners, one order.
"""

import contextlib
import hashlib
import lzma
import os
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from glorot_sweep.carry.manifest import (
    LARGEST_MANIFEST,
    DamagedFileError,
    Manifest,
    Member,
    digest_of,
    read_manifest,
)
from glorot_sweep.carry.names import MANIFEST
from glorot_sweep.carry.stream import PIECE, Stream
from glorot_sweep.errors import UserError
from glorot_sweep.host.full_disk import tell_full_disk

BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)
PRESET = 9 | lzma.PRESET_EXTREME


def members_of(folder: Path) -> dict[str, Member]:
    """Return what a folder holds, in the order of the file: like beside like packs best."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]

    def order(path: Path) -> tuple[bool, str, str]:
        is_artifact = len(path.parts) > 1
        return is_artifact, path.name, path.as_posix()

    members = {}
    for path in sorted(found, key=order):
        content = (folder / path).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        members[path.as_posix()] = Member(bytes=len(content), sha256=sha256)
    return members


def _name(beside: Path, file: Path) -> None:
    """Give a whole file its name, never over one that came meanwhile, as a renaming would."""
    try:
        os.link(beside, file)
    except OSError:  # it is there, or this file system has no hard links
        if file.exists():
            raise UserError(
                f"{file} exists by now, and nothing is written over. Name another file."
            ) from None
        beside.replace(file)


def pack(folder: Path, manifest: Manifest, file: Path) -> str:
    """Write a file of a folder's members, whole or not at all; return its digest.

    Raises:
        UserError: it cannot be written, or a name does not fit into an archive.
        ServiceLostError: the disk is full.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with lzma.open(beside, "wb", check=lzma.CHECK_SHA256, preset=PRESET) as stream:
            for piece in _pieces(folder, manifest):
                stream.write(piece)
        _name(beside, file)
    except OSError as error:
        tell_full_disk(error, f"the file {file}")
        raise UserError(f"cannot write {file}: {error}. Name another file.") from None
    except ValueError as error:
        raise UserError(f"cannot write {file}: a name does not fit into it: {error}.") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return digest_of(manifest.content())


def _pieces(folder: Path, manifest: Manifest) -> Iterator[bytes]:
    content = manifest.content()
    yield _header(MANIFEST, len(content)) + content + _padding(len(content))
    for path, member in manifest.members.items():
        yield _header(path, member.bytes)
        yield (folder / path).read_bytes() + _padding(member.bytes)
    yield END


def _header(path: str, size: int) -> bytes:
    entry = tarfile.TarInfo(path)
    entry.size = size
    return entry.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def unpack(file: Path, folder: Path) -> tuple[Manifest, str]:
    """Put the members of a file into a folder; return its manifest and digest.

    What is there after an error is no more than what the file holds, within the folder.

    Raises:
        DamagedFileError: it is no such file, damaged, or of a newer format.
        UserError: it cannot be read.
        ServiceLostError: the disk is full.
    """
    try:
        with Stream(file) as stream:
            size = _expect(stream, MANIFEST, None)
            if size > LARGEST_MANIFEST:
                raise ValueError(f"{MANIFEST} is larger than {LARGEST_MANIFEST} bytes")
            content = b"".join(_content(stream, size))
            manifest = read_manifest(content)
            for path, member in manifest.members.items():
                _expect(stream, path, member.bytes)
                _store(folder / path, path, member, _content(stream, member.bytes))
            if stream.read(len(END)) != END:
                raise ValueError("it has members that are not in its manifest")
            stream.end()
    except ValueError as error:
        raise DamagedFileError(
            f"{file} cannot be imported: {error}. Nothing was created. Fetch or export it again."
        ) from None
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror or error}.") from None
    return manifest, digest_of(content)


def _expect(stream: Stream, path: str, size: int | None) -> int:
    """Return the size of the member that comes next: exactly the one that is expected."""
    header = stream.read(BLOCK)
    try:
        found = tarfile.TarInfo.frombuf(header, "ascii", "strict")
        if size is None:
            size = found.size
        is_expected = header == _header(path, size)
    except (tarfile.TarError, ValueError):
        is_expected = False
    if not is_expected:
        raise ValueError(f"{path} is not where it should be in it")
    assert size is not None
    return size


def _content(stream: Stream, size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = stream.read(min(left, PIECE))
        if not piece:
            raise ValueError("it ends within a member")
        left -= len(piece)
        yield piece
    if stream.read(-size % BLOCK) != _padding(size):
        raise ValueError("a member is not followed by zeros")


def _store(target: Path, path: str, member: Member, pieces: Iterable[bytes]) -> None:
    sha256 = hashlib.sha256()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for piece in pieces:
                sha256.update(piece)
                file.write(piece)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise ValueError(f"{path} is in it twice, or a folder too") from None
    except OSError as error:
        where = target.parent
        tell_full_disk(error, f"the folder {where}")
        reason = error.strerror or error
        raise UserError(f"cannot unpack into {where}: {reason}. Let TMPDIR name another.") from None
    if sha256.hexdigest() != member.sha256:
        raise ValueError(
            f"{path} was changed: its SHA-256 is {sha256.hexdigest()[:12]}..., and the manifest "
            f"says {member.sha256[:12]}..."
        )
