"""The steppers that the tests of pack invariance and of agreement with autograd are held to."""

import pytest

from glorot_sweep.engine.engines import STEPPERS, TORCH

EACH_STEPPER = pytest.mark.parametrize("engine", STEPPERS)

IN_DOUBLE = pytest.mark.parametrize("engine", [TORCH])
"""Those that can train in double precision."""
