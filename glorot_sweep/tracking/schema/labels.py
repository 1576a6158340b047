"""How tables write the variants of a sweep that are not the package's."""

from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import Part, stored
from glorot_sweep.tracking.schema.names import TagFamily


@dataclass(frozen=True, kw_only=True)
class Labels(Part):
    """Labels by the names of the variants.

    A label changes no number, so it may be changed at any time, as the paper may.
    """

    labels: Mapping[str, str] = stored(TagFamily.LABEL)
