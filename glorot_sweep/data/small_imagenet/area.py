"""Area filter: a square of pixels to 37 x 37 means over equal parts, exact in integers.

Each output cell is the mean over its share of the square, where a pixel that lies partly in a cell
counts by the covered part. (Pillow's BOX filter counts a pixel wholly or not at all, which from 64
to 37 pixels makes neighbouring cells means of one and of two.) In units of 1/37 of a pixel all cuts
lie at whole numbers, so sums are exact, and the result is the same on every machine.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SIDE = 37  # Sec. 2.1; as in data.small_imagenet, which worker processes do without: it needs torch

Grey = NDArray[np.uint8]
Integers = NDArray[np.signedinteger[Any]]


class _Cuts(NamedTuple):
    """Where an axis is cut into 37 parts; a pixel is `unit` long.

    Attributes:
        stop: pixels that are wholly left of the last cut.
        starts: pixel in which each part begins, [37].
        at: pixel in which each cut lies, [38]; the last pixel for a cut at the very end.
        into: how far each cut lies inside its pixel, [38, 1].
        weight: `unit`, or 0 for a part that begins and ends in the same pixel, [37, 1].
    """

    stop: int
    starts: NDArray[np.intp]
    at: NDArray[np.intp]
    into: NDArray[np.int32]
    weight: NDArray[np.int32]


def area_mean(pixels: Grey, left: int, top: int, side: int, reduction: int = 1) -> Grey:
    """Return the means over 37 x 37 equal parts of a square, rounded half up.

    Args:
        pixels: grey levels [height, width]; each stands for reduction x reduction pixels of the
            original image.
        left: first column of the square, in pixels of the original image.
        top: first row of the square, likewise.
        side: of the square, likewise.
        reduction: 1, 2, 4 or 8.

    Returns:
        [37, 37].

    Example:
        >>> area_mean(np.tile(np.arange(74, dtype=np.uint8), (74, 1)), 0, 0, 74)[0, :4].tolist()
        [1, 3, 5, 7]
    """
    first, last = left // reduction, -(-(left + side) // reduction)
    rows = _part_sums(pixels[:, first:last], _cuts(top, side, reduction, len(pixels)))
    columns = np.ascontiguousarray(rows.T).astype(np.int64)  # 255 x side^2 may pass 2^31
    total = _part_sums(columns, _cuts(left - first * reduction, side, reduction, len(columns))).T
    area = side * side
    return ((2 * total + area) // (2 * area)).astype(np.uint8)


def _part_sums(values: Grey | Integers, cuts: _Cuts) -> Integers:
    """Return weighted sums over the parts of the first axis, [37, ...]; weights add up to side."""
    kind = np.promote_types(values.dtype, np.int32)
    sums: Integers = np.add.reduceat(values[: cuts.stop], cuts.starts, axis=0, dtype=kind)
    sums *= cuts.weight
    left_of_cuts = values[cuts.at] * cuts.into
    sums += left_of_cuts[1:]
    sums -= left_of_cuts[:-1]
    return sums


@lru_cache(maxsize=4096)
def _cuts(first: int, side: int, reduction: int, length: int) -> _Cuts:
    unit = SIDE * reduction
    whole, into = np.divmod(SIDE * first + side * np.arange(SIDE + 1), unit)
    stop = max(int(whole[-1]), 1)
    return _Cuts(
        stop=stop,
        starts=np.minimum(whole[:-1], stop - 1),
        at=np.minimum(whole, length - 1),
        into=into.astype(np.int32)[:, None],
        weight=(unit * (np.diff(whole) > 0)).astype(np.int32)[:, None],
    )
