"""Where each trial of a pack lies in the stacks of weights.

Trials are sorted by depth, deepest first, so that the trials which have a hidden layer l are the
first ones of the stack: a shallower trial has left it after its last hidden layer. Within one
depth they are sorted by activation, in alternating direction, so that equal neighbours form long
segments and an activation function is called once a segment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from glorot_sweep.engine.architecture import Architecture

T = TypeVar("T")

# Batched matrix products give a slice the same bits at any position in any stack only if the
# stack has two slices or more and rows are a multiple of 16 long (64 bytes of float32).
SMALLEST_STACK = 2
ROW_MULTIPLE = 16


@dataclass(frozen=True)
class Segment:
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
    """Order of the trials, height of each stack, segments of each layer.

    Layers are counted from 0; the output layer is `depth`, and every trial has it.

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
        """Return where a trial lies in the stacks."""
        return self._position[trial]

    def members(self, layer: int) -> int:
        """Return how many trials have a layer: the first ones of its stack."""
        if layer == self.depth:
            return len(self)
        return sum(a.depth > layer for a in self.architectures)

    def height(self, layer: int) -> int:
        """Return the slices stored for a layer; a lone trial gets an idle companion."""
        return max(SMALLEST_STACK, self.members(layer))

    @property
    def output_height(self) -> int:
        """Slices stored for the output layer."""
        return self.height(self.depth)

    def stacked(self, values: Sequence[T], layer: int, idle: T) -> list[T]:
        """Return a value for each slice of a layer's stack.

        Args:
            values: one for each trial.
            layer: the layer.
            idle: value of slices that belong to no trial.
        """
        members = self.members(layer)
        own = [values[trial] for trial in self.order[:members]]
        return own + [idle] * (self.height(layer) - members)

    def segments(self, layer: int) -> list[Segment]:
        """Return the segments of equal activation among the members of a hidden layer."""
        names = [self.architectures[trial].activation for trial in self.order]
        segments, start = [], 0
        for activation, group in groupby(names[: self.members(layer)]):
            stop = start + len(list(group))
            segments.append(Segment(activation, start, stop))
            start = stop
        return segments


def _order(architectures: tuple[Architecture, ...]) -> list[int]:
    depths = sorted({a.depth for a in architectures}, reverse=True)
    order: list[int] = []
    for turn, depth in enumerate(depths):
        trials = [i for i, a in enumerate(architectures) if a.depth == depth]
        trials.sort(key=lambda i: architectures[i].activation, reverse=turn % 2 == 1)
        order.extend(trials)
    return order
