"""What the file that carried a sweep from one store to another leaves on its runs."""

from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import Part, stored
from glorot_sweep.tracking.schema.names import Tag


@dataclass(frozen=True, kw_only=True)
class Importing(Part):
    """The file that a sweep is being imported from: whatever else belongs to it may be missing."""

    importing: str | None = stored(Tag.IMPORTING, default=None)


@dataclass(frozen=True, kw_only=True)
class Exported(Part):
    """Which run it was in the store that it was exported from, and what it lacks since.

    Attributes:
        exported_run: its id there; None: it was made here.
        left_out: the path of an artifact that was not exported with it.
    """

    exported_run: str | None = stored(Tag.EXPORTED_RUN, default=None)
    left_out: str | None = stored(Tag.LEFT_OUT, default=None)
