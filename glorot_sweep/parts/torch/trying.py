"""What a part of a user's own must do, tried on a few numbers when it is registered."""

import math
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Generator, Tensor
from torch.nn import functional

from glorot_sweep.parts.activations import Activation
from glorot_sweep.parts.step_rules import StepRule
from glorot_sweep.parts.torch.activations import ActivationFunction
from glorot_sweep.parts.torch.costs import CostFunction
from glorot_sweep.parts.torch.step_rules import Parameters, StepFunctions

POINTS: Final = (-2.7, -1.3, -0.45, 0.35, 1.1, 2.6)  # where few functions have a kink
STEP: Final = 2.0**-20  # of central differences: about the cube root of double precision's
TOLERANCE: Final = 1e-6  # relative to 1 + |f'|; STEP^2 times a third derivative, and rounding
FARTHEST, STEPS_OF_ONE = 20, 64  # where a least value is looked for: how far from 0, how finely
NEAR: Final = 1e-3  # relative to 1 + |f|: what is nearer to an asymptote or a least value is it
FAN_IN, FAN_OUT = 3, 2
CLASSES, PADDED_CLASSES = 3, 2
PARAMETERS: Final = (2, 3, 2)  # trials, rows, columns
LOGITS: Final = ((0.3, -1.1, 0.8), (-0.4, 0.9, 0.1), (1.2, 0.2, -0.7))  # of one example a class
PADDED_LOGIT: Final = -1e30  # as the engine gives it to classes that fill up a row


def made(kind: str, name: str, given: Any, base: type) -> Any:
    """Return an object of a class that is registered.

    Args:
        kind: of the part, for messages.
        name: for messages.
        given: the class.
        base: what it must be derived from.

    Raises:
        ValueError: it is no such class, or lacks a function.
    """
    if not (isinstance(given, type) and issubclass(given, base)):
        raise ValueError(
            f"the {kind} {name!r} must be a class derived from {base.__name__}, got {given!r}"
        )
    if missing := sorted(getattr(given, "__abstractmethods__", ())):
        raise ValueError(
            f"the {kind} {name!r} must have all functions of {base.__name__}, and lacks "
            f"{', '.join(missing)}"
        )
    return given()


def check_activation(
    name: str, given: type[ActivationFunction], silent_bias: float, *, is_derivative: bool
) -> float:
    """Refuse a function whose padded units would not be silent, or with a wrong derivative.

    Args:
        name: for messages.
        given: its class.
        silent_bias: for which it must be exactly 0.
        is_derivative: its back-propagation is meant to be its derivative.

    Returns:
        Its value at 0.

    Raises:
        ValueError: see above.
    """
    function = made("activation", name, given, ActivationFunction)
    for precision in (torch.float32, torch.float64):
        (silent,) = _values(function, torch.tensor([silent_bias], dtype=precision))
        if silent != 0:
            raise ValueError(
                f"the activation {name!r} must be exactly 0 at its silent_bias, which units that "
                f"fill up a layer get, and is {silent:g} at {silent_bias:g}; give it another, like "
                "-1e4"
            )
    if is_derivative:
        _check_derivative(name, function)
    return _values(function, torch.zeros(1, dtype=torch.float64))[0]


def check_dip(activation: Activation) -> None:
    """Refuse a least value below the only asymptote, the lower one, that is not what `dip` says.

    Args:
        activation: its class is given.

    Raises:
        ValueError: see above.
    """
    ends = FARTHEST * STEPS_OF_ONE
    s = torch.arange(-ends, ends + 1, dtype=torch.float64) / STEPS_OF_ONE
    values = _values(activation.function, s)
    least, (low, high), dip = min(values), sorted(activation.asymptotes), activation.dip
    falls = math.isinf(high) and math.isfinite(low) and least < low - NEAR * (1 + abs(low))
    if falls and dip is None:
        raise ValueError(
            f"the activation {activation.name!r} falls to {least:.6g} at "
            f"{s[values.index(least)]:.6g}, below its only asymptote, {low:g}; give its least "
            "value as dip, from which its saturation is told, or other asymptotes"
        )
    if dip is not None and not (falls and abs(dip - least) <= NEAR * (1 + abs(least))):
        raise ValueError(
            f"dip of the activation {activation.name!r} must be its least value, below the lower "
            f"asymptote where that is the only one; got {dip:g}, and its least value is "
            f"{least:.6g}, its asymptotes {low:g} and {high:g}"
        )


def _values(function: ActivationFunction, s: Tensor) -> list[float]:
    z = torch.empty_like(s)
    function.forward(s.clone(), z, torch.empty_like(s))
    values: list[float] = z.tolist()
    return values


def _check_derivative(name: str, function: ActivationFunction) -> None:
    s = torch.tensor(POINTS, dtype=torch.float64)
    z, memo, delta = torch.empty_like(s), torch.empty_like(s), torch.empty_like(s)
    function.forward(s.clone(), z, memo)
    function.backward(torch.ones_like(s), z, memo, delta)
    above, below = _values(function, s + STEP), _values(function, s - STEP)
    for point, high, low, found in zip(POINTS, above, below, delta.tolist(), strict=True):
        slope = (high - low) / (2 * STEP)
        if not abs(found - slope) <= TOLERANCE * (1 + abs(slope)):
            raise ValueError(
                f"backward of the activation {name!r} is not the derivative of forward: at "
                f"{point:g} it says {found:.6g}, and forward rises by {slope:.6g}; if that is "
                "meant, say surrogate_gradient=True"
            )


