"""The initializations: names of the draws of a layer's first weights. Biases start at 0."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glorot_sweep.parts.registry import Part, Registry

if TYPE_CHECKING:
    from torch import Generator, Tensor

TORCH = "glorot_sweep.parts.torch.initializations"


@dataclass(frozen=True)
class Initialization(Part):
    """A draw of the weights of one layer.

    Attributes:
        source: a function of fan-in, fan-out and a generator that returns float64 weights
            [fan_in, fan_out].
        examples: the first ones of the trial's training stream, by which the drawn weights are
            then scaled, layer after layer, until pre-activations have variance 1; 0: they are not.
    """

    examples: int = 0

    @cached_property
    def draw(self) -> "Callable[[int, int, Generator], Tensor]":
        """Draw the weights of a layer."""
        draw: Callable[[int, int, Generator], Tensor] = self.load()
        return draw


INITIALIZATIONS = Registry(
    "initialization",
    (
        Initialization("gaussian", f"{TORCH}:gaussian"),
        Initialization("he", f"{TORCH}:he"),
        Initialization("he_uniform", f"{TORCH}:he_uniform"),
        Initialization("lecun_normal", f"{TORCH}:lecun_normal"),
        Initialization("lecun_uniform", f"{TORCH}:lecun_uniform"),
        Initialization("lsuv", f"{TORCH}:orthogonal", examples=256),  # engine/torch/unit_variance
        Initialization("normalized", f"{TORCH}:normalized"),  # Eq. (16)
        Initialization("orthogonal", f"{TORCH}:orthogonal"),
        Initialization("standard", f"{TORCH}:standard"),  # Eq. (1)
        Initialization("truncated_normal", f"{TORCH}:truncated_normal"),
        Initialization("unit_gaussian", f"{TORCH}:unit_gaussian"),
        Initialization("xavier_normal", f"{TORCH}:xavier_normal"),
    ),
)
