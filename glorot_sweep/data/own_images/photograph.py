"""One more photograph, made into what the images of a data set have become."""

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL.Image import Image

from glorot_sweep.data.area import Pixels
from glorot_sweep.data.own_images.header import (
    LARGEST_SOURCE,
    UnreadableImageError,
    refuse_unread,
)
from glorot_sweep.data.own_images.manifest import Manifest
from glorot_sweep.data.own_images.pixels import decoded, fitted, upright
from glorot_sweep.data.own_images.source import quiet
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import at_home, why_unread

COLORS = {
    "rgb": "in colour",
    "grey": "in grey (0.299 red, 0.587 green, 0.114 blue)",
}


def preparation_of(manifest: Manifest) -> dict[str, Any]:
    """Return what has been done to every image of a data set, as plain data.

    Its keys are those of `image_folders` in a sweep file, with nothing left open.
    """
    resize = manifest["rules"]["resize"]
    crop = None if resize is None else manifest["rules"]["crop"] or "center"
    return {
        "resize": resize,
        "crop": crop,
        "color": manifest["color"],
        "exif": "turned upright",
        "transparent": "on white",
        "decoder": manifest["decoder"],
    }


def in_words(preparation: Mapping[str, Any]) -> str:
    """Return the same as a sentence."""
    done = ["turned upright as EXIF says", "laid on white where transparent"]
    done.append(f"put {COLORS[preparation['color']]}")
    if preparation["resize"] is not None:
        height, width = preparation["resize"]
        if preparation["crop"] == "center":
            done.append(f"cut to the largest middle part of the shape {height} x {width}")
        done.append(f"resized to height {height} and width {width} by means over areas")
    return (
        f"Photographs are to be prepared as its training images were: {', '.join(done)}; "
        "glorot_sweep.prepare_image does that."
    )


def photograph(
    image: str | Path | Image, preparation: Mapping[str, Any], shape: tuple[int, int, int]
) -> Pixels:
    """Return an image as it would be in a data set.

    Args:
        image: its file, or as Pillow has it.
        preparation: see `preparation_of`.
        shape: height, width and channels of the data set's images.

    Returns:
        uint8 [height, width, channels].

    Raises:
        UserError: it cannot be read, or has another size and nothing makes it the right one.
    """
    size, is_cut = preparation["resize"], preparation["crop"] == "center"
    try:
        with quiet():
            pixels = _upright(image) if isinstance(image, Image) else decoded(_content(image))
    except UnreadableImageError as error:
        raise UserError(f"{_named(image)} {error}. Give another image.") from None
    found = fitted(pixels, None if size is None else tuple(size), is_cut, preparation["color"])
    if found.shape != shape:
        raise UserError(
            f"{_named(image)} has height {found.shape[0]} and width {found.shape[1]}; all training "
            f"images had height {shape[0]} and width {shape[1]} and were not resized. Give it that "
            "size."
        )
    return found


def _upright(image: Image) -> Pixels:
    refuse_unread(image)
    return upright(image)


def _content(path: str | Path) -> bytes:
    file = at_home(Path(path))
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would wait for a writer
            raise UnreadableImageError("is no file")
        if found.st_size > LARGEST_SOURCE:
            raise UnreadableImageError(f"has more than {LARGEST_SOURCE:,} bytes")
        return file.read_bytes()
    except OSError as error:
        raise UnreadableImageError(f"cannot be read: {why_unread(error)}") from None


def _named(image: str | Path | Image) -> str:
    return "the image" if isinstance(image, Image) else str(image)
