"""What fits is known beforehand, and said."""

from dataclasses import replace

import numpy as np
import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.svm import memory
from glorot_sweep.svm.classifier import KEPT_CACHE
from glorot_sweep.svm.memory import (
    GIGABYTE,
    Size,
    largest_that_fits,
    plan_memory,
)

SIZE = Size(examples=10_000, tuning=3000, fixed=10_000, inputs=1024)
MOST = 999_999


def test_the_kernel_is_kept_if_it_fits() -> None:
    assert SIZE.kept > 8 * 10_000**2
    enough = SIZE.images + SIZE.kept
    assert plan_memory(SIZE, enough, MOST) == memory.MemoryPlan(True, KEPT_CACHE)
    less = plan_memory(SIZE, enough - 1, MOST)
    assert not less.kept
    assert less.cache <= enough - SIZE.images - SIZE.on_demand


def test_rows_on_demand_take_what_is_left_and_no_more_than_all_rows() -> None:
    large = replace(SIZE, examples=100_000)  # the paper's
    plan = plan_memory(large, 8 * GIGABYTE, MOST)
    assert not plan.kept
    assert large.images + large.on_demand + plan.cache == 8 * GIGABYTE
    assert plan_memory(large, 70 * GIGABYTE, MOST).cache == 4 * 100_000**2


def test_too_large_a_machine_names_the_largest_that_fits() -> None:
    with pytest.raises(UserError) as refused:
        plan_memory(replace(SIZE, examples=900_000), 4 * GIGABYTE, MOST)
    fits = largest_that_fits(SIZE, 4 * GIGABYTE, MOST)
    assert f"--examples {fits} would fit" in str(refused.value)
    assert "needs 1" in str(refused.value)
    plan_memory(replace(SIZE, examples=fits), 4 * GIGABYTE, MOST)
    with pytest.raises(UserError, match="would fit"):
        plan_memory(replace(SIZE, examples=fits + 1), 4 * GIGABYTE, MOST)


def test_where_nothing_fits_it_is_said() -> None:
    with pytest.raises(UserError, match="not even a small one fits; raise --memory"):
        plan_memory(SIZE, 100, MOST)
    assert largest_that_fits(SIZE, 100, MOST) == 0


def test_no_more_than_the_data_set_has_is_offered() -> None:
    assert largest_that_fits(SIZE, 10**15, 60_000) == 60_000


def test_the_estimate_holds_what_the_matrices_take() -> None:
    kernel = np.empty((300, 300)).nbytes
    distances = np.empty((200, 200)).nbytes + np.empty((100, 200)).nbytes
    size = Size(examples=300, tuning=200, fixed=100, inputs=16)
    assert size.kept >= kernel
    assert size.search >= distances + np.empty((200, 200)).nbytes
    assert size.on_demand >= 2 * np.empty((300, 16)).nbytes
