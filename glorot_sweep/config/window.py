"""The last evaluations of a run, over which its final value is the mean.

A single evaluation shows the noise of the last few updates beside what a network has learned.
"""

from typing import Final

LAST_SHARE: Final = 10  # the window covers the last tenth of a training
DEFAULT_WINDOW: Final = 10


def largest_window(updates: int) -> int:
    """Return how many evaluations, at different updates, fit into the last tenth of a training.

    Example:
        >>> largest_window(40), largest_window(5)
        (4, 1)
    """
    return max(1, updates // LAST_SHARE)


def default_window(updates: int) -> int:
    """Return the window of a file that names none: ten evaluations, or fewer where these fit.

    Args:
        updates: of the shortest training that it is to fit.

    Example:
        >>> default_window(10_000), default_window(40)
        (10, 4)
    """
    return min(DEFAULT_WINDOW, largest_window(updates))


def evaluated_at(points: tuple[int, ...], updates: int, window: int) -> tuple[int, ...]:
    """Return when a run is evaluated, rising; the last one ends it.

    Args:
        points: updates at which it is evaluated in any case.
        updates: of the whole run.
        window: so many evaluations, evenly spaced, cover the last tenth.

    Example:
        >>> evaluated_at((100, 500), 1_000, 4)
        (100, 500, 925, 950, 975, 1000)
        >>> evaluated_at((100, 500), 1_000, 1)
        (100, 500, 1000)
    """
    within = (updates - later * updates // (LAST_SHARE * window) for later in range(window))
    return tuple(sorted({*points, *within}))
