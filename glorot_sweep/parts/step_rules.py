"""The step rules: how parameters follow their gradients, and what each rule needs for that."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glorot_sweep.parts.registry import Part, Registry

if TYPE_CHECKING:
    from glorot_sweep.parts.torch.step_rules import StepFunctions

TORCH = "glorot_sweep.parts.torch.step_rules"


@dataclass(frozen=True)
class StepRule(Part):
    """A rule for the step of each parameter.

    Attributes:
        source: `StepFunctions`; empty: the step is the learning rate times the gradient, which
            an engine folds into back-propagation.
        has_damping: each parameter's rate is divided by an estimate plus the trial's damping;
            such a rule has a search space of its own in `search.step_rules` of a sweep file.
        estimate: the name of that estimate among what it keeps.
        kept: names of what it keeps for each parameter and must have again after an interruption.
        derived: names of what it computes from that for each parameter, and from the rate; a
            schedule then scales the gradient that it is given, and the rate otherwise.
        decoupled: weight decay takes its share off the weights themselves, beside the rule's
            step; otherwise it is a part of the gradient.
        curvature_every: it is given the diagonal of the Hessian before the first update and
            again after so many; 0: never.
        curvature_examples: from which each diagonal is taken, those of the updates that follow.
    """

    source: str = ""
    has_damping: bool = False
    estimate: str = ""
    kept: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    decoupled: bool = False
    curvature_every: int = 0
    curvature_examples: int = 0

    @property
    def is_linear(self) -> bool:
        """Whether the step is the learning rate times the gradient."""
        return not self.source

    @property
    def scales_gradient(self) -> bool:
        """Whether a schedule scales the gradient instead of the rate; the step is the same."""
        return self.is_linear or bool(self.derived)

    @cached_property
    def functions(self) -> "StepFunctions":
        """What it does to numbers; a linear rule has none."""
        functions: StepFunctions = self.load()
        return functions


STEP_RULES = Registry(
    "step rule",
    (
        StepRule("sgd"),
        StepRule(
            "hessian",
            f"{TORCH}:Hessian",
            has_damping=True,
            estimate="curvature",
            kept=("curvature",),
            derived=("step",),
            curvature_every=5_000,
            curvature_examples=500,  # LeCun et al. (1998), Sec. 7
        ),
        StepRule(
            "gradient_variance",
            f"{TORCH}:GradientVariance",
            has_damping=True,
            estimate="variance",
            kept=("mean", "variance"),
        ),
        StepRule("momentum", f"{TORCH}:Momentum", kept=("velocity",)),
        StepRule("nesterov", f"{TORCH}:Nesterov", kept=("velocity",)),
        StepRule("adam", f"{TORCH}:Adam", kept=("mean", "square")),
        StepRule("adamw", f"{TORCH}:Adam", kept=("mean", "square"), decoupled=True),
    ),
)
