"""How a plugin adds parts: what the package's own modules do by a row, by a call.

Each function takes the class or the function itself. It is tried once, so that what cannot work is
refused where it is registered and not after hours of training.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.costs import COSTS, Cost
from glorot_sweep.parts.initializations import INITIALIZATIONS, Initialization
from glorot_sweep.parts.names import check_name
from glorot_sweep.parts.schedules import SCHEDULES, Schedule
from glorot_sweep.parts.step_rules import STEP_RULES, StepRule
from glorot_sweep.parts.variants import register

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from glorot_sweep.parts.torch.activations import ActivationFunction
    from glorot_sweep.parts.torch.costs import CostFunction
    from glorot_sweep.parts.torch.schedules import FactorFunction
    from glorot_sweep.parts.torch.step_rules import StepFunctions

__all__ = [
    "register_activation", "register_cost", "register_initialization", "register_schedule",
    "register_step_rule", "register_variant",
]  # fmt: skip

TRIED_UPDATES: Final = (0, 3, 1_000)  # the first, how many, and of the whole training

register_variant: Final = register


def register_activation(
    name: str,
    function: "type[ActivationFunction]",
    *,
    asymptotes: tuple[float, float],
    silent_bias: float = 0.0,
    dip: float | None = None,
    surrogate_gradient: bool = False,
) -> None:
    """Let variants name a further activation.

    Args:
        name: as variants name it.
        function: its value and its back-propagation; made without arguments.
        asymptotes: what it tends to at minus and plus infinity.
        silent_bias: a bias for which it is exactly 0 and stays so, given to padded units.
        dip: the least value of a function that falls below its lower asymptote before it rises
            without end, as GELU; to a thousandth.
        surrogate_gradient: its back-propagation is not meant to be its derivative.

    Raises:
        ValueError: the name is taken or looks like none, it is no such class, the function is not
            0 at `silent_bias`, its back-propagation is not its derivative, or `dip` is missing or
            not its least value.
    """
    from glorot_sweep.parts.torch.trying import (  # noqa: PLC0415 - loads PyTorch
        check_activation,
        check_dip,
    )

    check_name("part", name)
    at_zero = check_activation(name, function, silent_bias, is_derivative=not surrogate_gradient)
    low, high = map(float, asymptotes)
    activation = Activation(
        name, source_of(function), (low, high), at_zero, float(silent_bias), dip, given=function
    )
    check_dip(activation)
    ACTIVATIONS.add(activation)


def register_initialization(name: str, draw: "Callable[[int, int, Generator], Tensor]") -> None:
    """Let variants name a further initialization.

    Args:
        name: as variants name it.
        draw: from fan-in, fan-out and a generator, which alone it draws from, to float64 weights
            [fan_in, fan_out].

    Raises:
        ValueError: the name is taken or looks like none, or what is drawn is not such weights.
    """
    from glorot_sweep.parts.torch.trying import check_draw  # noqa: PLC0415 - loads PyTorch

    check_name("part", name)
    check_draw(name, draw)
    INITIALIZATIONS.add(Initialization(name, source_of(draw), given=draw))


def register_cost(name: str, function: "type[CostFunction]") -> None:
    """Let variants name a further cost.

    Args:
        name: as variants name it.
        function: its value and its gradient; made without arguments.

    Raises:
        ValueError: the name is taken or looks like none, it is no such class, its gradient is not
            the derivative of its value, or padded classes add something to either.
    """
    from glorot_sweep.parts.torch.trying import check_cost  # noqa: PLC0415 - loads PyTorch

    check_name("part", name)
    check_cost(name, function)
    COSTS.add(Cost(name, source_of(function), given=function))


def register_step_rule(
    name: str,
    functions: "type[StepFunctions]",
    *,
    kept: tuple[str, ...] = (),
    derived: tuple[str, ...] = (),
    decoupled: bool = False,
    has_damping: bool = False,
    estimate: str = "",
    curvature_every: int = 0,
    curvature_examples: int = 0,
) -> None:
    """Let variants name a further step rule.

    Args:
        name: as variants name it.
        functions: what it does to parameters; made without arguments.
        kept: see `StepRule`, as for all that follow.
        derived: likewise.
        decoupled: likewise.
        has_damping: likewise.
        estimate: likewise.
        curvature_every: likewise.
        curvature_examples: likewise.

    Raises:
        ValueError: the name is taken or looks like none, it is no such class, or there is no
            estimate among what is kept, or no example, where one is needed.
    """
    from glorot_sweep.parts.torch.trying import check_step_rule  # noqa: PLC0415 - loads PyTorch

    check_name("part", name)
    rule = StepRule(
        name, source_of(functions), has_damping=has_damping, estimate=estimate, kept=kept,
        derived=derived, decoupled=decoupled, curvature_every=curvature_every,
        curvature_examples=curvature_examples, given=functions,
    )  # fmt: skip
    check_step_rule(rule)
    STEP_RULES.add(rule)


def register_schedule(name: str, function: "FactorFunction") -> None:
    """Let variants name a further schedule.

    Args:
        name: as variants name it.
        function: from numbers of updates, counted from 0, and their number in all to the share of
            the learning rate that each is given.

    Raises:
        ValueError: the name is taken or looks like none, or the function gives something else than
            a finite share, 0 or more, for each update.
    """
    from glorot_sweep.parts.torch.schedules import factors_of  # noqa: PLC0415 - loads numpy

    check_name("part", name)
    schedule = Schedule(name, source_of(function), given=function)
    factors_of(schedule, *TRIED_UPDATES)
    SCHEDULES.add(schedule)


def source_of(given: Any) -> str:
    """Return where a class or a function is defined, as `Part.source` says it.

    Example:
        >>> import math
        >>> source_of(math.sqrt)
        'math:sqrt'
    """
    return f"{given.__module__}:{given.__qualname__}"
