"""What is looked at inside the layers, and in which runs."""

import itertools
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from glorot_sweep.config.limits import LARGEST_DEPTH, MOST_POINTS, MOST_SEEDS
from glorot_sweep.config.section import Depth, Rate, Section, Updates, Width

if TYPE_CHECKING:
    from glorot_sweep.config.sweep import SweepConfig


class StatisticsConfig(Section):
    """Layer statistics on the probe, and what they may cost.

    In a sweep file `statistics: economy` is short for `statistics: {cost: economy}`.

    Attributes:
        cost: `none`; `economy`: moments, percentiles and saturation at every look, histograms
            and Jacobian spectra at the start and the end of replicates and monitored runs;
            `full`: everything at every look of every run.
        updates: when runs are looked at besides their start and their end; empty: at 100, 200,
            500, 1000, ... A run leaves out what lies beyond its end.
        saturation_bound: an activation is saturated beyond this share of the way from the
            middle of its range to an asymptote.
    """

    cost: Literal["none", "economy", "full"] = "economy"
    updates: Annotated[tuple[Updates, ...], Field(max_length=MOST_POINTS)] = ()
    saturation_bound: Annotated[float, Field(gt=0, lt=1)] = 0.9

    @field_validator("updates", mode="before")
    @classmethod
    def _updates_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(b <= a for a, b in itertools.pairwise(self.updates)):
            raise ValueError(f"updates must rise strictly, got {list(self.updates)}")
        return self


class MonitoredConfig(Section):
    """Runs at given learning rates, looked into often: figures 2 to 4, 9 and 10.

    They are trained on the first data set of the sweep, beside the replicates, and are in no
    table.

    Attributes:
        updates: SGD steps of each.
        learning_rates: every run is made with each of them.
        seeds: runs of each kind.
        width: units of each hidden layer; left out: the sweep's width.
        depths: hidden layers, by variant; empty: every variant of the sweep at `table_depth`,
            the sigmoid with one layer less besides (figure 2).
    """

    updates: Updates
    learning_rates: Annotated[tuple[Rate, ...], Field(min_length=1, max_length=MOST_POINTS)] = (
        0.05,
    )
    seeds: Annotated[int, Field(ge=1, le=MOST_SEEDS)] = 1
    width: Width | None = None
    depths: dict[str, Annotated[tuple[Depth, ...], Field(min_length=1)]] = Field(
        default_factory=dict,
        json_schema_extra={
            "constraint": f"no list is empty; each depth at least 1; at most {LARGEST_DEPTH}"
        },
    )

    @field_validator("learning_rates", mode="before")
    @classmethod
    def _rates_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("depths", mode="before")
    @classmethod
    def _depths_as_tuples(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = {"learning_rates": self.learning_rates}
        named |= {f"depths.{variant}": depths for variant, depths in self.depths.items()}
        for name, given in named.items():
            if len(set(given)) != len(given):
                raise ValueError(f"{name} may name each value once, got {list(given)}")
        return self


def monitored_depths(config: "SweepConfig") -> dict[str, tuple[int, ...]]:
    """Return the hidden layers of each variant's monitored runs; empty if the file asks for none.

    Figure 2 shows a sigmoid network of four hidden layers, one less than all others; where the
    sweep names the widths of its layers, there is none of another depth.
    """
    if config.monitored is None or config.monitored.depths:
        return {} if config.monitored is None else config.monitored.depths
    depth = config.search.table_depth
    depths: dict[str, tuple[int, ...]] = dict.fromkeys(config.variants, (depth,))
    if "sigmoid" in depths and depth > 1 and not config.network.widths:
        depths["sigmoid"] = (depth - 1, depth)
    return depths
