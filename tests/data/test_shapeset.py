"""The generator against a slow double: one image at a time, Python floats, pixel by pixel."""

import hashlib
import math
from fractions import Fraction

import pytest
import torch

from glorot_sweep.data.shapeset import (
    CLASS_NAMES,
    CLASS_PROBABILITIES,
    N_CLASSES,
    generate,
)

WORD = 2**64
Point = tuple[float, float]


def mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % WORD
    return z ^ (z >> 31)


class Draws:
    """The numbered draws of one image."""

    def __init__(self, split: str, seed: int, index: int) -> None:
        code = ("train", "validation", "test").index(split)
        self.key = mixed((code << 62) + (seed << 32) + index)

    def word(self, j: int) -> int:
        return mixed((self.key + (j + 1) * 0x9E3779B97F4A7C15) % WORD)

    def below(self, n: int, j: int) -> int:
        return (self.word(j) >> 32) * n >> 32

    def uniform(self, j: int, low: float, high: float) -> float:
        return low + (self.word(j) >> 11) / 2**53 * (high - low)


def rotated(points: list[Point], angle: float) -> list[Point]:
    c, s = math.cos(angle), math.sin(angle)
    return [(x * c - y * s, x * s + y * c) for x, y in points]


class Drawn:
    """One object, made step by step as in the description of the authors' program."""

    def __init__(self, draws: Draws, which: int, place: int, size: int, sides: int) -> None:
        type_draw = (5, 8)[which]
        self.kind = draws.below(3, type_draw)
        self.n = n = (3, 4, sides)[self.kind]
        r = draws.below(255 // n, type_draw + 1)
        if r > 254 // (2 * n):
            r = min(255 - 254 // n + r, 254)
        turn = 2 * math.pi / 255 * r
        spin = 2 * math.pi / 255 * draws.below(254, type_draw + 2)
        scales = [draws.uniform(place + k, 0.2 * size, 0.8 * size) for k in (0, 1)]
        sx, sy = max(scales), min(scales)
        angles = [2 * math.pi * (t / n + 1 / (2 * n) + 1 / 4) for t in range(n)]
        points = rotated([(0.5 * math.cos(a), 0.5 * math.sin(a)) for a in angles], turn)
        points = [(sx * x, sy * y) for x, y in points]
        points = rotated(points, -math.atan(sy / sx * math.tan(turn)))
        points = rotated(points, spin)
        self.centre = tuple(
            draws.uniform(
                place + 2 + axis,
                max(0, -(min(p[axis] for p in points) - 1)),
                min(size, size - (max(p[axis] for p in points) + 1)),
            )
            for axis in (0, 1)
        )
        self.points = [(x + self.centre[0], y + self.centre[1]) for x, y in points]
        self.area = sx * sy * n * math.sin(2 * math.pi / n) / (2 * math.pi)


def hides_too_much(first: Drawn, second: Drawn) -> bool:
    x1, y1 = int(first.centre[0]), int(first.centre[1])
    x2, y2 = second.centre
    d = math.hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / d, (y2 - y1) / d
    p = max((x - x1) * ux + (y - y1) * uy for x, y in first.points)
    p += max((x2 - x) * ux + (y2 - y) * uy for x, y in second.points)
    if p < d:
        return False
    return second.area * (1 - math.exp(-(p - d) * math.log(2) / d)) / first.area > 0.5


def row_crossings(corners: list[tuple[int, int]], y: int) -> list[int]:
    last = max(b for _, b in corners)
    found = []
    for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
        top, bottom = sorted((a, b), key=lambda corner: corner[1])
        if top[1] == bottom[1]:
            found += [a[0], b[0]] if a[1] == y and min(v for _, v in corners) < y < last else []
        elif top[1] <= y < bottom[1] or y == bottom[1] == last:
            found.append(
                top[0] + int(Fraction((y - top[1]) * (bottom[0] - top[0]), bottom[1] - top[1]))
            )
    return found


def painted(picture: list[list[int]], drawn: Drawn, grey: int) -> None:
    corners = [(int(x), int(y)) for x, y in drawn.points]
    for y, row in enumerate(picture):
        crossings = row_crossings(corners, y)
        for x in range(len(row)):
            if crossings and min(crossings) <= x <= max(crossings):
                row[x] = grey


def slow_image(
    split: str, seed: int, index: int, size: int, sides: int = 20, single: bool = False
) -> tuple[list[list[int]], int, int]:
    """Return picture, class and the number of rejections."""
    draws = Draws(split, seed, index)
    pair, bright = draws.below(2, 0), draws.below(2, 1)
    greys = [
        140 + draws.below(116, 2 + k) if (k == 0) == bool(bright) else draws.below(115, 2 + k)
        for k in range(3)
    ]
    first = Drawn(draws, 0, 11, size, sides)
    picture = [[greys[0]] * size for _ in range(size)]
    painted(picture, first, greys[1])
    if single or not pair:
        return picture, first.kind, 0
    for attempt in range(50):
        second = Drawn(draws, 1, 15 + 4 * attempt, size, sides)
        if not hides_too_much(first, second):
            painted(picture, second, greys[2])
            kinds = tuple(sorted((first.kind, second.kind)))
            pairs = {(0, 0): 6, (1, 1): 7, (2, 2): 8, (0, 1): 3, (1, 2): 4, (0, 2): 5}
            return picture, pairs[kinds], attempt
    return picture, first.kind, 50


@pytest.mark.slow
@pytest.mark.parametrize(
    ("split", "seed", "first", "count", "size", "sides"),
    [
        ("train", 0, 0, 150, 32, 20),
        ("validation", 2**30 - 1, 2**32 - 40, 40, 32, 20),
        ("test", 12345, 77, 40, 64, 30),
        ("train", 5, 0, 60, 10, 20),
        ("train", 6, 0, 5, 200, 20),
    ],
)
def test_equals_the_slow_double(
    split: str, seed: int, first: int, count: int, size: int, sides: int
) -> None:
    images, labels = generate(split, seed, first, count, size=size, ellipse_vertices=sides)
    for k in range(count):
        picture, label, _ = slow_image(split, seed, first + k, size, sides)
        assert labels[k] == label, k
        assert images[k].view(size, size).tolist() == picture, k


def test_one_object_alone_equals_the_slow_double() -> None:
    images, labels = generate("test", 9, 50, 100, single=True)
    for k in range(100):
        picture, label, _ = slow_image("test", 9, 50 + k, 32, single=True)
        assert labels[k] == label, k
        assert images[k].view(32, 32).tolist() == picture, k


def test_an_image_of_one_object_is_the_same_with_and_without_pairs_beside_it() -> None:
    images, labels = generate("train", 8, 0, 2000)
    alone, kinds = generate("train", 8, 0, 2000, single=True)
    one = labels < 3
    assert 900 < int(one.sum()) < 1100  # half of them, 4.5 standard deviations
    assert torch.equal(images[one], alone[one])
    assert torch.equal(labels[one], kinds[one])
    assert not (images[~one] == alone[~one]).all(1).any()
    # Each type 2000 / 3 times, within 4.5 standard deviations of a binomial.
    assert all(abs(count - 2000 / 3) < 95 for count in torch.bincount(kinds, minlength=3).tolist())
    assert int(kinds.max()) == 2


@pytest.mark.slow
def test_equals_the_slow_double_after_many_rejections() -> None:
    hard = {}
    for index in range(3000):  # rejections are decided without painting: keep this cheap
        draws = Draws("train", 3, index)
        if draws.below(2, 0):
            first = Drawn(draws, 0, 11, 32, 20)
            seconds = (Drawn(draws, 1, 15 + 4 * k, 32, 20) for k in range(50))
            hard[index] = next((k for k, s in enumerate(seconds) if not hides_too_much(first, s)))
    hardest = sorted(hard, key=hard.__getitem__)[-10:]
    assert hard[hardest[0]] >= 5
    images, labels = generate("train", 3, 0, 3000)
    for index in hardest:
        picture, label, _ = slow_image("train", 3, index, 32)
        assert labels[index] == label
        assert images[index].view(32, 32).tolist() == picture


def test_golden_digest() -> None:
    """The stream is part of every result: a new digest means results no longer reproduce."""
    images, labels = generate("train", 2010, 0, 1000)
    digest = hashlib.sha256(images.numpy().tobytes() + labels.numpy().tobytes()).hexdigest()
    assert digest == "4b6a6c4454a90eaca5941b2790c4b9145523d6b1e12980fd9fdcc430baf39aac"


@pytest.mark.slow
@pytest.mark.parametrize("size", [32, 64])
def test_a_chunk_is_a_slice(size: int) -> None:
    images, labels = generate("train", 8, 0, 3000, size=size)
    assert images.shape == (3000, size * size)
    assert images.dtype == torch.uint8
    assert labels.shape == (3000,)
    assert labels.dtype == torch.int64
    for first, count in ((0, 1), (1, 9), (137, 10), (10, 2500), (2999, 1), (2500, 0)):
        part, part_labels = generate("train", 8, first, count, size=size)
        assert torch.equal(part, images[first : first + count])
        assert torch.equal(part_labels, labels[first : first + count])


def test_a_chunk_across_layout_blocks_is_a_slice() -> None:
    images, labels = generate("train", 8, 16_000, 800)
    whole, whole_labels = generate("train", 8, 0, 16_800)
    assert torch.equal(images, whole[16_000:])
    assert torch.equal(labels, whole_labels[16_000:])


def test_splits_and_seeds_share_no_image() -> None:
    streams = [("train", 0), ("train", 1), ("validation", 0), ("test", 0)]
    seen = [set(map(bytes, generate(split, seed, 0, 500)[0].numpy())) for split, seed in streams]
    assert all(len(images) == 500 for images in seen)
    assert len(set().union(*seen)) == 2000


def test_class_frequencies() -> None:
    n = 30_000
    labels = torch.cat([generate("train", seed, 0, n // 3)[1] for seed in range(3)])
    counts = torch.bincount(labels, minlength=N_CLASSES)
    for count, p in zip(counts.tolist(), CLASS_PROBABILITIES, strict=True):
        # 4.5 standard deviations of a binomial: 6e-5 over the nine classes.
        assert abs(count - n * p) < 4.5 * math.sqrt(n * p * (1 - p))


def test_pixel_statistics_of_the_fact_sheet() -> None:
    pixels = generate("test", 0, 0, 10_000)[0] / 255
    # Mean 0.50, pooled standard deviation 0.305; image means have a std below 0.3.
    assert abs(pixels.mean().item() - 0.5) < 5 * 0.3 / math.sqrt(10_000)
    assert abs(pixels.std().item() - 0.305) < 0.002


@pytest.mark.slow
def test_grey_levels_and_border() -> None:
    images = generate("train", 4, 0, 10_000)[0].view(-1, 32, 32)
    background = images[:, 0, 0]
    for edge in (images[:, 0], images[:, :, 0], images[:, :, 31], images[:, 31]):
        assert (edge == background[:, None]).all()  # one pixel of border
    dark = background < 128
    assert set(background.tolist()) == {*range(115), *range(140, 256)}
    objects = images[images != background[:, None, None]]
    bright_object = dark[:, None, None].expand_as(images)[images != background[:, None, None]]
    assert set(objects[bright_object].tolist()) == set(range(140, 256))
    assert set(objects[~bright_object].tolist()) == set(range(115))


def test_constants() -> None:
    assert len(CLASS_NAMES) == len(CLASS_PROBABILITIES) == N_CLASSES == 9
    assert sum(CLASS_PROBABILITIES) == pytest.approx(1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"count": -1}, "count must not be negative; got -1"),
        ({"seed": 2**30}, r"seed must lie in \[0, 2\*\*30\); got 1073741824"),
        ({"first": 2**32}, "image indices must lie in"),
        ({"split": "dev"}, "split must be one of train, validation, test; got 'dev'"),
        ({"size": 9}, "size must lie in 10 ... 255 pixels; got 9"),
        ({"size": 256}, "size must lie in 10 ... 255 pixels; got 256"),
        ({"ellipse_vertices": 4}, "ellipse_vertices must lie in 5 ... 127; got 4"),
        ({"ellipse_vertices": 128}, "ellipse_vertices must lie in 5 ... 127; got 128"),
    ],
)
def test_refuses_bad_input(changed: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        generate(**{"split": "train", "seed": 0, "first": 0, "count": 2, **changed})


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_makes_the_same_images() -> None:
    for size in (32, 64):
        expected = generate("train", 1, 0, 20_000, size=size)
        made = generate("train", 1, 0, 20_000, size=size, device="cuda")
        assert all(torch.equal(a, b.cpu()) for a, b in zip(expected, made, strict=True))
