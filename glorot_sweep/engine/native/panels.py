"""How the native core lays out a network's parameters: one block of floats, layer after layer.

The weights of a layer lie in panels of 32 columns, the last one of 16 if that is enough, a panel's
rows one after another; then come its biases. Columns are padded with zeros to a multiple of 16.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.engine.stepper import Layers

PANEL, HALF = 32, 16
ALIGNMENT = 64  # bytes: a line of the cache, the longest vector

Floats = NDArray[np.float32]


def padded(units: int) -> int:
    """Return the columns that are stored for so many units.

    Example:
        >>> padded(9), padded(100)
        (16, 112)
    """
    return -(-units // HALF) * HALF


def aligned(count: int) -> Floats:
    """Return so many zeros that begin at a line of the cache."""
    room = np.zeros(4 * count + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + 4 * count].view(np.float32)


@dataclass(frozen=True)
class Panels:
    """The layout for one shape of network.

    Attributes:
        sizes: units of the input and of every layer.
    """

    sizes: tuple[int, ...]

    @property
    def count(self) -> int:
        """Floats of a whole network."""
        return sum((fan_in + 1) * padded(fan_out) for fan_in, fan_out in self._shapes)

    def new(self, layers: Layers | None = None) -> Floats:
        """Return a block, of zeros or of these weights and biases."""
        block = aligned(self.count)
        if layers is not None:
            self.write(block, layers)
        return block

    def write(self, block: Floats, layers: Layers) -> None:
        """Put weights [fan_in, fan_out] and biases [fan_out] in their places."""
        for (weight, bias), (panels, biases) in zip(layers, self._places(block), strict=True):
            wide = np.zeros((len(weight), len(biases)), np.float32)
            wide[:, : weight.shape[1]] = weight
            for first, panel in panels:
                panel[:] = wide[:, first : first + panel.shape[1]]
            biases[: len(bias)] = bias

    def read(self, block: Floats) -> Layers:
        """Return copies of weights [fan_in, fan_out] and biases [fan_out] of each layer."""
        found = []
        for (_, fan_out), (panels, biases) in zip(self._shapes, self._places(block), strict=True):
            weight = np.concatenate([panel for _, panel in panels], axis=1)[:, :fan_out]
            found.append((np.ascontiguousarray(weight), biases[:fan_out].copy()))
        return tuple(found)

    @property
    def _shapes(self) -> Sequence[tuple[int, int]]:
        return list(itertools.pairwise(self.sizes))

    def _places(self, block: Floats) -> Iterator[tuple[list[tuple[int, Floats]], Floats]]:
        """Yield the panels of each layer [fan_in, 32 or 16], by first column, and its biases."""
        place = 0
        for fan_in, fan_out in self._shapes:
            columns, panels = padded(fan_out), []
            for first in range(0, columns, PANEL):
                width = min(PANEL, columns - first)
                panel = block[place : place + fan_in * width].reshape(fan_in, width)
                panels.append((first, panel))
                place += fan_in * width
            yield panels, block[place : place + columns]
            place += columns
