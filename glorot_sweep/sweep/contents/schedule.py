"""When a run is measured: updates spaced evenly on a logarithmic scale."""

FIRST = 100  # the start itself, update 0, is looked at besides


def log_spaced(last: int, per_decade: int = 3) -> tuple[int, ...]:
    """Return updates from 100 on, rounded, and `last` itself.

    Args:
        last: the run's last update.
        per_decade: points in each factor of ten; 3 gives the series 1, 2, 5.

    Example:
        >>> log_spaced(3000)
        (100, 200, 500, 1000, 2000, 3000)
        >>> log_spaced(300, per_decade=10)
        (100, 130, 160, 200, 250, 300)
        >>> log_spaced(40)
        (40,)
    """
    digits = 1 if per_decade <= 3 else 2
    points, step = set(), 0
    while (point := _rounded(FIRST * 10 ** (step / per_decade), digits)) < last:
        points.add(point)
        step += 1
    return (*sorted(points), last)


def _rounded(value: float, digits: int) -> int:
    """Round to so many significant digits."""
    return int(float(f"{value:.{digits - 1}e}"))
