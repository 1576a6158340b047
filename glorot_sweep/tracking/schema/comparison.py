"""The run of a comparison: which sweeps it has shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import Part, stored
from glorot_sweep.tracking.schema.names import TagFamily
from glorot_sweep.tracking.schema.runs import StoredRun


@dataclass(frozen=True, kw_only=True)
class ShownSweeps(Part):
    """The ids of the sweeps' own runs, by number in the order in which they were named."""

    compared: Mapping[str, str] = stored(TagFamily.COMPARED, default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ComparisonRun(StoredRun, ShownSweeps):
    """A comparison of sweeps; it belongs to none of them."""
