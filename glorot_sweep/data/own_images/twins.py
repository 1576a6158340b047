"""Images that occur in two splits: the same bytes, the same pixels, or nearly the same picture.

A test image that is trained on measures memory. None is left out here: which of two belongs where
is for their owner to say, so they are counted and named.

Two pictures are nearly the same if their thumbnails of 8 x 9 grey means agree in 61 or more of the
64 comparisons between neighbours of a row, which brightness and contrast do not change, and differ
by no more than 12 grey levels on average, which keeps plain grounds apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.data.area import Pixels, area_resize

ROWS, COLUMNS = 8, 9
MOST_BITS = 3  # of 64 that may differ
MOST_LEVELS = 12  # of 256, on average, by which nearly the same thumbnails may differ
MOST_SUM = MOST_LEVELS * ROWS * COLUMNS
BLOCK = 256  # images that are compared with all others at once
NAMED = 20  # pairs that are named


@dataclass(frozen=True)
class Thumbnails:
    """What pictures are recognized by.

    Attributes:
        levels: grey means, [n, 72].
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
    small = [_small(images[start : start + BLOCK]) for start in range(0, len(images), BLOCK)]
    levels = np.concatenate(small)
    brighter = levels[..., :-1] > levels[..., 1:]
    packed = np.ascontiguousarray(np.packbits(brighter.reshape(len(images), -1), axis=1))
    return Thumbnails(levels.reshape(len(images), -1), packed.view(np.uint64).reshape(-1))


def _small(images: Pixels) -> Pixels:
    """Return grey thumbnails, [n, 8, 9]: the images of a block are the channels of one."""
    grey = (images.sum(axis=1, dtype=np.uint16) // np.uint16(images.shape[1])).astype(np.uint8)
    return area_resize(grey.transpose(1, 2, 0), ROWS, COLUMNS).transpose(2, 0, 1)


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
    others = np.array(among, np.intp)
    for start in range(0, len(rows), BLOCK):
        block = np.array(rows[start : start + BLOCK], np.intp)
        differing = np.bitwise_count(seen.bits[block][:, None] ^ seen.bits[others][None])
        for row, bits in zip(block.tolist(), differing, strict=True):
            candidates = others[bits <= MOST_BITS]
            near = candidates[_differences(seen.levels[row], seen.levels[candidates]) <= MOST_SUM]
            if len(near):
                found[row] = int(near[0])
    return found


def _differences(one: Pixels, others: Pixels) -> NDArray[np.int32]:
    """Return the sums of the differences of all levels, [n]."""
    sums: NDArray[np.int32] = np.abs(others.astype(np.int16) - one).sum(axis=1, dtype=np.int32)
    return sums
