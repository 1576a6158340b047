"""What a run that is trained says of its pace: MLflow's start is that of its first attempt."""

from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import COUNT, Part, stored
from glorot_sweep.tracking.schema.names import Tag


@dataclass(frozen=True, kw_only=True)
class Sent(Part):
    """When points were sent last, in milliseconds since 1970: their timestamps count updates."""

    written: int | None = stored(Tag.WRITTEN, spelling=COUNT, default=None)


@dataclass(frozen=True, kw_only=True)
class Reopened(Part):
    """How far a run was when it was last opened again; nothing of a first attempt.

    Attributes:
        reopened: when, in milliseconds since 1970: MLflow's start is that of the first attempt.
        updates_before: update of its latest evaluation.
    """

    reopened: int | None = stored(Tag.REOPENED, spelling=COUNT, default=None)
    updates_before: int | None = stored(Tag.UPDATES_BEFORE, spelling=COUNT, default=None)
