"""What a part of a user's own must do, tried on a few numbers when it is registered."""

from collections.abc import Callable
from typing import Final

import torch
from torch import Generator, Tensor

from glorot_sweep.parts.torch.activations import ActivationFunction

POINTS: Final = (-2.7, -1.3, -0.45, 0.35, 1.1, 2.6)  # where few functions have a kink
STEP: Final = 2.0**-20  # of central differences: about the cube root of double precision's
TOLERANCE: Final = 1e-6  # relative to 1 + |f'|; STEP^2 times a third derivative, and rounding
FAN_IN, FAN_OUT = 3, 2


def check_activation(
    name: str, function: ActivationFunction, silent_bias: float, *, is_derivative: bool
) -> float:
    """Refuse a function whose padded units would not be silent, or with a wrong derivative.

    Args:
        name: for messages.
        function: that is tried.
        silent_bias: for which it must be exactly 0.
        is_derivative: its back-propagation is meant to be its derivative.

    Returns:
        Its value at 0.

    Raises:
        ValueError: see above.
    """
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
