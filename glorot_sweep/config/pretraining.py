"""The search space of unsupervised pre-training."""

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from glorot_sweep.config.limits import MOST_POINTS
from glorot_sweep.config.section import Range, RateRange, Section, Updates

Share = Annotated[float, Field(ge=0, lt=1)]


class ShareRange(Range):
    """Uniform range within [0, 1)."""

    low: Share
    high: Share


class PretrainingConfig(Section):
    """The search space of unsupervised pre-training, for variants that have it.

    Attributes:
        updates: SGD steps of each hidden layer, any of these.
        learning_rate: of the autoencoders.
        noise: probability with which the masking noise hides an input.
    """

    updates: Annotated[tuple[Updates, ...], Field(min_length=1, max_length=MOST_POINTS)]
    learning_rate: RateRange
    noise: ShareRange = ShareRange(low=0.25, high=0.25)

    @field_validator("updates", mode="before")
    @classmethod
    def _updates_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.updates)) != len(self.updates):
            raise ValueError(f"updates may name each number once, got {list(self.updates)}")
        return self
