"""The variants under comparison: an activation with an initialization."""

from dataclasses import dataclass
from typing import Literal

ActivationName = Literal["sigmoid", "softsign", "tanh"]
InitializationName = Literal["standard", "normalized"]


@dataclass(frozen=True)
class Variant:
    """One row of Table 1.

    Attributes:
        name: the name used in sweep files, tags and run names.
        label: how the paper's Table 1 writes it.
        activation: hidden activation function.
        initialization: `standard` is Eq. (1), `normalized` is Eq. (16).
    """

    name: str
    label: str
    activation: ActivationName
    initialization: InitializationName


_ROWS = (  # in the order of the paper's Table 1
    Variant("softsign", "Softsign", "softsign", "standard"),
    Variant("softsign_n", "Softsign N", "softsign", "normalized"),
    Variant("tanh", "Tanh", "tanh", "standard"),
    Variant("tanh_n", "Tanh N", "tanh", "normalized"),
    Variant("sigmoid", "Sigmoid", "sigmoid", "standard"),
)

VARIANTS: dict[str, Variant] = {variant.name: variant for variant in _ROWS}
