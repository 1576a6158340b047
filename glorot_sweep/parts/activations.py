"""The hidden activation functions: what is known of each without computing anything."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glorot_sweep.parts.registry import Part, Registry

if TYPE_CHECKING:
    from glorot_sweep.parts.torch.activations import ActivationFunction

TORCH = "glorot_sweep.parts.torch.activations"


@dataclass(frozen=True)
class Activation(Part):
    """A function f applied elementwise to pre-activations s.

    Attributes:
        source: an `ActivationFunction`.
        asymptotes: what f tends to at minus and plus infinity.
        at_zero: f(0).
        silent_bias: a bias for which f is exactly 0 and stays so, given to padded units.
    """

    asymptotes: tuple[float, float] = (-1.0, 1.0)
    at_zero: float = 0.0
    silent_bias: float = 0.0

    @cached_property
    def function(self) -> "ActivationFunction":
        """Value and back-propagation."""
        function: ActivationFunction = self.load()
        return function


ACTIVATIONS = Registry(
    "activation",
    (
        # The linear regime itself, f(s) = s: what equations (4) to (7) speak of.
        Activation("identity", f"{TORCH}:Identity", asymptotes=(-math.inf, math.inf)),
        Activation("relu", f"{TORCH}:ReLU", asymptotes=(0.0, math.inf)),
        Activation(
            "sigmoid",
            f"{TORCH}:Sigmoid",
            asymptotes=(0.0, 1.0),
            at_zero=0.5,
            silent_bias=-1e4,  # tanh(-5000) is exactly -1, so f and f' are exactly 0
        ),
        Activation(
            "softplus",
            f"{TORCH}:Softplus",
            asymptotes=(0.0, math.inf),
            at_zero=math.log(2.0),
            silent_bias=-1e4,  # exp(-1e4) is exactly 0 in both precisions, and so are f and f'
        ),
        Activation("softsign", f"{TORCH}:Softsign"),
        Activation("tanh", f"{TORCH}:Tanh"),
    ),
)
