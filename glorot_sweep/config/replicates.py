"""Who is trained again, with how many seeds; at which values of a factor."""

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from glorot_sweep.config.factors import Depths, Widths
from glorot_sweep.config.limits import MOST_POINTS, MOST_SEEDS
from glorot_sweep.config.looks import looks_at
from glorot_sweep.config.section import Schedule, Section, Updates, check_schedule
from glorot_sweep.config.until_decided import UntilDecidedConfig
from glorot_sweep.config.window import DEFAULT_WINDOW


class ReplicatesConfig(Section):
    """The winners, trained again with other seeds; Table 1 is made of these.

    Attributes:
        seeds: number of replicates of each winner; with `until_decided` to begin with.
        until_decided: further replicates as long as a comparison needs them.
        depths: depth as a factor: all variants at each of these depths, each with searches of its
            own; the table is at `search.table_depth`, or at the last of them.
        widths: width as a factor, likewise; the table is at `network.width`, or at the last.
        updates: SGD steps of each.
        evaluations: updates at which validation and test error are measured; the last is added.
        window: the final error of a run is the mean of its last so many evaluations, which are
            added to its evaluations, evenly spaced over the last tenth of the updates; that of
            trials likewise. Left out where fewer than ten fit into that tenth: as many as fit.
    """

    seeds: Annotated[int, Field(ge=2, le=MOST_SEEDS)] = 5
    updates: Updates
    evaluations: Schedule = ()
    window: Annotated[int, Field(ge=1, le=MOST_POINTS)] = DEFAULT_WINDOW
    until_decided: UntilDecidedConfig | None = None
    depths: Depths = ()
    widths: Widths = ()

    @property
    def looks(self) -> tuple[int, ...]:
        """The seeds at each look at the results: one look alone unless it is until decided."""
        further = self.until_decided
        return looks_at(self.seeds, further.step, further.most) if further else (self.seeds,)

    @field_validator("evaluations", mode="before")
    @classmethod
    def _evaluations_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_schedule("evaluations", self.evaluations, self.updates)
        if self.until_decided and self.until_decided.most <= self.seeds:
            raise ValueError(
                f"until_decided.most must be above seeds {self.seeds}, got "
                f"{self.until_decided.most}; there is nothing to add before"
            )
        return self
