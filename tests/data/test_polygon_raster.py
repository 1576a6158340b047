"""The fast raster against the drawing rule written out edge by edge in Python integers."""

import math
import random

import pytest
import torch

from glorot_sweep.data.polygon_raster import MAX_SIZE, fill_polygons, spans


def quotient_toward_zero(a: int, b: int) -> int:
    """C's integer division."""
    return abs(a) // b if a >= 0 else -(abs(a) // b)


def filled_pixels(points: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the (row, column) pairs of the authors' drawing rule, by even-odd pairing."""
    rows = [y for _, y in points]
    low, high = min(rows), max(rows)
    edges = list(zip(points, points[1:] + points[:1], strict=True))
    if low == high:
        columns = [x for x, _ in points]
        return {(low, x) for x in range(min(columns), max(columns) + 1)}
    pixels = set()
    for y in range(low, high + 1):
        crossings = []
        for a, b in edges:
            (x1, y1), (x2, y2) = sorted((a, b), key=lambda point: point[1])
            if y1 < y2 and (y1 <= y < y2 or (y == high and y2 == high)):
                crossings.append(x1 + quotient_toward_zero((y - y1) * (x2 - x1), y2 - y1))
        crossings.sort()
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            pixels |= {(y, x) for x in range(left, right + 1)}
    for (x1, y1), (x2, y2) in edges:
        if y1 == y2 and low < y1 < high:
            pixels |= {(y1, x) for x in range(min(x1, x2), max(x1, x2) + 1)}
    return pixels


def random_outline(rng: random.Random, n: int, size: int) -> list[tuple[int, int]]:
    """Return a truncated, turned ellipse through n points, from needles to circles."""
    half, turn, spin = (size - 1) / 2, rng.random() * 7, rng.random() * 7
    a, b = rng.random() * half, rng.random() ** 3 * half
    angles = [turn + 2 * math.pi * t / n for t in range(n)]
    flat = [(a * math.cos(t), b * math.sin(t)) for t in angles]
    return [
        (
            int(half + x * math.cos(spin) - y * math.sin(spin)),
            int(half + x * math.sin(spin) + y * math.cos(spin)),
        )
        for x, y in flat
    ]


def columns_and_rows(outlines: list[list[tuple[int, int]]]) -> tuple[torch.Tensor, torch.Tensor]:
    points = torch.tensor(outlines)
    return points[:, :, 0].T, points[:, :, 1].T


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "size", "count"), [(3, 32, 150), (4, 32, 150), (20, 32, 250), (30, 64, 60), (5, 255, 8)]
)
def test_equals_the_rule_pixel_for_pixel(n: int, size: int, count: int) -> None:
    rng = random.Random(f"{n} {size}")
    outlines = [random_outline(rng, n, size) for _ in range(count)]
    masks = fill_polygons(*columns_and_rows(outlines), size)
    assert masks.dtype == torch.uint8
    for outline, mask in zip(outlines, masks, strict=True):
        expected = torch.zeros(size, size, dtype=torch.uint8)
        for row, column in filled_pixels(outline):
            expected[row, column] = 255
        assert torch.equal(mask, expected), outline


def test_every_small_triangle() -> None:
    corners = [(x, y) for x in range(4) for y in range(4)]
    outlines = [[a, b, c] for a in corners for b in corners for c in corners]
    masks = fill_polygons(*columns_and_rows(outlines), 4)
    for outline, mask in zip(outlines, masks, strict=True):
        assert {tuple(p) for p in mask.nonzero().tolist()} == filled_pixels(outline), outline


def test_repeated_vertices_change_nothing() -> None:
    rng = random.Random(0)
    outlines = [random_outline(rng, 5, 32) for _ in range(100)]
    repeated = [[*outline, outline[-1], outline[-1]] for outline in outlines]
    expected = fill_polygons(*columns_and_rows(outlines), 32)
    assert torch.equal(fill_polygons(*columns_and_rows(repeated), 32), expected)


def test_vertices_are_truncated() -> None:
    x, y = torch.tensor([[1.9], [4.99], [1.0]]), torch.tensor([[0.5], [0.0], [5.999]])
    assert torch.equal(fill_polygons(x, y, 6), fill_polygons(x.trunc(), y.trunc(), 6))


def test_empty_rows_are_marked() -> None:
    left, right = spans(torch.tensor([[1], [2], [1]]), torch.tensor([[1], [1], [2]]), 4)
    assert left.T.tolist() == [[4, 1, 1, 4]]
    assert right.T.tolist() == [[-1, 2, 1, -1]]


def test_no_polygons() -> None:
    nothing = torch.zeros(3, 0)
    assert fill_polygons(nothing, nothing, 8).shape == (0, 8, 8)


@pytest.mark.parametrize("size", [0, MAX_SIZE + 1])
def test_refuses_a_size_out_of_range(size: int) -> None:
    with pytest.raises(ValueError, match=rf"size must lie in 1 ... {MAX_SIZE}; got {size}"):
        fill_polygons(torch.zeros(3, 1), torch.zeros(3, 1), size)


@pytest.mark.parametrize("column", [-1, 8])
def test_refuses_vertices_outside_the_picture(column: int) -> None:
    x = torch.tensor([[1], [2], [column]])
    with pytest.raises(ValueError, match=r"columns of vertices must lie in 0 ... 7; got"):
        fill_polygons(x, torch.zeros_like(x), 8)
    with pytest.raises(ValueError, match=r"rows of vertices must lie in 0 ... 7; got"):
        fill_polygons(torch.zeros_like(x), x, 8)
