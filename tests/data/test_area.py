"""The area filter against a sum over every pixel of every part, in fractions."""

from fractions import Fraction

import numpy as np
import pytest
from encoded import random_pixels

from glorot_sweep.data.area import area_resize


def shares(parts: int, length: int) -> list[list[Fraction]]:
    """How much of each pixel lies in each part."""
    size = Fraction(length, parts)
    return [
        [
            max(Fraction(0), min((part + 1) * size, i + 1) - max(part * size, i))
            for i in range(length)
        ]
        for part in range(parts)
    ]


def obvious(pixels: np.ndarray, height: int, width: int) -> list:
    rows, columns, channels = pixels.shape
    down, across = shares(height, rows), shares(width, columns)
    part = Fraction(rows * columns, height * width)
    return [
        [
            [
                int(
                    sum(
                        down[a][y] * across[b][x] * int(pixels[y, x, c])
                        for y in range(rows)
                        for x in range(columns)
                        if down[a][y] and across[b][x]
                    )
                    / part
                    + Fraction(1, 2)
                )
                for c in range(channels)
            ]
            for b in range(width)
        ]
        for a in range(height)
    ]


@pytest.mark.parametrize(
    ("shape", "height", "width"),
    [
        ((7, 9, 3), 2, 3),
        ((7, 9, 1), 7, 9),
        ((3, 2, 3), 5, 7),  # magnified
        ((1, 1, 3), 2, 2),
        ((1, 13, 1), 1, 4),
        ((8, 6, 2), 4, 3),
        ((5, 11, 3), 8, 9),
    ],
)
def test_means_over_equal_parts(shape: tuple[int, ...], height: int, width: int) -> None:
    pixels = random_pixels(sum(shape), shape)
    assert area_resize(pixels, height, width).tolist() == obvious(pixels, height, width)


def test_what_is_white_stays_white() -> None:
    """Sums of a photograph's pixels pass 2^31: 255 x 6,000 x 2,000 = 3.06e9."""
    white = np.full((6_000, 2_000, 1), 255, np.uint8)
    assert area_resize(white, 1, 1).tolist() == [[[255]]]


def test_sums_over_more_rows_than_an_int32_holds_are_no_other_numbers():
    """255 times 8,421,505 is the first above 2^31 - 1."""
    pixels = np.full((8_421_505, 1, 1), 255, np.uint8)
    pixels[0] = 0
    assert area_resize(pixels, 2, 1).ravel().tolist() == [255, 255]
