"""Replicates as far as their winners decide whether they are asked for."""

from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import Part, stored
from glorot_sweep.tracking.schema.names import Tag
from glorot_sweep.tracking.schema.trained import MemberRun, ReplicateMark


@dataclass(frozen=True, kw_only=True)
class Superseding(Part):
    """That a replicate was asked for before its sweep grew, and is not since: by which growth."""

    superseded: str | None = stored(Tag.SUPERSEDED, default=None)


@dataclass(frozen=True, kw_only=True)
class RepeatingRun(MemberRun, ReplicateMark, Superseding):
    """A replicate as far as its winner decides whether it is asked for."""