def check_draw(name: str, draw: Callable[[int, int, Generator], Tensor]) -> None:
    """Refuse a function that does not draw the weights of a layer.

    Raises:
        ValueError: what it returns is no float64 tensor [fan_in, fan_out], or another one for the
            same generator.
    """
    first, second = (draw(FAN_IN, FAN_OUT, Generator().manual_seed(1)) for _ in range(2))
    is_tensor = isinstance(first, Tensor)
    if not is_tensor or first.dtype != torch.float64 or first.shape != (FAN_IN, FAN_OUT):
        got = f"{first.dtype} {list(first.shape)}" if is_tensor else type(first).__name__
        raise ValueError(
            f"the initialization {name!r} must return a torch.float64 tensor [fan_in, fan_out], "
            f"for {FAN_IN} and {FAN_OUT} thus [{FAN_IN}, {FAN_OUT}], got {got}"
        )
    if not torch.equal(first, second):
        raise ValueError(
            f"the initialization {name!r} must draw from the generator that it is given and from "
            "nothing else: from two of one seed it has made different weights"
        )


def check_cost(name: str, given: type[CostFunction]) -> None:
    """Refuse a cost with a wrong derivative, or to which padded classes add something.

    Args:
        name: for messages.
        given: its class.

    Raises:
        ValueError: see above.
    """
    cost: CostFunction = made("cost", name, given, CostFunction)
    logits = torch.tensor([LOGITS, LOGITS[::-1]], dtype=torch.float64)  # of two networks
    padded = functional.pad(logits, (0, PADDED_CLASSES), value=PADDED_LOGIT)
    for precision in (torch.float32, torch.float64):
        without, _ = _cost_and_gradient(name, cost, logits.to(precision))
        found, gradient = _cost_and_gradient(name, cost, padded.to(precision))
        of_padded = gradient[..., CLASSES:]
        if not torch.allclose(found, without) or of_padded.any():
            worst = int((found - without).abs().argmax())
            raise ValueError(
                f"padded classes, of log-probability {PADDED_LOGIT:g} and target 0, must add 0 to "
                f"the cost {name!r} and have the gradient 0: with two of them it is "
                f"{float(found.flatten()[worst]):.6g} instead of "
                f"{float(without.flatten()[worst]):.6g}, and their gradient reaches "
                f"{float(of_padded.abs().max()):.6g}; leave them out"
            )
    _check_gradient(name, cost, padded, gradient)


def _cost_and_gradient(name: str, cost: CostFunction, logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return the costs [K, n] and gradients [K, n, classes] of examples, the i-th of class i."""
    log_probabilities = torch.log_softmax(logits, -1)
    targets = torch.eye(*logits.shape[1:], dtype=logits.dtype)[None]
    gradient, costs = torch.full_like(logits, math.nan), logits.new_full(logits.shape[:2], math.nan)
    if cost.gradient(log_probabilities, targets, gradient) is not gradient:
        raise ValueError(f"gradient of the cost {name!r} must write into `out` and return it")
    cost.of_examples(log_probabilities, targets, costs)
    return costs, gradient


def _check_gradient(name: str, cost: CostFunction, logits: Tensor, gradient: Tensor) -> None:
    for column in range(CLASSES):
        step = STEP * functional.one_hot(torch.tensor(column), logits.shape[-1])
        above, below = (
            _cost_and_gradient(name, cost, s)[0] for s in (logits + step, logits - step)
        )
        slopes, found = (above - below) / (2 * STEP), gradient[..., column]
        wrong = ~((found - slopes).abs() <= TOLERANCE * (1 + slopes.abs()))
        if wrong.any():
            place = tuple(wrong.nonzero()[0])
            raise ValueError(
                f"gradient of the cost {name!r} is not the derivative of of_examples: for a logit "
                f"of class {column} it says {float(found[place]):.6g}, and the cost rises by "
                f"{float(slopes[place]):.6g}"
            )


def check_step_rule(rule: StepRule) -> None:
    """Refuse a step rule whose row does not go together, or that cannot do a step.

    Args:
        rule: its class is given.

    Raises:
        ValueError: see above.
    """
    functions = made("step rule", rule.name, rule.given, StepFunctions)
    _check_row(rule)
    parameters = Parameters(
        values=torch.zeros(PARAMETERS),
        gradient=torch.zeros(PARAMETERS),
        spare=tuple(torch.zeros(PARAMETERS) for _ in range(functions.n_spare)),
        kept={name: torch.zeros(PARAMETERS) for name in (*rule.kept, *rule.derived)},
        rate=torch.ones(PARAMETERS[0], 1, 1),
        damping=torch.ones(PARAMETERS[0], 1, 1),
    )
    functions.settle(parameters)
    if rule.curvature_every:
        functions.take_curvature(parameters, torch.zeros(PARAMETERS), 0)
    functions.step(parameters, 0)


def _check_row(rule: StepRule) -> None:
    user = f"the step rule {rule.name!r}"
    for attribute in ("kept", "derived"):
        names = getattr(rule, attribute)
        if isinstance(names, str):
            raise ValueError(
                f"{user}: {attribute} must be a tuple of names, got {names!r}; write ({names!r},)"
            )
    if rule.has_damping and rule.estimate not in rule.kept:
        raise ValueError(
            f"{user} has a damping, so estimate must be the name in kept of what it is added to, "
            f"got {rule.estimate!r} and kept {rule.kept!r}"
        )
    if rule.curvature_every and rule.curvature_examples < 1:
        raise ValueError(
            f"{user} is given the curvature every {rule.curvature_every} updates, so "
            f"curvature_examples must be 1 or more, got {rule.curvature_examples}"
        )
