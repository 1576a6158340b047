"""The costs that networks are trained on: the negative log-likelihood, and that of Sec. 4.1."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glorot_sweep.parts.registry import Part, Registry

if TYPE_CHECKING:
    from glorot_sweep.parts.torch.costs import CostFunction

TORCH = "glorot_sweep.parts.torch.costs"


@dataclass(frozen=True)
class Cost(Part):
    """A cost of softmax probabilities.

    Attributes:
        source: a `CostFunction`.
    """

    @cached_property
    def function(self) -> "CostFunction":
        """Value and gradient."""
        function: CostFunction = self.load()
        return function


COSTS = Registry(
    "cost",
    (
        Cost("log_likelihood", f"{TORCH}:LogLikelihood"),
        Cost("quadratic", f"{TORCH}:Quadratic"),
    ),
)
