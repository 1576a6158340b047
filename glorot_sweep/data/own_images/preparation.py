"""From images as they lie there to arrays of alike ones in three splits.

Files are read twice: once for their digests and headers, which decide everything, once for their
pixels. So no more files are in memory than are being decoded.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.area import Pixels
from glorot_sweep.data.image_bounds import LARGEST_IMAGE, room
from glorot_sweep.data.own_images.alike import color_of, refuse_sizes
from glorot_sweep.data.own_images.draw import splits_of
from glorot_sweep.data.own_images.header import Color, UnreadableImageError
from glorot_sweep.data.own_images.manifest import manifest_of
from glorot_sweep.data.own_images.pixels import prepared_pixels
from glorot_sweep.data.own_images.source import Check, Source, each, go_on, refuse_unusable
from glorot_sweep.data.split_names import SPLITS
from glorot_sweep.errors import UserError

Arrays = dict[str, NDArray[Any]]
Shape = tuple[int, int, int]


def prepared(source: Source, rules: ImageRules, check: Check = go_on) -> Arrays:
    """Return the data set.

    Args:
        source: its images.
        rules: what they become.
        check: asked now and then.

    Returns:
        `images` uint8 [n, channels x height x width], `labels` int64 [n], `class_names` [classes],
        `split_sizes` int64 [3] (train, validation, test, in the order of the rows), `image_shape`
        int64 [3] (height, width, channels), `manifest` (the bytes of a JSON object) uint8. Rows of
        a split are in the order of their contents' digests, which mixes the classes.

    Raises:
        UserError: images are not alike and no rule makes them so, are too large, too many for
            memory, or too few for a split; or one does not decode.
    """
    layout = source.layout
    names = [image.name for image in layout.images]
    color = color_of(layout.path, rules, names, source.headers)
    refuse_sizes(layout.path, rules, names, source.headers)
    height, width = rules.resize or (source.headers[0].height, source.headers[0].width)
    shape = (height, width, 1 if color == "grey" else 3)
    _refuse_too_much(layout.path, len(names), shape)
    places = [SPLITS.index(split) for split in splits_of(layout, source.digests, rules)]
    labels = [image.label for image in layout.images]
    order = sorted(range(len(names)), key=lambda i: (places[i], source.digests[i], labels[i], i))
    images = _decoded(source, order, rules, color, shape, check)
    sizes = [places.count(place) for place in range(len(SPLITS))]
    manifest = manifest_of(source, rules, color, images, sizes, order)
    return {
        "images": images.reshape(len(order), -1),
        "labels": np.array(labels, np.int64)[order],
        "class_names": np.array(layout.class_names),
        "split_sizes": np.array(sizes, np.int64),
        "image_shape": np.array(shape, np.int64),
        "manifest": np.frombuffer(json.dumps(manifest).encode(), np.uint8),
    }


def _decoded(
    source: Source,
    order: list[int],
    rules: ImageRules,
    color: Color,
    shape: Shape,
    check: Check,
) -> Pixels:
    """Return the pixels of the images in an order, [n, channels, height, width]."""
    height, width, channels = shape
    pixels = np.empty((len(order), channels, height, width), np.uint8)

    def fill(row: int) -> str | None:
        image = source.layout.images[order[row]]
        content = image.read()
        if hashlib.sha256(content).hexdigest() != source.digests[order[row]]:
            return f"{image.name} has changed since it was looked at"
        try:
            pixels[row] = prepared_pixels(content, rules, color).transpose(2, 0, 1)
        except UnreadableImageError as error:
            return f"{image.name} {error}"
        return None

    said = each(len(order), fill, check)
    refuse_unusable(source.layout.path, [words for words in said if words is not None])
    return pixels


def _refuse_too_much(path: Path, n_images: int, shape: Shape) -> None:
    height, width, channels = shape
    numbers = height * width * channels
    if numbers > LARGEST_IMAGE:
        raise UserError(
            f"{path}: an image is {width} x {height} with {channels} channels, {numbers:,} "
            f"numbers; it may have {LARGEST_IMAGE:,}, all of which are inputs of a network. Make "
            "all images smaller with resize."
        )
    if n_images * numbers > room():
        raise UserError(
            f"{path}: {n_images:,} images of {width} x {height} with {channels} channels take "
            f"{n_images * numbers:,} bytes, and may take {room():,}, half of the memory. "
            "Make them smaller with resize, or leave some out."
        )
