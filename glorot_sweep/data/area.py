"""Area filter: pixels to means over equal parts, exact in integers.

Each part is the mean over its share of the pixels, where a pixel that lies partly in a part counts
by the covered share. (Pillow's BOX filter counts a pixel wholly or not at all, which from 64 to 37
pixels makes neighbours means of one and of two.) In units of 1/parts of a pixel all cuts lie at
whole numbers, so sums are exact, and the result is the same on every machine.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Integers = NDArray[np.signedinteger[Any]]


class Cuts(NamedTuple):
    """Where an axis is cut into equal parts; a pixel is `unit` long.

    Attributes:
        stop: pixels that are wholly left of the last cut.
        starts: pixel in which each part begins, [parts].
        at: pixel in which each cut lies, [parts + 1]; the last pixel for a cut at the very end.
        into: how far each cut lies inside its pixel, [parts + 1, 1].
        weight: `unit`, or 0 for a part that begins and ends in the same pixel, [parts, 1].
    """

    stop: int
    starts: NDArray[np.intp]
    at: NDArray[np.intp]
    into: NDArray[np.int32]
    weight: NDArray[np.int32]


@lru_cache(maxsize=4096)
def cuts(parts: int, first: int, side: int, length: int, reduction: int = 1) -> Cuts:
    """Return where a piece of an axis is cut.

    Args:
        parts: into how many.
        first: where the piece begins, in pixels of the original image.
        side: of the piece, likewise.
        length: of the axis, in pixels that are there.
        reduction: how many pixels of the original image each of these stands for.
    """
    unit = parts * reduction
    whole, into = np.divmod(parts * first + side * np.arange(parts + 1), unit)
    stop = max(int(whole[-1]), 1)
    return Cuts(
        stop=stop,
        starts=np.minimum(whole[:-1], stop - 1),
        at=np.minimum(whole, length - 1),
        into=into.astype(np.int32)[:, None],
        weight=(unit * (np.diff(whole) > 0)).astype(np.int32)[:, None],
    )


def part_sums(values: Pixels | Integers, at: Cuts) -> Integers:
    """Return weighted sums over the parts of the first axis.

    Args:
        values: [length, n].
        at: the cuts of the first axis.

    Returns:
        [parts, n]; the weights of a part add up to the piece's side.
    """
    kind = np.promote_types(values.dtype, np.int32)
    sums: Integers = np.add.reduceat(values[: at.stop], at.starts, axis=0, dtype=kind)
    sums *= at.weight
    left_of_cuts = values[at.at] * at.into
    sums += left_of_cuts[1:]
    sums -= left_of_cuts[:-1]
    return sums


def area_resize(pixels: Pixels, height: int, width: int) -> Pixels:
    """Return the means over height x width equal parts, rounded half up.

    Args:
        pixels: [rows, columns, channels]; fewer than asked for are magnified.
        height: of the result.
        width: of the result.

    Returns:
        [height, width, channels].

    Example:
        >>> area_resize(np.arange(8, dtype=np.uint8).reshape(2, 4, 1), 1, 2)[..., 0]
        array([[3, 5]], dtype=uint8)
    """
    n_rows, n_columns, channels = pixels.shape
    if 255 * n_rows > np.iinfo(np.int32).max:
        pixels = pixels.astype(np.int64)
    rows = part_sums(pixels.reshape(n_rows, -1), cuts(height, 0, n_rows, n_rows))
    by_column = rows.reshape(height, n_columns, channels).transpose(1, 0, 2)
    columns = np.ascontiguousarray(by_column, np.int64).reshape(n_columns, -1)  # may pass 2^31
    total = part_sums(columns, cuts(width, 0, n_columns, n_columns))
    area = n_rows * n_columns
    means = ((2 * total + area) // (2 * area)).astype(np.uint8)
    return np.ascontiguousarray(means.reshape(width, height, channels).transpose(1, 0, 2))
