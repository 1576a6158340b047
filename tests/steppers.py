"""The steppers that the tests of pack invariance and of agreement with autograd are held to."""

import pytest

from glorot_sweep.engine.engines import STEPPERS
from glorot_sweep.specs import NATIVE, TORCH

EACH_STEPPER = pytest.mark.parametrize("engine", STEPPERS)

IN_DOUBLE = pytest.mark.parametrize("engine", [TORCH])
"""Those that can train in double precision."""

AT_ITS_BEST = pytest.mark.parametrize(
    ("engine", "precision"), [(TORCH, "float64"), (NATIVE, "float32")]
)
"""Each in its highest precision, for comparisons with float64."""
