"""Shapeset-3x2: the paper's endless stream of images of one or two shapes (Sec. 2.1).

The distribution is that of the authors' public generator; the random numbers are our own: image i
of the stream (split, seed) is a pure function of these three, the same on CPUs and GPUs, in chunks
of any size.
"""

import torch
from torch import Tensor

from glorot_sweep.data.counter_random import integers_below, stream_keys
from glorot_sweep.data.polygon_raster import MAX_SIZE, masks_of_codes, span_codes, spans
from glorot_sweep.data.shapeset_objects import (
    LAYOUT_STEP,
    MIN_SIZE,
    N_TYPES,
    Figures,
    Poses,
    cut,
    draw_shapes,
    joined,
    place,
    place_seconds,
    tabulate_figures,
)
from glorot_sweep.data.split_names import Split

__all__ = [
    "CLASS_NAMES",
    "CLASS_PROBABILITIES",
    "N_CLASSES",
    "Split",
    "generate",
]

CLASS_NAMES = (
    "triangle",
    "parallelogram",
    "ellipse",
    "triangle+parallelogram",
    "parallelogram+ellipse",
    "triangle+ellipse",
    "two triangles",
    "two parallelograms",
    "two ellipses",
)
N_CLASSES = len(CLASS_NAMES)
CLASS_PROBABILITIES = (1 / 6, 1 / 6, 1 / 6, 1 / 9, 1 / 9, 1 / 9, 1 / 18, 1 / 18, 1 / 18)

# Class of a pair by the types of its objects: 0 triangle, 1 parallelogram, 2 ellipse.
_PAIR_CLASS = ((6, 3, 5), (3, 7, 4), (5, 4, 8))
_DARK, _BRIGHT = (0, 115), (140, 116)  # first grey level, number of grey levels

# Which draw of an image decides what. A shape takes type, first and final rotation; a place takes
# two scales and two positions, so attempt k at the second object's place starts 4 k draws later.
_PAIR_DRAW, _SIDE_DRAW = 0, 1
_GREY_DRAWS = (2, 3, 4)
_SHAPE_DRAWS = ((5, 6, 7), (8, 9, 10))
_PLACE_DRAWS = (11, 15)

MIN_SIDES, MAX_SIDES = 5, 127  # of the polygon drawn for an ellipse

# Scenes are laid out many at a time, since a round of rejections costs the same for few images as
# for hundreds; they are painted few at a time, to stay in the cache. Results do not depend on it.
_LAYOUT_BLOCK = 1 << 14
_PAINT_STEP = 1 << 11
_RASTER_STEP = 1000  # x 32 rows: below the size at which torch wakes its threads


def generate(
    split: Split,
    seed: int,
    first: int,
    count: int,
    *,
    size: int = 32,
    ellipse_vertices: int = 20,
    single: bool = False,
    device: torch.device | str = "cpu",
) -> tuple[Tensor, Tensor]:
    """Return images first ... first + count - 1 of the stream (split, seed).

    Args:
        split: "train", "validation" or "test": streams without a common image.
        seed: in [0, 2**30).
        first: index of the first image.
        count: number of images; first + count may not exceed 2**32.
        size: height and width in pixels, 10 ... 255 (the paper: 32, its Figure 1: 64).
        ellipse_vertices: sides of the polygon that is drawn for an ellipse (the authors: 20, in
            the 64 x 64 display script 30).
        single: leave the second objects out: an image of one object is the same with and without.
        device: where the images are made; it does not change them.

    Returns:
        Grey levels, uint8 [count, size * size], row after row, and classes, int64 [count], in the
        order of `CLASS_NAMES`.

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> images, labels = generate("train", 1, 0, 8)
        >>> images.shape, [CLASS_NAMES[k] for k in labels[:2]]
        (torch.Size([8, 1024]), ['parallelogram+ellipse', 'parallelogram'])
    """
    device = torch.device(device)
    _check(size, ellipse_vertices)
    figures = tabulate_figures(ellipse_vertices, device)
    keys = stream_keys(split, seed, first, count, device)
    images = torch.empty(count, size * size, dtype=torch.uint8, device=device)
    labels = torch.empty(count, dtype=torch.int64, device=device)
    pieces = (cut(values, _LAYOUT_BLOCK) for values in (keys, images, labels))
    for some_keys, some_images, some_labels in zip(*pieces, strict=True):
        _layout_and_paint(figures, some_keys, some_images, some_labels, size, single)
    return images, labels


