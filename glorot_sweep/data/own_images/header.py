"""What an encoded image says of itself before any pixel of it is decoded.

What Pillow reads and is bounded: an image that says it is larger than any camera's is not decoded.
"""

import io
import re
import struct
from dataclasses import dataclass
from typing import Literal

from PIL import __version__ as pillow_version
from PIL import features
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from glorot_sweep.data.image_decoding import instead_of_image

LARGEST_SOURCE = 128 * 2**20  # bytes of a file: an uncompressed photograph of 40 million pixels
MOST_PIXELS = 50_000_000  # of an image as it was taken; decoded it takes 0.2 GB

ENDINGS = (
    ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp",
)  # fmt: skip
FORMATS: dict[bytes, type[ImageFile]] = {
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
    b"GIF8": GifImageFile,
    b"BM": BmpImageFile,
    b"II*\0": TiffImageFile,
    b"MM\0*": TiffImageFile,
    b"RIFF": WebPImageFile,
}
GREY_MODES = {"1", "L", "LA", "I;16", "I;16B", "I;16L"}
MODES = GREY_MODES | {"P", "PA", "RGB", "RGBA", "CMYK"}
DECODER = f"Pillow {pillow_version}, " + ", ".join(
    f"{name} {features.version(name)}" for name in ("libjpeg_turbo", "webp", "libtiff")
)
"""What decodes: another version may give other pixels for the same file."""

Color = Literal["rgb", "grey"]
SIDEWAYS = {5, 6, 7, 8}  # orientations of EXIF in which rows are columns


class UnreadableImageError(Exception):
    """The bytes are no image that can be used; the message says why."""


@dataclass(frozen=True)
class Header:
    """What is known of an image.

    Attributes:
        color: of its pixels; those of a palette are in colour.
        height, width: as it is to be looked at.
        changes: what is done to all images that are like it in some way, in words.
    """

    color: Color
    height: int
    width: int
    changes: tuple[str, ...]


def opened(content: bytes) -> ImageFile:
    """Return an image of which no pixel has been decoded.

    Raises:
        UnreadableImageError: it is none that is read here, or is too large.
    """
    kind = next((FORMATS[start] for start in FORMATS if content.startswith(start)), None)
    if kind is None:
        raise UnreadableImageError(f"is no image but {instead_of_image(content)}")
    if kind is WebPImageFile:
        _refuse_size(*_webp_size(content))  # opening it makes room for all of its pixels
    try:
        image = kind(io.BytesIO(content))
    except Exception as error:  # on damaged files Pillow raises nearly anything
        raise damaged(error) from None
    refuse_unread(image)
    return image


def refuse_unread(image: Image) -> None:
    """Refuse an image that is too large, or whose kind of pixels is not read.

    Raises:
        UnreadableImageError: it is one.
    """
    _refuse_size(*image.size)
    if image.mode not in MODES:
        raise UnreadableImageError(f"has pixels of Pillow's mode {image.mode}, which is not read")


def header_of(content: bytes) -> Header:
    """Return what an image says of itself.

    Raises:
        UnreadableImageError: it is none that is read here, or is too large.
    """
    with opened(content) as image:
        try:
            turned = orientation(image)
            width, height = image.size[::-1] if turned in SIDEWAYS else image.size
            changes = (
                *(("turned as their EXIF says",) if turned != 1 else ()),
                *(("laid on white where transparent",) if is_transparent(image) else ()),
                *(("reduced from 16 bits",) if has_16_bits(image) else ()),
                *(("converted from CMYK",) if image.mode == "CMYK" else ()),
                *(("the first of several frames",) if _is_animated(image) else ()),
            )
        except Exception as error:
            raise damaged(error) from None
        color: Color = "grey" if image.mode in GREY_MODES else "rgb"
    return Header(color, height, width, changes)


def orientation(image: Image) -> int:
    """Return how an image is to be turned, 1 to 8 as EXIF numbers it; 1: not at all.

    Pillow turns a TIFF itself. Of a PNG what stands before the pixels counts, and of EXIF that
    cannot be read nothing.
    """
    if isinstance(image, TiffImageFile) or (
        isinstance(image, PngImageFile) and "exif" not in image.info
    ):
        return 1
    try:
        found = image.getexif().get(Base.Orientation, 1)
    except Exception:  # whatever a camera or an editor has left there: viewers show the image too
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def is_transparent(image: Image) -> bool:
    """Return whether pixels may be transparent."""
    return image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info


def has_16_bits(image: ImageFile) -> bool:
    """Return whether each number of a pixel has 16 bits, of which the upper 8 are taken.

    Of colour Pillow has dropped the lower ones already.
    """
    if image.mode.startswith("I;16"):
        return True
    arguments = image.tile[0][3] if image.tile else None
    rawmode = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return isinstance(rawmode, str) and ";16" in rawmode and not rawmode.startswith("BGR")


def damaged(error: Exception) -> UnreadableImageError:
    """Return what to say of an image that does not decode."""
    # A message that shows an object's address would differ from run to run.
    reason = re.sub(r"<[^<>]* at 0x[0-9a-f]+>", "the file", str(error)) or type(error).__name__
    return UnreadableImageError(f"does not decode: {reason}")


def _is_animated(image: ImageFile) -> bool:
    return bool(getattr(image, "is_animated", False))


def _refuse_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnreadableImageError(
            f"has {width} x {height} pixels, of which an image may have {MOST_PIXELS:,}"
        )


def _webp_size(content: bytes) -> tuple[int, int]:
    """Return width and height as a WebP's first chunk has them, from 16,384 bytes of nothing."""
    kind, start = content[12:16], content[16:30].ljust(14, b"\0")[4:]
    if kind == b"VP8X":
        packed = start[4:10]
        return 1 + int.from_bytes(packed[:3], "little"), 1 + int.from_bytes(packed[3:], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(start[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", start[6:10])
    return width & 0x3FFF, height & 0x3FFF
