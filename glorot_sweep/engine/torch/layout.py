"""Where each trial of a pack lies in the stacks of weights.

Trials are sorted by depth, deepest first, so that the trials which have a hidden layer l are the
first ones of the stack: a shallower trial has left it after its last hidden layer. Within one
depth they are sorted by activation, in alternating direction, so that equal neighbours form long
runs and an activation function is called once a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

# Batched matrix products give a slice the same bits at any place in any stack only if the
# stack has two slices or more and rows are a multiple of 16 long (64 bytes of float32).
SMALLEST_STACK = 2
ROW_MULTIPLE = 16


@dataclass(frozen=True)
class Architecture:
    """What a trial contributes to the shape and the start of a pack.

    Attributes:
        activation: name in `ACTIVATIONS`.
        initialization: name in `DRAWS`.
        depth: hidden layers.
        weight_seed: seed of the initial weights.
    """

    activation: str
    initialization: str
    depth: int
    weight_seed: int


@dataclass(frozen=True)
class Run:
    """Neighbours in a stack that share an activation: positions start..stop-1."""

    activation: str
    start: int
    stop: int


def padded(size: int) -> int:
    """Return the size rounded up to a whole row.

    Example:
        >>> padded(9), padded(100), padded(112)
        (16, 112, 112)
    """
    return -(-size // ROW_MULTIPLE) * ROW_MULTIPLE


class PackLayout:
    """Order of the trials, height of each stack, runs of each layer.

    Attributes:
        order: trial at each position.
        depth: hidden layers of the deepest trial.
    """

    def __init__(self, architectures: Sequence[Architecture]) -> None:
        self.architectures = tuple(architectures)
        self.order = tuple(_order(self.architectures))
        self.depth = max(a.depth for a in architectures)
        self._position = {trial: position for position, trial in enumerate(self.order)}

    def __len__(self) -> int:
        return len(self.order)

    def position(self, trial: int) -> int:
        """Place of a trial in the stacks."""
        return self._position[trial]

    def members(self, layer: int) -> int:
        """Number of trials that have hidden layer `layer` (counted from 0)."""
        return sum(a.depth > layer for a in self.architectures)

    def height(self, layer: int) -> int:
        """Slices stored for hidden layer `layer`; a lone trial gets an idle companion."""
        return max(SMALLEST_STACK, self.members(layer))

    @property
    def output_height(self) -> int:
        """Slices stored for the output layer, which every trial has."""
        return max(SMALLEST_STACK, len(self))

    def runs(self, layer: int) -> list[Run]:
        """Runs of equal activation among the members of hidden layer `layer`."""
        names = [self.architectures[trial].activation for trial in self.order]
        runs, start = [], 0
        for activation, group in groupby(names[: self.members(layer)]):
            stop = start + len(list(group))
            runs.append(Run(activation, start, stop))
            start = stop
        return runs


def _order(architectures: tuple[Architecture, ...]) -> list[int]:
    depths = sorted({a.depth for a in architectures}, reverse=True)
    order: list[int] = []
    for turn, depth in enumerate(depths):
        trials = [i for i, a in enumerate(architectures) if a.depth == depth]
        trials.sort(key=lambda i: architectures[i].activation, reverse=turn % 2 == 1)
        order.extend(trials)
    return order
