"""What a sweep wants trained: a trial, a replicate or a monitored run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.contents.pruning import Limits


@dataclass(frozen=True)
class Task:
    """One of them.

    Attributes:
        spec: what to train.
        tags: of its run, besides the sweep's and those that follow from the specification.
        limits: where it is dropped.
    """

    spec: TrialSpec
    tags: Mapping[str, str]
    limits: Limits = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What identifies its run within the sweep."""
        return self.spec.key
