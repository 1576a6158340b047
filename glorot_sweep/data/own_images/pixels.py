"""From an encoded image to 8-bit pixels of a wanted kind and size, the same on every machine.

Everything after the decoder is integer arithmetic with one rounding, half up.
"""

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.area import Pixels, area_resize
from glorot_sweep.data.own_images.header import (
    Color,
    damaged,
    is_transparent,
    opened,
    orientation,
)

GREY = (19_595, 38_470, 7_471)  # 0.299, 0.587, 0.114 of ITU-R 601 in units of 2^-16
WHITE = 255


def prepared_pixels(content: bytes, rules: ImageRules, color: Color) -> Pixels:
    """Return an image as the rules want it.

    Args:
        content: the image, encoded.
        rules: its size.
        color: of the result.

    Returns:
        [height, width, channels].

    Raises:
        UnreadableImageError: it does not decode.
    """
    return fitted(decoded(content), rules.resize, rules.is_cut, color)


def fitted(pixels: Pixels, size: tuple[int, int] | None, is_cut: bool, color: Color) -> Pixels:
    """Return upright pixels in a color and of a size.

    Args:
        pixels: [height, width, 1 or 3].
        size: height and width of the result; None: those of `pixels`.
        is_cut: whether the middle of that shape is taken, instead of all.
        color: of the result.
    """
    pixels = _in_color(pixels, color)
    if size is None:
        return np.ascontiguousarray(pixels)
    if is_cut:
        pixels = middle(pixels, *size)
    return area_resize(np.ascontiguousarray(pixels), *size)


def decoded(content: bytes) -> Pixels:
    """Return the pixels of an encoded image; see `upright`."""
    with opened(content) as image:
        return upright(image)


def upright(image: Image) -> Pixels:
    """Return the pixels of an image, turned as it is to be looked at, on white.

    Returns:
        [height, width, channels], 1 channel of grey or 3 of RGB.

    Raises:
        UnreadableImageError: it does not decode.
    """
    try:
        turn = orientation(image)
        return turned(_planes(image), turn)
    except Exception as error:  # on damaged files Pillow raises nearly anything
        raise damaged(error) from None


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """Return pixels turned as EXIF's number says.

    Args:
        pixels: [height, width, channels].
        orientation: 1 to 8: what is done to show the image upright.

    Example:
        >>> turned(np.array([[[1], [2]]], np.uint8), 6)[..., 0].tolist()  # a quarter clockwise
        [[1], [2]]
        >>> turned(np.array([[[1], [2]]], np.uint8), 3)[..., 0].tolist()
        [[2, 1]]
    """
    if orientation >= 5:  # rows are columns
        pixels = pixels.transpose(1, 0, 2)
    mirrored = orientation in {2, 3, 6, 7}
    upside_down = orientation in {3, 4, 7, 8}
    return pixels[:: -1 if upside_down else 1, :: -1 if mirrored else 1]


def middle(pixels: Pixels, height: int, width: int) -> Pixels:
    """Return the largest middle part of which the sides are in a given proportion.

    Where whole pixels cannot halve what is cut off, one more is cut at the right or the bottom.

    Example:
        >>> middle(np.zeros((6, 9, 3), np.uint8), 2, 2).shape
        (6, 6, 3)
    """
    n_rows, n_columns, _ = pixels.shape
    if n_columns * height >= n_rows * width:
        rows, columns = n_rows, max(n_rows * width // height, 1)
    else:
        rows, columns = max(n_columns * height // width, 1), n_columns
    top, left = (n_rows - rows) // 2, (n_columns - columns) // 2
    return pixels[top : top + rows, left : left + columns]


def _planes(image: Image) -> Pixels:
    """Return decoded pixels as grey or RGB, laid on white where they are transparent."""
    if image.mode.startswith("I;16"):
        return _upper_bits(image)
    if is_transparent(image):
        grey = image.mode in {"1", "L", "LA"}
        return _on_white(np.asarray(image.convert("LA" if grey else "RGBA")))
    if image.mode == "CMYK":
        return _from_cmyk(np.asarray(image))
    if image.mode in {"1", "P"}:
        image = image.convert("L" if image.mode == "1" else "RGB")
    pixels = np.asarray(image)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _upper_bits(image: Image) -> Pixels:
    """Return the upper 8 of 16 bits; the one level that a file calls transparent is white."""
    levels = np.asarray(image)
    pixels = (levels >> 8).astype(np.uint8)
    if is_transparent(image):
        pixels[levels == image.info["transparency"]] = WHITE
    return pixels[..., None]


def _on_white(pixels: Pixels) -> Pixels:
    """Return the colours of pixels whose last channel is their opacity, on a white ground."""
    opacity = pixels[..., -1:].astype(np.uint16)
    sums = pixels[..., :-1] * opacity + WHITE * (WHITE - opacity)  # at most 255^2
    return _by_255(sums)


def _from_cmyk(pixels: Pixels) -> Pixels:
    light = (WHITE - pixels).astype(np.uint16)
    return _by_255(light[..., :3] * light[..., 3:])


def _by_255(products: NDArray[np.uint16]) -> Pixels:
    return ((products + np.uint16(127)) // np.uint16(255)).astype(np.uint8)


def _in_color(pixels: Pixels, color: Color) -> Pixels:
    if color == "rgb":
        return np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    if pixels.shape[2] == 1:
        return pixels
    sums = np.full(pixels.shape[:2], 1 << 15, np.uint32)
    for plane, weight in enumerate(GREY):
        sums += weight * pixels[..., plane].astype(np.uint32)
    return (sums >> 16).astype(np.uint8)[..., None]