def _check(size: int, ellipse_vertices: int) -> None:
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise ValueError(f"size must lie in {MIN_SIZE} ... {MAX_SIZE} pixels; got {size}")
    if not MIN_SIDES <= ellipse_vertices <= MAX_SIDES:
        raise ValueError(
            f"ellipse_vertices must lie in {MIN_SIDES} ... {MAX_SIDES}; got {ellipse_vertices}"
        )


def _layout_and_paint(
    figures: Figures, keys: Tensor, images: Tensor, labels: Tensor, size: int, single: bool
) -> None:
    """Write the images [n, size * size] and labels [n] of the keys [n]."""
    shapes = draw_shapes(figures, keys, *_SHAPE_DRAWS[0])
    rows = torch.arange(keys.numel(), device=keys.device)
    parts = cut(rows, LAYOUT_STEP)
    first = joined([place(figures, shapes[part], _PLACE_DRAWS[0], size) for part in parts])
    pairs = torch.zeros_like(keys) if single else integers_below(2, keys, _PAIR_DRAW)
    pair = pairs.nonzero().view(-1)
    shapes = draw_shapes(figures, keys[pair], *_SHAPE_DRAWS[1])
    found, second = place_seconds(figures, first[pair], shapes, _PLACE_DRAWS[1], size)
    pair = pair[found]
    labels.copy_(first.kind)
    labels[pair] = _pair_classes(first.kind[pair], second.kind)
    background, *greys = _grey_levels(keys)
    _paint_first(images, _span_codes(figures, first, size), background, greys[0])
    _paint_second(images, pair, _span_codes(figures, second, size), greys[1][pair])


def _pair_classes(first: Tensor, second: Tensor) -> Tensor:
    table = torch.tensor(_PAIR_CLASS, dtype=torch.int64, device=first.device)
    return table.view(-1)[first * N_TYPES + second]


def _grey_levels(keys: Tensor) -> list[Tensor]:
    """Draw the grey levels of background, first and second object, uint8 [n] each."""
    bright = integers_below(2, keys, _SIDE_DRAW)
    lowest = torch.tensor([_DARK[0], _BRIGHT[0]], device=keys.device)
    levels = torch.tensor([_DARK[1], _BRIGHT[1]], device=keys.device)
    sides = (bright, 1 - bright, 1 - bright)
    return [
        integers_below(levels[side], keys, draw).add_(lowest[side]).to(torch.uint8)
        for side, draw in zip(sides, _GREY_DRAWS, strict=True)
    ]


def _span_codes(figures: Figures, poses: Poses, size: int) -> Tensor:
    """Return the rows that the objects fill: int32 [n, size], see `masks_of_codes`."""
    n, device = poses.kind.numel(), poses.kind.device
    codes = torch.empty(n, size, dtype=torch.int32, device=device)
    for kind, n_vertices in enumerate(figures.n_vertices):
        for some in cut((poses.kind == kind).nonzero().view(-1), _RASTER_STEP):
            x, y = poses[some].outline(figures, n_vertices)
            codes[some] = span_codes(*spans(x.trunc_(), y.trunc_(), size))
    return codes


# A mask is 255 inside the object and 0 outside, so old ^ ((old ^ new) & mask) paints it. Work is
# done in place or in buffers that are used again: fresh megabytes cost more than the arithmetic.


def _paint_first(images: Tensor, codes: Tensor, background: Tensor, grey: Tensor) -> None:
    """Write images of one object each: uint8 [n, size * size], codes [n, size], levels [n]."""
    difference = background ^ grey
    pieces = (cut(values, _PAINT_STEP) for values in (images, codes, background, difference))
    for canvas, part, old, change in zip(*pieces, strict=True):
        masks_of_codes(part, out=canvas)
        canvas.bitwise_and_(change[:, None]).bitwise_xor_(old[:, None])


def _paint_second(images: Tensor, which: Tensor, codes: Tensor, grey: Tensor) -> None:
    """Paint an object over the images of rows `which` [m]: codes [m, size], levels [m]."""
    parts = list(zip(*(cut(values, _PAINT_STEP) for values in (which, codes, grey)), strict=True))
    buffers = images.new_empty(3, parts[0][0].numel(), images.shape[1])
    for rows, part, level in parts:
        canvas, masks, change = buffers[:, : rows.numel()]
        torch.index_select(images, 0, rows, out=canvas)
        masks_of_codes(part, out=masks)
        torch.bitwise_xor(canvas, level[:, None], out=change).bitwise_and_(masks)
        images.index_copy_(0, rows, canvas.bitwise_xor_(change))
