"""The functions of the core as arrays see them, and arguments for them."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from glorot_sweep.engine.native.forms import forms_here
from glorot_sweep.engine.native.library import load
from glorot_sweep.engine.native.networks import ACTIVATIONS

Floats = NDArray[np.float32]

U = 2.0**-24
SMALLEST_NORMAL = 2.0**-126
DUST_OF_EXP = float.fromhex("-0x1.5d589ep+6")  # exp of what lies below is made 0: under 2^-126
EXP, LOG, TANH, LOG_1_PLUS, TAIL = range(5)
FUNCTIONS = TAIL + 1 + 2 * len(ACTIVATIONS)
PIECE = 1 << 22
EACH_FORM = pytest.mark.parametrize("form", forms_here())
EACH_FORM_OF_VECTORS = pytest.mark.parametrize("form", forms_here()[:-1])

SPECIAL = np.array(
    [0.0, -0.0, 2.0**-149, -(2.0**-149), 2.0**-127, -(2.0**-127), 2.0**-100, -(2.0**-100),
     1.0, -1.0, 20.0, -20.0, 88.0, -88.0, DUST_OF_EXP,
     np.nextafter(np.float32(DUST_OF_EXP), -np.inf), -104.0, np.finfo(np.float32).min,
     np.inf, -np.inf, np.nan, -np.nan],
    np.float32,
)  # fmt: skip
"""What is no number, endless, zero of either sign, or beside a threshold."""


def core(which: int, x: Floats, form: str | None = None) -> Floats:
    """Call `gs_function`."""
    x, y = np.ascontiguousarray(x), np.empty_like(x)
    load(form).functions.gs_function(which, x.ctypes.data, y.ctypes.data, x.size)
    return y


def value_of(activation: str) -> int:
    """The number of an activation among the functions."""
    return TAIL + 1 + 2 * ACTIVATIONS.index(activation)


def slope_of(activation: str) -> int:
    """The number of its derivative."""
    return value_of(activation) + 1


def floats(low: float, high: float, stride: int) -> Iterator[Floats]:
    """Yield every `stride`-th float from `low` to `high`, both of one sign, in pieces."""
    ends = sorted(int(np.float32(end).view(np.uint32)) for end in (low, high))
    for start in range(ends[0], ends[1] + 1, stride * PIECE):
        stop = min(start + stride * PIECE, ends[1] + 1)
        yield np.arange(start, stop, stride, np.int64).astype(np.uint32).view(np.float32)


def assert_same_bits(found: Floats, expected: Floats) -> None:
    """Compare bits, of which zeros of either sign differ; what is no number is one thing."""
    both = np.isnan(found) & np.isnan(expected)
    same = both | (found.view(np.uint32) == expected.view(np.uint32))
    assert same.all(), f"{found[~same][:3]} against {expected[~same][:3]}"
