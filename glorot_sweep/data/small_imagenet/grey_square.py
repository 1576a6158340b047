"""From the bytes of an image file to 37 x 37 grey levels.

Centre crop to a square, ITU-R 601 grey, area filter. Transparency and a stored orientation are
ignored. Of a JPEG only Y is decoded, which JFIF defines as the grey of ITU-R 601, and a large JPEG
is decoded at a half, a quarter or an eighth of its size, as long as 8 x 8 pixels or more are left
for each pixel of the result. Against a full decode to RGB, photographs change by less than half a
grey level on average and nowhere by more than 10.
"""

import io
import re

import numpy as np
from PIL import Image, UnidentifiedImageError, features

from glorot_sweep.data.own_images.header import has_16_bits
from glorot_sweep.data.small_imagenet.area import SIDE, Grey, area_mean

FORMATS = ("JPEG", "PNG")
MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"}
MIN_OVERSAMPLING = 8  # pixels along each side that a reduced JPEG keeps for one of the result
REDUCTIONS = (8, 4, 2)


class UnreadableImageError(Exception):
    """The bytes are no image that can be used; the message says why."""


def grey_square(content: bytes) -> Grey:
    """Return the central square of an image as grey levels.

    Args:
        content: a JPEG or PNG file of any size; what is smaller than 37 x 37 is magnified.

    Returns:
        [37, 37].

    Raises:
        UnreadableImageError: damaged, truncated, another format, too large for Pillow, or with
            pixels of more than 8 bits.
    """
    pixels, width, height, reduction = _decoded(content)
    side = min(width, height)
    return area_mean(pixels, (width - side) // 2, (height - side) // 2, side, reduction)


def decoder_version() -> str:
    """Return what decodes: another version may round differently."""
    jpeg, zlib = (features.version(name) for name in ("libjpeg_turbo", "zlib"))
    return f"Pillow {features.version('pil')}, libjpeg-turbo {jpeg}, zlib {zlib}"


def _decoded(content: bytes) -> tuple[Grey, int, int, int]:
    """Return grey levels, width and height in the file, and by how much less was decoded."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.mode not in MODES:
                raise UnreadableImageError(f"pixels of mode {image.mode}, not of 8 bits")
            if has_16_bits(image):  # of colour Pillow drops the lower 8
                raise UnreadableImageError("numbers of 16 bits, not of 8")
            width, height = image.size
            reduction = _draft(image)
            return np.asarray(_grey(image)), width, height, reduction
    except UnreadableImageError:
        raise
    except UnidentifiedImageError:
        raise UnreadableImageError("neither a JPEG nor a PNG image") from None
    except Exception as error:  # on damaged files Pillow raises nearly anything
        # A message that shows an object's address would differ from run to run.
        reason = re.sub(r"<[^<>]* at 0x[0-9a-f]+>", "the file", str(error))
        raise UnreadableImageError(f"{type(error).__name__}: {reason}") from None


def _draft(image: Image.Image) -> int:
    """Let a JPEG be decoded as Y alone, and smaller; return by how much."""
    enough = MIN_OVERSAMPLING * SIDE
    width, height = image.size
    wanted = next((r for r in REDUCTIONS if min(width, height) >= r * enough), 1)
    if image.draft("L", (width // wanted, height // wanted)) is None:
        return 1  # a PNG
    return wanted


def _grey(image: Image.Image) -> Image.Image:
    if image.mode in {"P", "PA"}:  # straight to grey, Pillow warns of transparent palettes
        image = image.convert("RGBA")
    return image if image.mode == "L" else image.convert("L")
