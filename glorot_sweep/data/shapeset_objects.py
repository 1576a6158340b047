"""Objects of Shapeset-3x2: which figures there are, where they may lie, what they may hide.

The distribution is that of the authors' public generator. An object is a pose: a figure (its type
and first rotation, 160 of them), a 2 x 2 matrix and a shift. Arrays hold the objects last:
[n_vertices, n] and so on. Everything uses operations on which CPUs and GPUs agree to the last bit:
no fused products, sines and cosines from tables of correctly rounded values, roots and powers from
`same_bits`.
"""

import functools
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from glorot_sweep.data.angles import at_angle
from glorot_sweep.data.counter_random import integers_below, uniforms
from glorot_sweep.data.same_bits import power_of_half, square_root

N_TYPES = 3  # 0 triangle, 1 parallelogram, 2 ellipse
MIN_SIZE = 10  # pixels: 0.8 x size plus a border of one pixel on both sides must fit

# The authors' settings: angles are multiples of 2 pi / 255, scales lie in [0.2, 0.8] x size.
_ANGLES = 255
_SPINS = 254  # indices 0 ... 253 of the final rotation
_SCALE_LOW, _SCALE_SPAN = 0.2, 0.6
_MAX_COVER = 0.5
_ATTEMPTS = 50  # rejected so often, the second object is left out
# Objects handled at once on a CPU: 20 vertices each stay below the 32,768 elements from which on
# torch wakes its threads, which costs more than it gains, most of all on a busy machine.
LAYOUT_STEP = 1600


@dataclass(frozen=True)
class Figures:
    """Everything discrete about objects, tabulated once."""

    n_vertices: tuple[int, ...]  # by type
    vertex: Tensor  # [n_figures, 2, most vertices] after the first rotation, last one repeated
    tangent: Tensor  # [n_figures] of the first rotation
    first: Tensor  # [3] first figure of each type
    choices: Tensor  # [3] number of figures of each type
    area: Tensor  # [3] area of the base figure, in its own unit
    cosine: Tensor  # [255]
    sine: Tensor  # [255]


@functools.cache
def tabulate_figures(ellipse_vertices: int, device: torch.device) -> Figures:
    """Return the tables for ellipses drawn as polygons of that many sides."""
    sides = (3, 4, ellipse_vertices)
    turns = [_first_turns(n) for n in sides]
    angles = [[2 * math.pi * r / _ANGLES for r in of_type] for of_type in turns]
    corners = [_turned(n, a, sides[-1]) for n, of in zip(sides, angles, strict=True) for a in of]
    circle = [at_angle(2 * math.pi * k / _ANGLES) for k in range(_ANGLES)]

    def table(values: object, dtype: torch.dtype = torch.float64) -> Tensor:
        return torch.tensor(values, dtype=dtype, device=device)

    return Figures(
        n_vertices=sides,
        vertex=table(corners),
        tangent=table([at_angle(a).tangent for of_type in angles for a in of_type]),
        first=table([sum(map(len, turns[:t])) for t in range(N_TYPES)], torch.int64),
        choices=table([len(t) for t in turns], torch.int64),
        area=table([n * at_angle(2 * math.pi / n).sine / (2 * math.pi) for n in sides]),
        cosine=table([a.cosine for a in circle]),
        sine=table([a.sine for a in circle]),
    )


