"""Encoded images for tests: random pixels, folders of them, and tars of folders."""

import io
import pathlib
import tarfile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def random_pixels(seed: int, shape: tuple[int, ...] = (4, 5, 3)) -> Pixels:
    """Rows, columns and, for RGB, channels."""
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def encode(pixels: Pixels, kind: str = "PNG") -> bytes:
    """PNGs are stored uncompressed, so that all of one shape have the same number of bytes."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, compress_level=0)
    return stream.getvalue()


def decoded_by_hand(content: bytes) -> list[int]:
    """Plane after plane, row after row, one pixel at a time."""
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
        planes = len(image.getbands())
        pixels = {(x, y): image.getpixel((x, y)) for x in range(width) for y in range(height)}
    values = []
    for plane in range(planes):
        for y in range(height):
            for x in range(width):
                pixel = pixels[x, y]
                values.append(pixel[plane] if planes > 1 else pixel)
    return values


def write_tree(folder: pathlib.Path, files: dict[str, bytes]) -> pathlib.Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def tar_of(files: dict[str, bytes], mode: str = "w") -> bytes:
    """Members in the given order, without entries for folders."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def small_dataset(
    n_train: int = 12, n_test: int = 3, classes: tuple[str, ...] = ("ant", "bee"), kind: str = "PNG"
) -> dict[str, bytes]:
    """So many images of each class, all different."""
    files, seed = {}, 0
    for split, count in (("train", n_train), ("test", n_test)):
        for name in classes:
            for number in range(count):
                seed += 1
                files[f"{split}/{name}/{number:03}.{kind.lower()}"] = encode(
                    random_pixels(seed), kind
                )
    return files
