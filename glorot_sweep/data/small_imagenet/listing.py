"""What images a synset's tar or folder holds, and its checksum; remembered until it changes."""

import errno
import hashlib
import json
import os
import stat
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from glorot_sweep.data.small_imagenet.sources import Source
from glorot_sweep.data.small_imagenet.whole_files import store, stored
from glorot_sweep.errors import UserError

ENDINGS = (".jpeg", ".jpg", ".png")
LARGEST_FILE = 256 * 2**20  # bytes of an image, which is read whole; ImageNet's have a tenth
END_MARK = bytes(tarfile.BLOCKSIZE)


@dataclass(frozen=True)
class ImageFile:
    """One image of a source.

    Attributes:
        name: inside the source.
        place: first byte in the tar; 0 in a folder.
        size: bytes.
    """

    name: str
    place: int
    size: int


@dataclass(frozen=True)
class Listing:
    """All images of a source.

    Attributes:
        sha256: of the tar; of a folder, over the names and checksums of its images.
        n_bytes: of the tar, or of all images together.
        images: sorted by name.
    """

    sha256: str
    n_bytes: int
    images: tuple[ImageFile, ...]


def listing(source: Source, work: Path) -> Listing:
    """List a source, or remember what an earlier run found in it.

    A source counts as unchanged as long as the sizes and times of change of its files are.

    Raises:
        UserError: not a tar, a truncated one, or it cannot be read.
    """
    path = work / f"{source.wnid}.listing"
    try:
        signature = _signature(source.path)
        if (found := _remembered(path, signature)) is None:
            found = _list_folder(source.path) if source.path.is_dir() else _list_tar(source.path)
            store(path, json.dumps([signature, asdict(found)]).encode())
    except OSError as error:
        raise UserError(f"{source.path}: cannot be read: {error.strerror}.") from None
    return found


def _remembered(path: Path, signature: str) -> Listing | None:
    content = stored(path)
    if content is None:
        return None
    before, values = json.loads(content)
    if before != signature:
        return None
    images = tuple(ImageFile(**image) for image in values["images"])
    return Listing(values["sha256"], values["n_bytes"], images)


def _signature(path: Path) -> str:
    """Return what changes with a source: place, sizes and times of change of its files."""
    digest = hashlib.sha256(os.fsencode(path.absolute()))
    for file in _image_paths(path) if path.is_dir() else [path]:
        stat = file.stat() if file.exists() else None  # a link may lead nowhere
        seen = [str(file), stat and (stat.st_size, stat.st_mtime_ns)]
        digest.update(json.dumps(seen).encode())
    return digest.hexdigest()


def _list_tar(path: Path) -> Listing:
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
        n_bytes = file.seek(0, os.SEEK_END)
        try:
            images = _tar_images(file)
        except (tarfile.TarError, ValueError) as error:
            raise UserError(
                f"{path} is not a whole tar archive: {error}. A synset must be an uncompressed tar "
                "of images, or a folder of images; get it again, or take it out of the copy."
            ) from None
    return Listing(checksum, n_bytes, images)


def _tar_images(file: BinaryIO) -> tuple[ImageFile, ...]:
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:") as tar:
        images = {  # of two members of one name the later one counts, as in unpacking
            member.name: ImageFile(member.name, member.offset_data, member.size)
            for member in tar
            if member.isreg() and not member.issparse() and _is_image(member.name)
        }
        end = tar.offset
    # tarfile takes a damaged header, and a cut between two members, for the end of the archive
    file.seek(end)
    if file.read(len(END_MARK)) != END_MARK:
        raise ValueError(f"it lacks the mark of its end at byte {end:,}")
    return tuple(images[name] for name in sorted(images))


def _list_folder(path: Path) -> Listing:
    digest, images = hashlib.sha256(), []
    for file in _image_paths(path):
        name = file.relative_to(path).as_posix()
        try:
            content = read_file(file)
        except OSError as error:  # listed as it is; the one who draws it will report it
            checksum, size = f"unreadable: {error.strerror}", 0
        else:
            checksum, size = hashlib.sha256(content).hexdigest(), len(content)
        digest.update(json.dumps([name, checksum]).encode())
        images.append(ImageFile(name, 0, size))
    return Listing(digest.hexdigest(), sum(image.size for image in images), tuple(images))


def read_file(path: Path) -> bytes:
    """Return the content of a file; anything else that has its name would wait, or never end.

    Raises:
        OSError: it is no file, is too large for an image, or cannot be read.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "neither a file nor a folder")
    refuse_too_large(found.st_size)
    return path.read_bytes()


def refuse_too_large(size: int) -> None:
    """Refuse to hold so many bytes of an image in memory.

    Raises:
        OSError: they are too many.
    """
    if size > LARGEST_FILE:
        raise OSError(errno.EFBIG, f"{size:,} bytes, and an image may have {LARGEST_FILE:,}")


def _image_paths(folder: Path) -> list[Path]:
    """Return the images at any depth, sorted by their names inside the folder."""
    paths = [Path(place, name) for place, _, names in os.walk(folder) for name in names]
    return sorted(
        (path for path in paths if _is_image(path.name)),
        key=lambda path: path.relative_to(folder).as_posix(),
    )


def _is_image(name: str) -> bool:
    return name.lower().endswith(ENDINGS)