def _first_turns(n: int) -> list[int]:
    """Return the first rotations of an n-gon as angle indices: about -pi/n ... pi/n."""
    half, sector = (_ANGLES - 1) // (2 * n), (_ANGLES - 1) // n
    return [r if r <= half else min(_ANGLES - sector + r, _ANGLES - 1) for r in range(_ANGLES // n)]


def _turned(n: int, angle: float, length: int) -> list[list[float]]:
    """Return x and y of a regular n-gon of radius 1/2, level at the bottom, then turned."""
    base = [2 * math.pi * (t / n + 1 / (2 * n) + 1 / 4) + angle for t in range(n)]
    base += base[-1:] * (length - n)
    turned = [at_angle(a) for a in base]
    return [[0.5 * a.cosine for a in turned], [0.5 * a.sine for a in turned]]


def _reach(vertex: Tensor, along_x: Tensor, along_y: Tensor) -> Tensor:
    """Return the projections of figures on directions: [n_vertices, n], vertex [2, V, n]."""
    return (vertex[0] * along_x).add_(vertex[1] * along_y)


@dataclass
class Poses:
    """Objects on the canvas: vertex v lies at (xx vx + xy vy + x, yx vx + yy vy + y).

    Attributes:
        kind: type 0 ... 2, int64 [n].
        figure: row of `Figures.vertex`, int64 [n].
        numbers: xx, xy, yx, yy, x, y, area in pixels: float64 [7, n].
    """

    kind: Tensor
    figure: Tensor
    numbers: Tensor

    def __getitem__(self, which: Tensor) -> "Poses":
        return Poses(self.kind[which], self.figure[which], self.numbers.index_select(1, which))

    def vertices(self, figures: Figures, n_vertices: int | None = None) -> Tensor:
        """Return base vertices [2, n_vertices, n] (x and y)."""
        rows = figures.vertex[:, :, :n_vertices].flatten(1).index_select(0, self.figure)
        return rows.T.contiguous().view(2, rows.shape[1] // 2, len(rows))

    def outline(self, figures: Figures, n_vertices: int) -> tuple[Tensor, Tensor]:
        """Return x and y of the vertices in pixels, [n_vertices, n] each."""
        base = self.vertices(figures, n_vertices)
        xx, xy, yx, yy, x, y, _ = self.numbers
        return _reach(base, xx, xy).add_(x), _reach(base, yx, yy).add_(y)


@dataclass
class Shapes:
    """What a rejection does not redraw, [n] each: the keys, type, figure and final rotation."""

    keys: Tensor
    kind: Tensor
    figure: Tensor
    spin: Tensor

    def __getitem__(self, which: Tensor) -> "Shapes":
        return Shapes(self.keys[which], self.kind[which], self.figure[which], self.spin[which])


def draw_shapes(
    figures: Figures, keys: Tensor, type_draw: int, turn_draw: int, spin_draw: int
) -> Shapes:
    """Draw type and rotations of one object per image.

    Args:
        figures: from `tabulate_figures`.
        keys: int64 [n], from `stream_keys`.
        type_draw: which draw of the image decides the type.
        turn_draw: which one decides the first rotation.
        spin_draw: which one decides the final rotation.
    """
    kind = integers_below(N_TYPES, keys, type_draw)
    turn = integers_below(figures.choices[kind], keys, turn_draw)
    spin = integers_below(_SPINS, keys, spin_draw)
    return Shapes(keys, kind, turn.add_(figures.first[kind]), spin)


def place(figures: Figures, shapes: Shapes, draw: int | Tensor, size: int) -> Poses:
    """Draw scales and position of objects.

    Args:
        figures: from `tabulate_figures`.
        shapes: n objects.
        draw: first of the four draws that decide: one number or int64 [n].
        size: height and width of the picture in pixels.
    """
    keys, unit = shapes.keys, float(size)
    scales = [uniforms(keys, draw + k).mul_(_SCALE_SPAN).add_(_SCALE_LOW) * unit for k in range(2)]
    wide, high = torch.maximum(*scales), torch.minimum(*scales)
    # Turn the base edge back to level, by -arctan(slope), then turn by the final rotation.
    slope = high / wide * figures.tangent[shapes.figure]
    level = 1.0 / square_root(slope * slope + 1.0)
    cos, sin = figures.cosine[shapes.spin], figures.sine[shapes.spin]
    cos, sin = (cos + slope * sin) * level, (sin - slope * cos) * level
    x_row, y_row = (wide * cos, -(high * sin)), (wide * sin, high * cos)
    area = wide * high * figures.area[shapes.kind]
    poses = Poses(shapes.kind, shapes.figure, torch.empty(0))
    vertex = poses.vertices(figures)
    shift = [
        _position(_reach(vertex, *row), uniforms(keys, draw + 2 + k), size)
        for k, row in enumerate((x_row, y_row))
    ]
    poses.numbers = torch.stack((*x_row, *y_row, *shift, area))
    return poses


def _position(points: Tensor, uniform: Tensor, size: int) -> Tensor:
    """Return a shift that keeps the points and a border of one pixel inside the picture."""
    low = (1.0 - points.amin(0)).clamp_(min=0.0)
    high = (size - 1.0 - points.amax(0)).clamp_(max=float(size))
    return low + uniform * (high - low)


def _rejected(figures: Figures, first: Poses, second: Poses) -> Tensor:
    """Return whether the second object would hide too much of the first: bool [n].

    d is the distance of the centres, the first one's truncated; p the sum of the two figures'
    reaches along the line of centres; at p = d the figures touch, and the covered share is
    modelled as area ratio x (1 - 2 ** -((p - d) / d)).
    """
    a, b = first.numbers, second.numbers
    x1, y1 = a[4].trunc(), a[5].trunc()
    ux, uy = b[4] - x1, b[5] - y1
    d = square_root(ux * ux + uy * uy)
    ux, uy = ux / d, uy / d
    reach1 = _reach(first.vertices(figures), a[0] * ux + a[2] * uy, a[1] * ux + a[3] * uy)
    reach2 = _reach(second.vertices(figures), b[0] * ux + b[2] * uy, b[1] * ux + b[3] * uy)
    p = reach1.amax(0) + ((a[4] - x1) * ux + (a[5] - y1) * uy) - reach2.amin(0)
    cover = b[6] * (1.0 - power_of_half((p - d) / d)) / a[6]
    return (p >= d) & (cover > _MAX_COVER)


def place_seconds(
    figures: Figures, first: Poses, shapes: Shapes, draw: int, size: int
) -> tuple[Tensor, Poses]:
    """Place second objects, redrawing scales and position while they hide too much.

    The fewer objects are left, the more attempts are made at once: the earliest good one wins, so
    the result is that of one attempt after another.

    Args:
        figures: from `tabulate_figures`.
        first: the m first objects.
        shapes: the m second objects.
        draw: first draw of the first attempt; every attempt uses four.
        size: height and width of the picture in pixels.

    Returns:
        Which of the m found a place within 50 attempts, int64 [k], and their poses [k].
    """
    left = torch.arange(shapes.keys.numel(), device=shapes.keys.device)
    found, poses, done = [left[:0]], [first[left[:0]]], 0
    while done < _ATTEMPTS and left.numel():
        tries = max(1, min(_ATTEMPTS - done, LAYOUT_STEP // left.numel()))
        each = left.repeat_interleave(tries)
        attempt = torch.arange(done, done + tries, device=left.device).repeat(left.numel())
        second, good = _attempt(figures, first, shapes, each, attempt * 4 + draw, size)
        good = good.view(-1, tries)
        hit = good.any(1).nonzero().view(-1)
        best = good.to(torch.uint8).argmax(1)  # the first of equal ones
        poses.append(second[(hit * tries).add_(best[hit])])
        found.append(left[hit])
        left, done = left[(~good.any(1)).nonzero().view(-1)], done + tries
    return torch.cat(found), joined(poses)


def _attempt(
    figures: Figures, first: Poses, shapes: Shapes, each: Tensor, draws: Tensor, size: int
) -> tuple[Poses, Tensor]:
    """Place each of the chosen second objects once; return poses and which are accepted."""
    poses, good = [], []
    for some, draw in zip(cut(each, LAYOUT_STEP), cut(draws, LAYOUT_STEP), strict=True):
        poses.append(place(figures, shapes[some], draw, size))
        good.append(~_rejected(figures, first[some], poses[-1]))
    return joined(poses), torch.cat(good)


def cut(rows: Tensor, step: int) -> tuple[Tensor, ...]:
    """Return rows in pieces: of `step` on a CPU, to stay in its cache, else of 2**17."""
    return torch.split(rows, step if rows.device.type == "cpu" else 1 << 17)


def joined(poses: list[Poses]) -> Poses:
    """Return all objects of a list as one."""
    kinds, rows = [p.kind for p in poses], [p.figure for p in poses]
    return Poses(torch.cat(kinds), torch.cat(rows), torch.cat([p.numbers for p in poses], 1))
