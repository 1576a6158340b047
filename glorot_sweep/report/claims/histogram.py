"""Shares of a layer's values, read from its histogram."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Histogram:
    """Shares of all values in equal bins.

    Attributes:
        low, high: range; values outside are in no bin.
        shares: [bins], of all values, so that they sum to at most 1.
    """

    low: float
    high: float
    shares: NDArray[np.float64]

    @property
    def edges(self) -> NDArray[np.float64]:
        """Limits of the bins [bins + 1]."""
        return np.linspace(self.low, self.high, len(self.shares) + 1)

    def share_between(self, low: float, high: float) -> float:
        """Share of the values from `low` to `high`; exact at edges, linear within a bin.

        Example:
            >>> halves = Histogram(-1.0, 1.0, np.array([0.3, 0.2, 0.4, 0.1]))
            >>> round(halves.share_between(-0.5, 0.5), 12), round(halves.share_between(0, 0.25), 12)
            (0.6, 0.2)
        """
        cumulative = np.concatenate([[0.0], np.cumsum(self.shares)])
        below = np.interp([low, high], self.edges, cumulative)
        return float(below[1] - below[0])

    def share_beyond(self, bound: float) -> float:
        """Share of the values in the range whose absolute value exceeds `bound`."""
        return self.share_between(self.low, -bound) + self.share_between(bound, self.high)

    def mode_of_magnitude(self) -> float:
        """Middle of the fullest bin of the absolute values, in units of the values.

        Raises:
            ValueError: the range is not symmetric or the number of bins is odd.
        """
        if self.low != -self.high or len(self.shares) % 2:
            raise ValueError(
                f"folding needs a symmetric range and an even number of bins; got "
                f"[{self.low}, {self.high}] in {len(self.shares)} bins."
            )
        half = len(self.shares) // 2
        folded = self.shares[half:] + self.shares[half - 1 :: -1]
        middles = (self.edges[half:-1] + self.edges[half + 1 :]) / 2
        return float(middles[int(np.argmax(folded))])
