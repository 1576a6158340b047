"""The axis of updates: logarithmic where the looks are, update 0 included."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

LOGARITHMIC_FROM = 20.0  # largest over smallest update; below, a linear axis shows all points
DECADES_WITH_STEPS = 2.5  # longer axes are labelled at powers of ten alone
BARS = 18  # bars or markers side by side that a panel has room for


def set_update_axis(axes: Axes, updates: Sequence[int], is_narrow: bool = False) -> None:
    """Scale and label the horizontal axis for these updates (not negative).

    A narrow one is labelled at powers of ten alone.
    """
    axes.set_xlabel("updates")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    positive = [update for update in updates if update > 0]
    if not positive or max(positive) / min(positive) < LOGARITHMIC_FROM:
        return
    if min(updates) == 0:
        axes.set_xscale("symlog", linthresh=min(positive), linscale=0.4)
    else:
        axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(update_ticks(updates, is_narrow)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))


def update_ticks(updates: Sequence[int], is_narrow: bool = False) -> list[float]:
    """Return where a logarithmic axis is labelled.

    Example:
        >>> update_ticks([0, 100, 300, 1000, 30000])
        [0, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]
        >>> update_ticks([0, 100, 5_000_000])
        [0, 100, 1000, 10000, 100000, 1000000]
        >>> update_ticks([0, 100, 300, 1000, 30000], is_narrow=True)
        [0, 100, 1000, 10000]
    """
    positive = [update for update in updates if update > 0]
    low, high = min(positive), max(positive)
    has_room = not is_narrow and np.log10(high / low) < DECADES_WITH_STEPS
    steps = (1, 2, 5) if has_room else (1,)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [step * 10**power for power in powers for step in steps]
    inside = [tick for tick in ticks if low <= tick <= high]
    return ([0] if min(updates) == 0 else []) + inside


def short_number(value: float) -> str:
    """Write a number of updates as an axis does.

    Example:
        >>> [short_number(value) for value in (0, 500, 20_000, 1_500_000)]
        ['0', '500', '20k', '1.5M']
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def power_of_ten(value: float) -> str:
    """Write a power of ten without matplotlib's mathematics, which is off: names hold dollars.

    Example:
        >>> power_of_ten(0.001), power_of_ten(100.0), power_of_ten(0.0)
        ('10⁻³', '10²', '0')
    """
    if value <= 0:
        return f"{value:g}"
    return "10" + str(round(np.log10(value))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def well_apart(axes: Axes, updates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return indices of updates [t], rising, far enough apart for a bar or a marker each.

    The axis must have its scale. The first and the last update are always among them.
    """
    places = axes.xaxis.get_transform().transform(updates.astype(float))
    least = (places[-1] - places[0]) / BARS
    kept = [0]
    for index in range(1, len(places)):
        far_enough = places[index] - places[kept[-1]] >= least
        leaves_room = places[-1] - places[index] >= least
        if (far_enough and leaves_room) or index == len(places) - 1:
            kept.append(index)
    return np.array(kept)
