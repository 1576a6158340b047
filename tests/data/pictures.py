"""Pictures for tests of one's own images: encoded in every kind, and folders of them."""

import io
import pathlib

import numpy as np
from encoded import random_pixels, write_tree
from numpy.typing import NDArray
from PIL import Image

Files = dict[str, bytes]


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def picture(seed: int, size: tuple[int, int] = (7, 5), channels: int = 3) -> Image.Image:
    """A random picture of a width and a height."""
    width, height = size
    shape = (height, width) if channels == 1 else (height, width, channels)
    return Image.fromarray(random_pixels(seed, shape))


def photographs(
    per_class: int = 10, classes: tuple[str, ...] = ("ant", "bee"), size: tuple[int, int] = (7, 5)
) -> Files:
    """So many of each class, all different, in class folders without splits."""
    return {
        f"{name}/{number:02}.png": saved(picture(100 * place + number, size))
        for place, name in enumerate(classes)
        for number in range(per_class)
    }


def with_splits(files: Files) -> Files:
    """The same, every third one in test/."""
    return {
        f"{'test' if row % 3 == 0 else 'train'}/{name}": content
        for row, (name, content) in enumerate(files.items())
    }


def folder_of(path: pathlib.Path, files: Files) -> pathlib.Path:
    return write_tree(path, files)


def planes(pixels: NDArray[np.uint8]) -> list[int]:
    """Plane after plane, row after row, one pixel at a time."""
    height, width, channels = pixels.shape
    return [
        int(pixels[y, x, c]) for c in range(channels) for y in range(height) for x in range(width)
    ]
