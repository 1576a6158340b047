"""Images that occur twice, against a comparison of every pair."""

import numpy as np
from encoded import random_pixels
from PIL import Image

from glorot_sweep.data.area import area_resize
from glorot_sweep.data.own_images.twins import thumbnails, twins


def pictures(n: int) -> np.ndarray:
    """Smooth random pictures, as photographs are: [n, 3, 16, 16]."""
    small = [Image.fromarray(random_pixels(seed, (4, 4, 3))) for seed in range(n)]
    large = [np.asarray(one.resize((16, 16), Image.Resampling.BICUBIC)) for one in small]
    return np.array(large).transpose(0, 3, 1, 2).copy()


def obviously_alike(one: np.ndarray, other: np.ndarray) -> bool:
    shades, colours = [], []
    for image in (one, other):
        grey = image.astype(int).sum(0) // 3
        shades.append(area_resize(grey[..., None].astype(np.uint8), 8, 9)[..., 0].astype(int))
        colours.append(area_resize(image.transpose(1, 2, 0), 8, 9).astype(int))
    agree = sum(
        (a[y][x] > a[y][x + 1]) == (b[y][x] > b[y][x + 1])
        for a, b in [shades]
        for y in range(8)
        for x in range(8)
    )
    return agree >= 61 and np.abs(colours[0] - colours[1]).mean() <= 12


def test_the_same_bytes_pixels_and_picture() -> None:
    images = pictures(12)
    images[1] = images[8]  # of another file
    images[2] = images[9]
    images[3] = np.clip(images[10].astype(int) + 3, 0, 255)  # brighter
    images[4, :, 3, 3] ^= 1  # of its own
    images[5] = images[4]
    digests = [str(row) for row in range(12)]
    digests[0] = digests[7]
    found = twins(range(6), range(6, 12), digests, [one.tobytes() for one in images],
                  thumbnails(images))  # fmt: skip
    assert (found.same_bytes, found.same_pixels, found.alike) == (1, 2, 1)
    assert found.pairs == ((0, 7, "bytes"), (1, 8, "pixels"), (2, 9, "pixels"), (3, 10, "picture"))
    for row in range(6):
        alike = [other for other in range(6, 12) if obviously_alike(images[row], images[other])]
        assert alike == {1: [8], 2: [9], 3: [10]}.get(row, [])


def test_plain_grounds_of_different_shades_are_different() -> None:
    images = np.zeros((2, 1, 8, 9), np.uint8)
    images[1] = 40
    found = twins([0], [1], ["a", "b"], [b"a", b"b"], thumbnails(images))
    assert (found.same_pixels, found.alike) == (0, 0)


def test_plain_grounds_of_different_colours_are_different() -> None:
    images = np.zeros((3, 3, 16, 16), np.uint8)
    images[0, 0] = images[1, 1] = 250  # red and green: equally bright
    images[2, 0] = 245
    found = twins([0], [1], ["a", "b", "c"], [b"a", b"b", b"c"], thumbnails(images))
    assert (found.same_pixels, found.alike) == (0, 0)
    found = twins([0], [2], ["a", "b", "c"], [b"a", b"b", b"c"], thumbnails(images))
    assert found.pairs == ((0, 2, "picture"),)


def test_small_and_grey_images_have_thumbnails() -> None:
    images = random_pixels(1, (3, 1, 2, 2))
    found = thumbnails(images)
    assert found.levels.shape == (3, 72)
    assert found.bits.shape == (3,)
    assert thumbnails(random_pixels(1, (3, 3, 2, 2))).levels.shape == (3, 216)
