"""From a square of pixels to 37 x 37 means over equal parts, exact in integers; see `data.area`."""

import numpy as np

from glorot_sweep.data.area import Pixels, cuts, part_sums

SIDE = 37  # Sec. 2.1; as in data.small_imagenet, which worker processes do without: it needs torch

Grey = Pixels


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
    down = cuts(SIDE, top, side, len(pixels), reduction)
    rows = part_sums(pixels[:, first:last], down)
    columns = np.ascontiguousarray(rows.T).astype(np.int64)  # 255 x side^2 may pass 2^31
    across = cuts(SIDE, left - first * reduction, side, len(columns), reduction)
    total = part_sums(columns, across).T
    area = side * side
    return ((2 * total + area) // (2 * area)).astype(np.uint8)
