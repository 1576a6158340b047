"""The schedules: how much of its learning rate a network is given in each of its updates."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glorot_sweep.parts.registry import Part, Registry

if TYPE_CHECKING:
    from glorot_sweep.parts.torch.schedules import FactorFunction

TORCH = "glorot_sweep.parts.torch.schedules"


@dataclass(frozen=True)
class Schedule(Part):
    """A factor of the learning rate for each update.

    Attributes:
        source: a `FactorFunction`; empty: every update is given the whole rate.
    """

    source: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether every update is given the whole rate."""
        return not self.source

    @cached_property
    def function(self) -> "FactorFunction":
        """What gives the factors; a constant schedule has none."""
        function: FactorFunction = self.load()
        return function


SCHEDULES = Registry(
    "schedule",
    (
        Schedule("constant"),
        Schedule("step", f"{TORCH}:step"),
        Schedule("cosine", f"{TORCH}:cosine"),
        Schedule("warm_up", f"{TORCH}:warm_up"),
        Schedule("warm_up_cosine", f"{TORCH}:warm_up_cosine"),
    ),
)
