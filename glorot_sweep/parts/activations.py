"""The hidden activation functions: what is known of each without computing anything."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glorot_sweep.parts.registry import Part, Registry

if TYPE_CHECKING:
    from glorot_sweep.parts.torch.activations import ActivationFunction

TORCH = "glorot_sweep.parts.torch.activations"
RECTIFIERS = "glorot_sweep.parts.torch.rectifiers"


@dataclass(frozen=True)
class Activation(Part):
    """A function f applied elementwise to pre-activations s.

    Attributes:
        source: an `ActivationFunction`.
        asymptotes: what f tends to at minus and plus infinity.
        at_zero: f(0).
        silent_bias: a bias for which f is exactly 0 and stays so, given to padded units.
        dip: the least value of a function that falls before it rises; None: it never falls.
    """

    asymptotes: tuple[float, float] = (-1.0, 1.0)
    at_zero: float = 0.0
    silent_bias: float = 0.0
    dip: float | None = None

    @cached_property
    def function(self) -> "ActivationFunction":
        """Value and back-propagation."""
        function: ActivationFunction = self.load()
        return function


ACTIVATIONS = Registry(
    "activation",
    (
        Activation("elu", f"{RECTIFIERS}:ELU", asymptotes=(-1.0, math.inf)),
        Activation(
            "gelu",
            f"{RECTIFIERS}:GELU",
            asymptotes=(0.0, math.inf),
            dip=-0.16997120747990366,  # at s = -0.75179
        ),
        Activation("hard_tanh", f"{TORCH}:HardTanh"),
        # The linear regime itself, f(s) = s: what equations (4) to (7) speak of.
        Activation("identity", f"{TORCH}:Identity", asymptotes=(-math.inf, math.inf)),
        Activation("leaky_relu", f"{RECTIFIERS}:LeakyReLU", asymptotes=(-math.inf, math.inf)),
        Activation("relu", f"{TORCH}:ReLU", asymptotes=(0.0, math.inf)),
        Activation(
            "selu",
            f"{RECTIFIERS}:SELU",
            asymptotes=(-1.7580993408473766, math.inf),  # -lambda alpha
        ),
        Activation(
            "sigmoid",
            f"{TORCH}:Sigmoid",
            asymptotes=(0.0, 1.0),
            at_zero=0.5,
            silent_bias=-1e4,  # tanh(-5000) is exactly -1, so f and f' are exactly 0
        ),
        Activation(
            "silu",
            f"{RECTIFIERS}:SiLU",
            asymptotes=(0.0, math.inf),
            dip=-0.2784645427610738,  # 1 + s, at s = -1.27846
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
