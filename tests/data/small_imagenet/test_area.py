"""The area filter against loops over pixels and cells, in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from glorot_sweep.data.small_imagenet import dataset as file_format
from glorot_sweep.data.small_imagenet.area import SIDE, area_mean


def covered(low: float, high: float, pixel: int) -> float:
    """How much of a pixel lies between two cuts."""
    return max(0.0, min(high, pixel + 1) - max(low, pixel))


def slow_area_mean(
    pixels: NDArray[np.uint8], left: float, top: float, side: float
) -> NDArray[np.float64]:
    """Each cell: sum of pixel values times covered area, over the sum of covered areas."""
    found, step = np.zeros((SIDE, SIDE)), side / SIDE
    for i in range(SIDE):
        rows = (top + i * step, top + (i + 1) * step)
        for j in range(SIDE):
            columns = (left + j * step, left + (j + 1) * step)
            total = weight = 0.0
            for y in range(int(rows[0]), min(int(rows[1]) + 1, len(pixels))):
                for x in range(int(columns[0]), min(int(columns[1]) + 1, pixels.shape[1])):
                    share = covered(*rows, y) * covered(*columns, x)
                    total, weight = total + share * float(pixels[y, x]), weight + share
            found[i, j] = total / weight
    return found


@pytest.mark.slow
@given(
    st.integers(1, 90),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 7),
    st.sampled_from([1, 2, 4, 8]),
    st.integers(0, 2**32 - 1),
)
def test_against_loops(
    side: int, left: int, top: int, spare: int, reduction: int, seed: int
) -> None:
    """Rounding moves a mean by 0.5; loops in float64 lose less than 1e-9 of 255."""
    height, width = (-(-(side + edge + spare) // reduction) for edge in (top, left))
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    found = area_mean(pixels, left, top, side, reduction)
    expected = slow_area_mean(pixels, left / reduction, top / reduction, side / reduction)
    assert found.dtype == np.uint8
    assert np.abs(found - expected).max() <= 0.5 + 1e-9


def test_halves_are_rounded_up() -> None:
    pixels = np.tile(np.array([4, 5], np.uint8), (2 * SIDE, SIDE))
    assert (area_mean(pixels, 0, 0, 2 * SIDE) == 5).all()


def test_one_pixel_fills_the_square() -> None:
    assert (area_mean(np.full((1, 1), 77, np.uint8), 0, 0, 1) == 77).all()


@pytest.mark.parametrize("side", [37, 3001])  # 255 x 3001^2 does not fit into 32 bits
def test_white_stays_white(side: int) -> None:
    assert (area_mean(np.full((side, side), 255, np.uint8), 0, 0, side) == 255).all()


def test_the_file_holds_images_of_this_size() -> None:
    assert SIDE == file_format.SIDE
