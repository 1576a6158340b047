"""What all parts of a sweep file have in common."""

import itertools
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from glorot_sweep.config.limits import (
    LARGEST_DEPTH,
    LARGEST_RATE,
    LARGEST_WIDTH,
    MOST_POINTS,
    MOST_TRIALS,
    MOST_UPDATES,
    SMALLEST_RATE,
)

Updates = Annotated[int, Field(ge=1, le=MOST_UPDATES)]
Trials = Annotated[int, Field(ge=1, le=MOST_TRIALS)]
Depth = Annotated[int, Field(ge=1, le=LARGEST_DEPTH)]
Width = Annotated[int, Field(ge=1, le=LARGEST_WIDTH)]
Rate = Annotated[float, Field(ge=SMALLEST_RATE, le=LARGEST_RATE, allow_inf_nan=False)]
Schedule = Annotated[tuple[int, ...], Field(max_length=MOST_POINTS)]  # see `check_schedule`


class Section(BaseModel):
    """A part of a sweep file: unknown keys, wrong types and later changes are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Range(Section):
    """Two ends, both included."""

    low: Any
    high: Any

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must not exceed high, got [{self.low}, {self.high}]")
        return self


class RateRange(Range):
    """Log-uniform range of a positive number."""

    low: Rate
    high: Rate


def as_tuples(value: Any) -> Any:
    """Return lists of lists as tuples of tuples; mistakes are left to be told."""
    if not isinstance(value, list):
        return value
    return tuple(tuple(each) if isinstance(each, list) else each for each in value)


def check_schedule(name: str, points: tuple[int, ...], updates: int) -> None:
    """Refuse updates that do not rise, or lie outside a training.

    Raises:
        ValueError: they do.
    """
    if any(b <= a for a, b in itertools.pairwise(points)):
        raise ValueError(f"{name} must rise strictly, got {list(points)}")
    if points and (points[0] < 1 or points[-1] >= updates):
        raise ValueError(f"{name} must lie in 1..{updates - 1} (updates - 1), got {list(points)}")
