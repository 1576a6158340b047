"""Images that occur in two splits: the same bytes, the same pixels, or nearly the same picture.

A test image that is trained on measures memory. None is left out here: which of two belongs where
is for their owner to say, so they are counted and named.

Two pictures are nearly the same if their thumbnails of 8 x 9 means agree in 61 or more of the 64
comparisons of brightness between neighbours of a row, which exposure and contrast do not change,
and differ by no more than 12 of 256 levels on average over the channels, which keeps plain grounds
of other shades and other colours apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.data.area import Pixels, area_resize

ROWS, COLUMNS = 8, 9
MOST_BITS = 3  # of 64 that may differ
MOST_LEVELS = 12  # of 256, on average, by which nearly the same thumbnails may differ
BLOCK = 256  # images that are compared with all others at once
NAMED = 20  # pairs that are named


@dataclass(frozen=True)
class Thumbnails:
    """What pictures are recognized by.

    Attributes:
        levels: means of each channel, [n, 72 * channels].
        bits: whether each is brighter than its right neighbour, [n], 64 bits.
    """

    levels: Pixels
    bits: NDArray[np.uint64]


@dataclass(frozen=True)
class Twins:
    """Images of one split that occur in another.

    Attributes:
        same_bytes, same_pixels, alike: how many, each counted once, in the first that holds.
        pairs: rows of some: of this split and of the other, and what they have in common.
    """

    same_bytes: int
    same_pixels: int
    alike: int
    pairs: tuple[tuple[int, int, str], ...]


def thumbnails(images: Pixels) -> Thumbnails:
    """Return the thumbnails of prepared images.

    Args:
        images: [n, channels, height, width].
    """
    blocks = [images[start : start + BLOCK] for start in range(0, len(images), BLOCK)]
    levels = np.concatenate([_small(block) for block in blocks])
    shades = np.concatenate([_small(_grey(block)) for block in blocks])
    brighter = shades[..., :-1] > shades[..., 1:]
    packed = np.ascontiguousarray(np.packbits(brighter.reshape(len(images), -1), axis=1))
    return Thumbnails(levels.reshape(len(images), -1), packed.view(np.uint64).reshape(-1))


def _grey(images: Pixels) -> Pixels:
    """Return the means of the channels, rounded down, [n, 1, height, width]."""
    sums = images.sum(axis=1, keepdims=True, dtype=np.uint16)
    means: Pixels = (sums // np.uint16(images.shape[1])).astype(np.uint8)
    return means


def _small(images: Pixels) -> Pixels:
    """Return [n, channels, 8, 9]: every channel of a block is one of a single image."""
    n, channels, height, width = images.shape
    stacked = images.reshape(n * channels, height, width).transpose(1, 2, 0)
    small = area_resize(stacked, ROWS, COLUMNS).transpose(2, 0, 1)
    return small.reshape(n, channels, ROWS, COLUMNS)


def twins(
    rows: Sequence[int],
    among: Sequence[int],
    digests: Sequence[str],
    pixels: Sequence[bytes],
    seen: Thumbnails,
) -> Twins:
    """Return which images occur among others.

    Args:
        rows: of the images looked for.
        among: rows of those where they are looked for.
        digests: of the encoded content of every image.
        pixels: of every image, or digests of them.
        seen: thumbnails of every image.
    """
    counts = {"bytes": 0, "pixels": 0, "picture": 0}
    pairs: list[tuple[int, int, str]] = []
    by_content = {digests[row]: row for row in reversed(among)}
    by_pixels = {pixels[row]: row for row in reversed(among)}
    nearest = _alike(rows, among, seen)
    for row in rows:
        same = by_content.get(digests[row]), by_pixels.get(pixels[row]), nearest.get(row)
        for what, other in zip(counts, same, strict=True):
            if other is not None:
                counts[what] += 1
                pairs.append((row, other, what))
                break
    order = {what: place for place, what in enumerate(counts)}
    pairs.sort(key=lambda pair: (order[pair[2]], pair))
    return Twins(counts["bytes"], counts["pixels"], counts["picture"], tuple(pairs[:NAMED]))


def _alike(rows: Sequence[int], among: Sequence[int], seen: Thumbnails) -> dict[int, int]:
    """Return for each image that is nearly the same as another the first such one."""
    found: dict[int, int] = {}
    others, most_sum = np.array(among, np.intp), MOST_LEVELS * seen.levels.shape[1]
    for start in range(0, len(rows), BLOCK):
        block = np.array(rows[start : start + BLOCK], np.intp)
        differing = np.bitwise_count(seen.bits[block][:, None] ^ seen.bits[others][None])
        for row, bits in zip(block.tolist(), differing, strict=True):
            candidates = others[bits <= MOST_BITS]
            near = candidates[_differences(seen.levels[row], seen.levels[candidates]) <= most_sum]
            if len(near):
                found[row] = int(near[0])
    return found


def _differences(one: Pixels, others: Pixels) -> NDArray[np.int32]:
    """Return the sums of the differences of all levels, [n]."""
    sums: NDArray[np.int32] = np.abs(others.astype(np.int16) - one).sum(axis=1, dtype=np.int32)
    return sums
