"""Factors of the learning rate over a training: see `parts.schedules`.

They are made from sums, products and quotients of doubles, one after another in a fixed order, so
that they have the same bits on every CPU; a C library's cosine has not.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.parts.schedules import Schedule

WARM_UP_PARTS = 20  # of a training, the first of which warms up
TERMS = 12  # of the sine's series: the first that is left out is below 1e-20 at a right angle

Numbers = NDArray[np.int64]
Factors = NDArray[np.float64]

FactorFunction = Callable[[Numbers, int], Factors]
"""`function(update, updates)`: factors of updates counted from 0, in a training of so many [n]."""


def factors_of(schedule: Schedule, first: int, count: int, updates: int) -> Factors:
    """Return the factors of consecutive updates [count], one after another in memory.

    They depend on the updates' numbers alone, so that a training may be interrupted anywhere.

    Args:
        schedule: see there.
        first: number of the first update, counted from 0.
        count: how many.
        updates: of the whole training.

    Raises:
        ValueError: the schedule gives something else than a finite factor, 0 or more, for each.
    """
    if schedule.is_constant:
        return np.ones(count)
    found = np.asarray(schedule.function(np.arange(first, first + count), updates), np.float64)
    if found.shape != (count,) or not (np.isfinite(found) & (found >= 0)).all():
        raise ValueError(
            f"the schedule {schedule.name!r} must give each update a finite factor, 0 or more; "
            f"for {count} updates from {first} on it gives {found}"
        )
    return np.ascontiguousarray(found)


def step(update: Numbers, updates: int) -> Factors:
    """Return 1, from the middle on a tenth, in the last quarter a hundredth (K. He et al., 2016).

    Example:
        >>> step(np.array([0, 49, 50, 74, 75, 99]), 100).tolist()
        [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]
    """
    in_second_half, in_last_quarter = 2 * update >= updates, 4 * update >= 3 * updates
    return np.where(in_last_quarter, 0.01, np.where(in_second_half, 0.1, 1.0))


def cosine(update: Numbers, updates: int) -> Factors:
    """Return (1 + cos(pi update / updates)) / 2 (I. Loshchilov, F. Hutter, 2017, no restarts).

    It is the square of the sine of a falling angle, which keeps its digits near the end.

    Example:
        >>> cosine(np.array([0, 50, 99]), 100).round(6).tolist()
        [1.0, 0.5, 0.000247]
    """
    sine = _sine((updates - update) / updates * (math.pi / 2))
    return sine * sine


def warm_up(update: Numbers, updates: int) -> Factors:
    """Return factors that rise evenly to 1 over the first twentieth (P. Goyal et al., 2017).

    Example:
        >>> warm_up(np.array([0, 1, 3, 4, 99]), 100).tolist()
        [0.2, 0.4, 0.8, 1.0, 1.0]
    """
    return np.minimum(update + 1, _warming(updates)) / _warming(updates)


def warm_up_cosine(update: Numbers, updates: int) -> Factors:
    """Return factors that rise as those of `warm_up`, then fall as those of `cosine`.

    Example:
        >>> warm_up_cosine(np.array([0, 4, 5, 52, 99]), 100).round(4).tolist()
        [0.2, 1.0, 1.0, 0.5083, 0.0003]
    """
    warming = _warming(updates)
    falling = cosine(np.maximum(update - warming, 0), max(updates - warming, 1))
    return np.where(update < warming, warm_up(update, updates), falling)


def _warming(updates: int) -> int:
    """Return how many updates warm up: one or more."""
    return -(-updates // WARM_UP_PARTS)


def _sine(angle: Factors) -> Factors:
    """Return the sine of angles from 0 to a right one, by its power series."""
    square, total = angle * angle, np.ones_like(angle)
    for term in range(TERMS - 1, 0, -1):
        total = 1 - square * total / (2 * term * (2 * term + 1))
    return angle * total
