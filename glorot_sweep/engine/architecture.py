"""What a network is before any training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """A network before any training, its widths apart.

    Attributes:
        activation: name in `ACTIVATIONS`.
        initialization: name in `INITIALIZATIONS`.
        depth: hidden layers.
        weight_seed: seed of the initial weights.
    """

    activation: str
    initialization: str
    depth: int
    weight_seed: int
