"""From encoded images to rows of 8-bit pixels, in threads."""

import io
import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features
from PIL import __version__ as pillow_version

from glorot_sweep.errors import UserError

FORMATS = ("PNG", "JPEG")
KINDS = {"L": 1, "RGB": 3}  # Pillow's names of 8-bit grey and colour, and how many planes
DECODER = f"Pillow {pillow_version}, libjpeg {features.version('jpg')}"
"""What decodes: another version may give other pixels for the same JPEG."""

_BLOCK = 500  # images of one task: enough that handing it over costs nothing
# What Pillow raises for files that were cut, altered, or are something else.
_DAMAGE = (
    OSError, SyntaxError, ValueError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip


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
    mode, size, _ = _decode(path, name, content)
    if mode not in KINDS:
        raise UserError(
            f"{path}: {name} must be 8-bit grey or RGB (Pillow's modes {', '.join(KINDS)}), got "
            f"mode {mode}. Convert all images to one of the two."
        )
    return ImageKind(name, mode, size)


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
    pixels = np.empty((len(items), kind.n_inputs), np.uint8)

    def fill(start: int) -> None:
        for row, (name, content) in enumerate(items[start : start + _BLOCK], start):
            pixels[row] = _row(path, kind, name, content)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for _ in threads.map(fill, range(0, len(items), _BLOCK)):
            pass
    return pixels


def _row(path: Path, kind: ImageKind, name: str, content: bytes) -> NDArray[np.uint8]:
    mode, size, pixels = _decode(path, name, content)
    if (mode, size) != (kind.mode, kind.size):
        raise UserError(
            f"{path}: all images must be of one size and all grey or all RGB; {kind.origin} is "
            f"{kind}, got {ImageKind(name, mode, size)} in {name}. Convert or remove it."
        )
    return np.frombuffer(pixels, np.uint8).reshape(-1, KINDS[mode]).T.reshape(-1)


def _decode(path: Path, name: str, content: bytes) -> tuple[str, tuple[int, int], bytes]:
    """Return mode, size and interleaved pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            return image.mode, image.size, image.tobytes()
    except _DAMAGE as error:
        raise UserError(
            f"{path}: {name} must be a PNG or JPEG image and does not decode: {error}. "
            "Replace or remove it."
        ) from None
