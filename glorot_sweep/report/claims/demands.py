"""Conditions on numbers with intervals: fulfilled, violated, or left open by the interval."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.report.claims.estimate import Estimate

CONFIDENCE = 0.95
"""Of the intervals that decide."""


def number_text(number: float) -> str:
    """Write a number for a sentence.

    Example:
        >>> number_text(0.10492), number_text(2_000_000), number_text(math.nan)
        ('0.1049', '2,000,000', 'not known')
    """
    if math.isnan(number):
        return "not known"
    if math.isinf(number):
        return "infinite" if number > 0 else "minus infinite"
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def interval_text(number: float, ends: tuple[float, float]) -> str:
    """Write a number and its interval for a sentence; of a ratio the least possible is 0.

    Example:
        >>> interval_text(2.0, (1.5, 2.5)), interval_text(2.0, (1.5, math.inf))
        ('2 [1.5, 2.5]', '2 [1.5 or more]')
        >>> interval_text(math.nan, (0.0, math.inf))
        'not known'
    """
    low, high = map(number_text, ends)
    if math.isnan(number) and math.isinf(ends[1]):
        return number_text(number)
    if math.isinf(ends[1]):
        return f"{number_text(number)} [{low} or more]"
    if math.isinf(ends[0]):
        return f"{number_text(number)} [{high} or less]"
    return f"{number_text(number)} [{low}, {high}]"


@dataclass(frozen=True)
class Demand:
    """A number must lie between two bounds.

    Attributes:
        name: of the number.
        estimate: the number with its chance.
        low, high: the bounds.
    """

    name: str
    estimate: Estimate
    low: float = -math.inf
    high: float = math.inf

    @property
    def wanted(self) -> str:
        """Completes the sentence "it is not ..."."""
        if self.high == math.inf:
            return f"above {number_text(self.low)}"
        if self.low == -math.inf:
            return f"below {number_text(self.high)}"
        return f"between {number_text(self.low)} and {number_text(self.high)}"

    @property
    def told(self) -> str:
        """The number and its interval, for a sentence."""
        ends, value = self.estimate.interval(CONFIDENCE), self.estimate.value
        if ends is None:
            known = number_text(value)
            return f"{self.name} is {known}, of a single seed, which has no interval"
        return f"{self.name} is {interval_text(value, ends)}"

    def is_fulfilled(self, level: float) -> bool:
        """Whether the interval of this confidence lies within the bounds."""
        ends = self.estimate.interval(level)
        if ends is None:
            return False
        # An end without a bound may itself be infinite: a ratio that is known from below alone.
        return (ends[0] > self.low or self.low == -math.inf) and (
            ends[1] < self.high or self.high == math.inf
        )

    def is_violated(self, level: float) -> bool:
        """Whether the interval of this confidence lies outside of the bounds."""
        ends = self.estimate.interval(level)
        return ends is not None and (ends[1] <= self.low or ends[0] >= self.high)


@dataclass(frozen=True)
class Some:
    """At least so many of several demands must be fulfilled.

    Attributes:
        what: is demanded, for a sentence.
        least: how many.
        among: name to demand, as far as there is one.
        of: how many there would be in all.
        always: name of one that must be fulfilled in any case; empty: none.
    """

    what: str
    least: int
    among: Mapping[str, Demand]
    of: int
    always: str = ""

    def fulfilled(self, level: float) -> set[str]:
        """Names of the demands that are fulfilled."""
        return {name for name, one in self.among.items() if one.is_fulfilled(level)}

    def is_fulfilled(self, level: float) -> bool:
        """Whether enough are."""
        there = self.fulfilled(level)
        return len(there) >= self.least and (not self.always or self.always in there)

    def is_violated(self, level: float) -> bool:
        """Whether too few can be, whatever those would show that are not there."""
        against = {name for name, one in self.among.items() if one.is_violated(level)}
        return self.of - len(against) < self.least or self.always in against
