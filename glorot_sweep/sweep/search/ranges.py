"""Ranges of learning rates: whether a rate lies at their edge, how they grow, how they are divided.

All is on the logarithmic scale. What was computed is rounded to six significant digits, since the
C library's power has not the same last bit everywhere.
"""

import math
from typing import Literal

from glorot_sweep.config.limits import LARGEST_RATE, SMALLEST_RATE
from glorot_sweep.config.section import RateRange

Edge = Literal["low", "high"]

OUTER = 0.1  # of a range, at either end: a winner there may lie beyond
GROWTH = 1 / 3  # of its length, by which a range grows
SLACK = 1e-9  # of a place, so that a rate on the border is there on every machine


def edge_of(rates: RateRange, rate: float) -> Edge | None:
    """Return in which outer tenth of a range a rate lies; None: in neither.

    Example:
        >>> rates = RateRange(low=0.01, high=1.0)
        >>> edge_of(rates, 0.015), edge_of(rates, 0.1), edge_of(rates, 0.9)
        ('low', None, 'high')
    """
    length = math.log(rates.high / rates.low)
    if length <= SLACK:  # one rate alone was asked for
        return None
    place = math.log(rate / rates.low) / length
    if place <= OUTER + SLACK:
        return "low"
    return "high" if place >= 1 - OUTER - SLACK else None


def grown(rates: RateRange, edge: Edge | None) -> RateRange:
    """Return a range that is a third longer at one of its ends, as far as rates may go.

    Example:
        >>> grown(RateRange(low=0.01, high=1.0), "low")
        RateRange(low=0.00215443, high=1.0)
    """
    factor = (rates.high / rates.low) ** GROWTH
    if edge == "low":
        return RateRange(low=max(six_digits(rates.low / factor), SMALLEST_RATE), high=rates.high)
    if edge == "high":
        return RateRange(low=rates.low, high=min(six_digits(rates.high * factor), LARGEST_RATE))
    return rates


def evenly_spaced(rates: RateRange, count: int) -> list[float]:
    """Return rates from the lowest to the highest, both included; of one the middle.

    Example:
        >>> evenly_spaced(RateRange(low=0.01, high=1.0), 3)
        [0.01, 0.1, 1.0]
    """
    if count == 1:
        return within_parts(rates, 1, 0.5)
    between = [_at(rates, number / (count - 1)) for number in range(1, count - 1)]
    return [rates.low, *between, rates.high]


def within_parts(rates: RateRange, count: int, place: float) -> list[float]:
    """Return a rate in each of so many equal parts of a range.

    Args:
        rates: the range.
        count: of parts.
        place: of the rate in its part, from 0 to 1.

    Example:
        >>> within_parts(RateRange(low=0.01, high=1.0), 2, 0.5)
        [0.0316228, 0.316228]
    """
    return [_at(rates, (number + place) / count) for number in range(count)]


def six_digits(number: float) -> float:
    """Return a number to six significant digits."""
    return float(f"{number:.5e}")


def _at(rates: RateRange, share: float) -> float:
    rate = six_digits(rates.low * (rates.high / rates.low) ** share)
    return min(max(rate, rates.low), rates.high)
