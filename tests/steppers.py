"""The steppers that the tests of pack invariance and of agreement with autograd are held to."""

import pytest

from glorot_sweep.engine.engines import STEPPERS

EACH_STEPPER = pytest.mark.parametrize("engine", STEPPERS)
