"""From encoded images to rows of 8-bit pixels, in threads."""

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import __version__ as pillow_version
from PIL import features
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from glorot_sweep.data.image_bounds import LARGEST_IMAGE, room
from glorot_sweep.errors import UserError
from glorot_sweep.host.limits import usable_processors

FORMATS = {b"\x89PNG\r\n\x1a\n": PngImageFile, b"\xff\xd8\xff": JpegImageFile}
KINDS = {"L": 1, "RGB": 3}  # Pillow's names of 8-bit grey and colour, and how many planes
DECODER = f"Pillow {pillow_version}, libjpeg {features.version('jpg')}"
"""What decodes: another version may give other pixels for the same JPEG."""

_BLOCK = 500  # images of one task: enough that handing it over costs nothing
# What Pillow raises for files that were cut, altered, or are something else.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


@dataclass(frozen=True)
class ImageKind:
    """What all images of a data set have in common.

    Attributes:
        origin: the image that decided.
        mode: `L` or `RGB`.
        size: width and height in pixels.
    """

    origin: str
    mode: str
    size: tuple[int, int]

    @property
    def n_inputs(self) -> int:
        """Numbers of one image."""
        return KINDS[self.mode] * self.size[0] * self.size[1]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        width, height = self.size
        return height, width, KINDS[self.mode]

    def __str__(self) -> str:
        return f"{self.size[0]} x {self.size[1]} {'grey' if self.mode == 'L' else self.mode}"


def image_kind(path: Path, name: str, content: bytes) -> ImageKind:
    """Return size and mode of an image.

    Args:
        path: of the data set, for messages.
        name: of the image.
        content: the image, encoded.

    Raises:
        UserError: it does not decode, or is neither 8-bit grey nor RGB.
    """
    with _opened(path, name, content) as image:
        mode, size = _mode(image), image.size
    if mode not in KINDS:
        raise UserError(
            f"{path}: {name} must be 8-bit grey or RGB (Pillow's modes {', '.join(KINDS)}), got "
            f"mode {mode}. Convert all images to one of the two."
        )
    kind = ImageKind(name, mode, size)
    if kind.n_inputs > LARGEST_IMAGE:
        raise UserError(
            f"{path}: {name} is {kind}, {kind.n_inputs:,} numbers; an image may have "
            f"{LARGEST_IMAGE:,}, all of which are inputs of a network. Make all images smaller."
        )
    return kind


def decode_images(path: Path, kind: ImageKind, encoded: dict[str, bytes]) -> NDArray[np.uint8]:
    """Decode images.

    Args:
        path: of the data set, for messages.
        kind: what every image must be. Grey images among RGB ones are refused: whether they
            belong there is for their owner to say.
        encoded: name and content of each image.

    Returns:
        [n, inputs] in the order of `encoded`: rows from the top; for RGB the red plane, then the
        green, then the blue, as in CIFAR-10.

    Raises:
        UserError: an image does not decode, or is of another kind; the first one is named.
    """
    items = list(encoded.items())
    if len(items) * kind.n_inputs > room():
        raise UserError(
            f"{path}: {len(items):,} images of {kind} take {len(items) * kind.n_inputs:,} bytes, "
            f"and may take {room():,}, half of the memory. Leave some out."
        )
    pixels = np.empty((len(items), kind.n_inputs), np.uint8)

    def fill(start: int) -> None:
        for row, (name, content) in enumerate(items[start : start + _BLOCK], start):
            pixels[row] = _row(path, kind, name, content)

    with ThreadPoolExecutor(usable_processors()) as threads:
        for _ in threads.map(fill, range(0, len(items), _BLOCK)):
            pass
    return pixels


def _row(path: Path, kind: ImageKind, name: str, content: bytes) -> NDArray[np.uint8]:
    with _opened(path, name, content) as image:
        mode, size = _mode(image), image.size
        # Only what has the right size is decoded.
        pixels = _decoded(path, name, image) if (mode, size) == (kind.mode, kind.size) else None
    if pixels is None:
        raise UserError(
            f"{path}: all images must be of one size and all grey or all RGB; {kind.origin} is "
            f"{kind}, got {ImageKind(name, mode, size)} in {name}. Convert or remove it."
        )
    return np.frombuffer(pixels, np.uint8).reshape(-1, KINDS[mode]).T.reshape(-1)


def _opened(path: Path, name: str, content: bytes) -> ImageFile:
    """Return an image of which the header has been read, and no pixel yet."""
    for signature, kind in FORMATS.items():
        if content.startswith(signature):
            try:
                return kind(io.BytesIO(content))
            except _DAMAGE as error:
                raise _undecodable(path, name, error) from None
    raise UserError(
        f"{path}: {name} must be a PNG or JPEG image, got {instead_of_image(content)}. Replace or "
        "remove it."
    )


def _decoded(path: Path, name: str, image: ImageFile) -> bytes:
    """Return the interleaved pixels."""
    try:
        return image.tobytes()
    except _DAMAGE as error:
        raise _undecodable(path, name, error) from None


def _mode(image: ImageFile) -> str:
    """Return Pillow's mode; that of 16-bit colour is told apart, of which it drops the low byte."""
    rawmode = image.tile[0][3] if image.tile else None
    return "RGB;16" if rawmode == "RGB;16B" else image.mode


def _undecodable(path: Path, name: str, error: Exception) -> UserError:
    return UserError(
        f"{path}: {name} must be a PNG or JPEG image and does not decode: {error}. Replace or "
        "remove it."
    )


def instead_of_image(content: bytes) -> str:
    """Say what is there in an image's place, as far as its first bytes tell."""
    if not content:
        return "an empty file"
    if content.startswith(b"version https://git-lfs"):
        return "a pointer of Git LFS (`git lfs pull` gets the image itself)"
    if content.lstrip()[:1] == b"<":
        return "a page of HTML or XML"
    return f"a file that starts with {content[:8]!r}"
