"""Filled polygons without anti-aliasing, pixel for pixel as the authors drew them.

The authors drew Shapeset with the pygame of their time, so its rule is the specification: vertices
are integers; a row y crosses an edge when y1 <= y < y2, the polygon's last row also crosses the
edges that end there; a crossing lies at x1 + trunc((y - y1) * (x2 - x1) / (y2 - y1)); sorted
crossings are filled in pairs, both ends included; level edges strictly between first and last row
are drawn as well. (pygame 2.6.1 places crossings differently; the authors' images obey this rule.)

A convex outline falls once and rises once, and truncating its vertices keeps both sides monotone
in y (though not the figure convex). So every row has exactly two crossings, what level edges add
touches them, and a row is one span from the smallest to the largest x: no sorting is needed.
"""

import functools

import torch
from torch import Tensor

MAX_SIZE = 255  # coordinates stay small enough for exact float32 crossings
_FAR = 65536.0  # beyond every coordinate and crossing: marks "this edge does not cross this row"


def spans(x: Tensor, y: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return the first and last filled column of every row of every polygon.

    Args:
        x: integer columns of the vertices in 0 ... size - 1, any dtype [n_vertices, n_polygons].
            Along a closed outline y may rise once and fall once (true of convex figures whose
            vertices were truncated); a repeated vertex is harmless.
        y: integer rows of the vertices, as `x`.
        size: number of rows and columns, at most 255.

    Returns:
        Two int32 tensors [size, n_polygons]: left and right, both inclusive; an empty row has
        left = size and right = -1.

    Example:
        >>> left, right = spans(torch.tensor([[0], [3], [0]]), torch.tensor([[0], [0], [2]]), 4)
        >>> left.T.tolist(), right.T.tolist()
        ([[0, 0, 0, 4]], [[3, 2, 0, -1]])
    """
    x, y = x.to(torch.float32), y.to(torch.float32)
    far_left, far_right = _crossings(x, y, size)
    filled = far_right >= 0
    right = far_right.to(torch.int32)
    left = torch.where(filled, far_left, float(size)).to(torch.int32)
    _add_level_edges(left, right, x.to(torch.int32), y.to(torch.int32))
    return left, right


def _crossings(x: Tensor, y: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return the least and the greatest crossing of each row, float32 [size, n_polygons].

    A row that no edge crosses has +_FAR and -1. Fractions are left on: the caller truncates.
    """
    slope, offset, above, below = _edge_lines(x, y)
    rows = torch.arange(size, dtype=torch.float32, device=x.device)[:, None]
    scaled = rows * _FAR
    left = torch.full((size, x.shape[1]), _FAR, dtype=torch.float32, device=x.device)
    right = torch.full_like(left, -1.0)
    cross, limit = torch.empty_like(left), torch.empty_like(left)
    # `where` is ten times slower than a minimum on a CPU, hence the arithmetic masks: outside its
    # rows an edge's crossing is pushed below -_FAR / 2, and its absolute value above _FAR / 2.
    for edge in range(x.shape[0]):
        torch.mul(rows, slope[edge], out=cross).add_(offset[edge])
        torch.minimum(cross, torch.sub(scaled, above[edge], out=limit), out=cross)
        torch.minimum(cross, torch.sub(below[edge], scaled, out=limit), out=cross)
        torch.maximum(right, cross, out=right)
        torch.minimum(left, cross.abs_(), out=left)
    return left, right


def _edge_lines(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return each edge's crossing as a line, and its rows as scaled limits.

    The crossing is floor(slope * row + offset). Truncation toward zero of q = a / b, b = y2 - y1,
    is floor(q) for a rising line and ceil(q) = floor(q + 1 - 1/b) for a falling one. All values
    are multiples of 1/b, so shifting them by half of that keeps every rounding error harmless.
    """
    x_next, y_next = x.roll(-1, 0), y.roll(-1, 0)
    first, end = torch.minimum(y, y_next), torch.maximum(y, y_next)
    height = (end - first).clamp_(min=1.0)
    slope = (x_next - x) * (y_next - y).sign() / height
    offset = torch.where(y < y_next, x, x_next) - first * slope
    half = 0.5 / height
    offset += torch.where(slope < 0, 1.0 - half, half)
    # An edge may also count in the row where it ends: it meets there the vertex at which the next
    # edge, or a level one, begins. A level edge itself crosses nothing.
    last = torch.where(end == first, -float(MAX_SIZE), end)
    return slope, offset, (first - 0.5) * _FAR, (last + 0.5) * _FAR


def _add_level_edges(left: Tensor, right: Tensor, x: Tensor, y: Tensor) -> None:
    """Widen spans, in place, by the level edges that pygame draws after filling."""
    x_next, top, bottom = x.roll(-1, 0), y.amin(0), y.amax(0)
    inner = (y > top) & (y < bottom) & (x != x_next)
    level = (y == y.roll(-1, 0)) & (inner | (top == bottom))  # a flat polygon is its one row
    edge, polygon = level.nonzero(as_tuple=True)
    target = y[edge, polygon].to(torch.int64) * y.shape[1] + polygon
    a, b = x[edge, polygon], x_next[edge, polygon]
    # Least and greatest do not depend on the order of the writes: the same on every device.
    left.view(-1).scatter_reduce_(0, target, torch.minimum(a, b), "amin")
    right.view(-1).scatter_reduce_(0, target, torch.maximum(a, b), "amax")


@functools.cache
def _row_masks(size: int) -> Tensor:
    """Return the row of each span: uint8 [(size + 1) ** 2, size], 255 inside, 0 outside."""
    bounds = torch.arange(size + 1)
    columns = torch.arange(size)
    inside = (columns >= bounds[:, None, None]) & (columns < bounds[None, :, None])
    return (inside.to(torch.uint8) * 255).view(-1, size)


def span_codes(left: Tensor, right: Tensor) -> Tensor:
    """Return one number per row that names its span, for `masks_of_codes`.

    Args:
        left: int32 [size, n_polygons], from `spans`.
        right: as `left`.

    Returns:
        int32 [n_polygons, size].
    """
    size = left.shape[0]
    return (left * (size + 1)).add_(right).add_(1).T.contiguous()


def masks_of_codes(codes: Tensor, out: Tensor) -> None:
    """Write the filled pixels: 255 inside, 0 outside.

    Args:
        codes: int32 [n_polygons, size], from `span_codes`.
        out: uint8 of size n_polygons * size * size, contiguous (polygon, row, column).
    """
    size = codes.shape[1]
    table = _row_masks(size).to(codes.device)
    torch.index_select(table, 0, codes.reshape(-1), out=out.view(-1, size))


def fill_polygons(x: Tensor, y: Tensor, size: int) -> Tensor:
    """Return the pixels inside each polygon, by the authors' drawing rule.

    Args:
        x: columns [n_vertices, n_polygons], truncated toward zero; see `spans` for what shapes
            are allowed.
        y: rows, as `x`.
        size: height and width of the picture in pixels, at most 255.

    Returns:
        uint8 [n_polygons, size, size] (row, column), 255 inside, 0 outside.

    Raises:
        ValueError: if the size is out of range or a vertex lies outside the picture.

    Example:
        >>> square = fill_polygons(torch.tensor([[1], [2], [2], [1]]),
        ...                        torch.tensor([[0], [0], [2], [2]]), 4)
        >>> (square[0] // 255).tolist()
        [[0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    """
    if not 1 <= size <= MAX_SIZE:
        raise ValueError(f"size must lie in 1 ... {MAX_SIZE}; got {size}")
    x, y = x.trunc(), y.trunc()
    for name, values in (("columns", x), ("rows", y)):
        if values.numel() and not (values.amin() >= 0 and values.amax() < size):
            raise ValueError(
                f"{name} of vertices must lie in 0 ... {size - 1}; "
                f"got {values.amin().item()} ... {values.amax().item()}"
            )
    masks = torch.empty(x.shape[1], size, size, dtype=torch.uint8, device=x.device)
    masks_of_codes(span_codes(*spans(x, y, size)), out=masks)
    return masks
