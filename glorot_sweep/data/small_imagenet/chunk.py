"""A few images of one synset: read, made small, kept until the set is complete."""

import hashlib
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image

from glorot_sweep.data.small_imagenet.area import SIDE, Grey
from glorot_sweep.data.small_imagenet.draw import shuffled
from glorot_sweep.data.small_imagenet.grey_square import (
    UnreadableImageError,
    decoder_version,
    grey_square,
)
from glorot_sweep.data.small_imagenet.listing import (
    ImageFile,
    listing,
    read_file,
    refuse_too_large,
)
from glorot_sweep.data.small_imagenet.sources import Source
from glorot_sweep.data.small_imagenet.whole_files import store, stored
from glorot_sweep.errors import UserError

RECIPE = "centre square, ITU-R 601 grey, area filter"

Unreadable = tuple[tuple[str, str], ...]
"""Name and reason of images that could not be used."""


@dataclass(frozen=True)
class ChunkTask:
    """What a worker process needs to know.

    Attributes:
        source: of the images.
        sha256: of the source, as it was when the draw was decided.
        first, stop: places in the synset's draw.
        seed: of the draw.
        work: folder for the result.
    """

    source: Source
    sha256: str
    first: int
    stop: int
    seed: int
    work: Path


@dataclass(frozen=True)
class Chunk:
    """What has become of the images of a task.

    Attributes:
        path: file with the small images.
        readable: how many there are.
        unreadable: the others.
        kept: an earlier run had made it.
    """

    path: Path
    readable: int
    unreadable: Unreadable
    kept: bool


def make_chunk(task: ChunkTask) -> Chunk:
    """Read the images of a task and store them small, unless an earlier run has done it.

    Raises:
        UserError: the source has changed since it was listed.
        ServiceLostError: the disk is full.
    """
    found = listing(task.source, task.work)
    if found.sha256 != task.sha256:
        raise UserError(
            f"{task.source.path} has changed while the set was built. Leave the copy alone and "
            "run the command again; it starts over with this synset."
        )
    images = {image.name: image for image in found.images}
    drawn = shuffled(images, task.seed, task.source.wnid)[task.first : task.stop]
    path = task.work / f"{task.source.wnid}-{_key(task.sha256, drawn)}.chunk"
    content = stored(path)
    if kept := content is not None:
        names, unreadable, _ = _unpacked(content)
    else:
        names, unreadable, small = _read(task.source.path, [images[name] for name in drawn])
        store(path, _packed(names, unreadable, small))
    return Chunk(path, len(names), unreadable, kept)


def chunk_images(chunk: Chunk) -> tuple[list[str], Grey]:
    """Return the names [n] and the images [n, 1369] of a chunk.

    Raises:
        UserError: its file is gone or damaged.
    """
    content = stored(chunk.path)
    if content is None:
        raise UserError(
            f"{chunk.path} was changed or deleted while the set was built. Leave this folder "
            "alone and run the command again; it makes what is missing."
        )
    names, _, images = _unpacked(content)
    return names, images


def _key(sha256: str, drawn: list[str]) -> str:
    """Return what the small images depend on: source, names, and how they are made."""
    words = [sha256, drawn, SIDE, RECIPE, decoder_version()]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:32]


def _read(path: Path, drawn: list[ImageFile]) -> tuple[list[str], Unreadable, Grey]:
    names, small, unreadable = [], [], []
    with warnings.catch_warnings(), _Contents(path) as contents:
        warnings.simplefilter("ignore")  # Pillow's remarks on odd but readable files
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for image in drawn:
            try:
                small.append(grey_square(contents.read(image)).ravel())
                names.append(image.name)
            except UnreadableImageError as error:
                unreadable.append((image.name, str(error)))
    return names, tuple(unreadable), np.array(small, np.uint8).reshape(-1, SIDE**2)


class _Contents:
    """Reads images out of a source: a tar that stays open, or a folder."""

    def __init__(self, path: Path) -> None:
        self._folder = path
        self._tar = None if path.is_dir() else path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._tar:
            self._tar.close()

    def read(self, image: ImageFile) -> bytes:
        try:
            if self._tar is None:
                return read_file(self._folder / image.name)
            refuse_too_large(image.size)
            self._tar.seek(image.place)
            return self._tar.read(image.size)
        except OSError as error:
            raise UnreadableImageError(f"cannot be read: {error.strerror}") from None


def _packed(names: list[str], unreadable: Unreadable, images: Grey) -> bytes:
    return json.dumps([names, unreadable]).encode() + b"\n" + images.tobytes()


def _unpacked(content: bytes) -> tuple[list[str], Unreadable, Grey]:
    note, _, pixels = content.partition(b"\n")
    names, unreadable = json.loads(note)
    images = np.frombuffer(pixels, np.uint8).reshape(-1, SIDE**2)
    return names, tuple((name, reason) for name, reason in unreadable), images
