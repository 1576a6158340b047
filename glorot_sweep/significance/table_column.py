"""Which cells of one column (one data set) are not worse than its best, and the named pairs."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from glorot_sweep.significance.comparison import LEVEL, Comparison
from glorot_sweep.significance.corrections import holm, holm_levels

Key = TypeVar("Key")
Cell = TypeVar("Cell", bound=ArrayLike | Mapping[Hashable, float])
"""What the chosen test takes: errors over seeds, or by seed, wrong examples, or one error."""


@dataclass(frozen=True)
class Standing:
    """A cell's place in its column.

    Attributes:
        is_best: Has the lowest mean error.
        bold: Is the best, or not significantly worse than it. Over the seeds that a cell shares
            with the best, it may be the lower one.
        p_value: Of `comparison`, uncorrected; 1 for the best itself.
        adjusted_p_value: Corrected over the column's comparisons; 1 for the best itself.
        comparison: This cell (a) against the best (b); None for the best itself.
    """

    is_best: bool
    bold: bool
    p_value: float
    adjusted_p_value: float
    comparison: Comparison | None


@dataclass(frozen=True)
class NamedPair:
    """A comparison of a family that was named beforehand, corrected over all of it.

    Attributes:
        comparison: By itself, uncorrected.
        adjusted_p_value: By Holm over the family.
        significant: At the family's level.
        level: At which Holm's method tested it; see `holm_levels`.
    """

    comparison: Comparison
    adjusted_p_value: float
    significant: bool
    level: float

    @property
    def interval(self) -> tuple[float, float]:
        """Interval of the difference at confidence 1 - `level`, in points.

        With a t-test it leaves out 0 exactly where the pair is significant.
        """
        return self.comparison.interval_at(self.level)


def not_worse_than_best(
    cells: Mapping[str, Cell],
    test: Callable[[Cell, Cell], Comparison],
    level: float = LEVEL,
    correction: Literal["holm", "none"] = "holm",
) -> dict[str, Standing]:
    """Compare every cell of a column with the one of lowest mean error.

    The best is chosen by looking at the errors that are then tested, which favours finding
    differences: among k equal cells the chance that at least one loses its bold mark is not
    bounded by `level` but, with Holm's correction, by k / 2 times it: the smallest threshold is
    level / (k - 1), and any of the k (k - 1) / 2 pairs may be the one that meets it. Without a
    correction it is bounded by k (k - 1) / 2 times the level.

    Args:
        cells: Variant to cell; a cell is whatever `test` takes, and its mean is its error: with
            `welch` errors in percent [n_seeds], with `paired_seeds` the same by seed, with
            `paired_examples` 0/1 [n_seeds, n_examples], with `two_percentages` one number.
        test: Takes two cells; for other numbers of examples bind them with `functools.partial`.
        level: A cell is bold if its adjusted p is above this, or if it is lower where the two
            are compared.
        correction: Over the column's comparisons; "none" is how the paper's table is read.

    Returns:
        Variant to standing, in the order of `cells`. Of several lowest cells the first is the
        best; the others are compared with it.

    Raises:
        ValueError: For no cells, a cell whose mean is not finite, a level outside (0, 1), an
            unknown correction, or what `test` raises.

    Example:
        >>> from glorot_sweep.significance import two_percentages
        >>> column = {"tanh": 55.9, "tanh_n": 52.92, "softsign_n": 53.8}
        >>> standings = not_worse_than_best(column, two_percentages, correction="none")
        >>> [variant for variant, standing in standings.items() if standing.bold]
        ['tanh_n', 'softsign_n']
    """
    _check_level(level)
    best = _lowest(cells)
    compared = {name: test(cell, cells[best]) for name, cell in cells.items() if name != best}
    adjusted = _adjust(compared, correction)
    return {
        name: _standing(compared[name], adjusted[name], level)
        if name != best
        else Standing(True, True, 1.0, 1.0, None)
        for name in cells
    }


def named_pairs(compared: Mapping[Key, Comparison], level: float = LEVEL) -> dict[Key, NamedPair]:
    """Correct a family of comparisons that were named beforehand by Holm's method.

    Args:
        compared: Comparisons by whatever tells them apart; may be empty.
        level: One is significant if its adjusted p is at most this.

    Returns:
        The same, corrected, in the order given.

    Raises:
        ValueError: For a level outside (0, 1).

    Example:
        >>> from glorot_sweep.significance import two_percentages
        >>> tested = {"tanh": two_percentages(27.15, 15.6), "softsign": two_percentages(16.3, 16.1)}
        >>> [pair.significant for pair in named_pairs(tested).values()]
        [True, False]
    """
    _check_level(level)
    adjusted = _adjust(compared, "holm")
    levels = holm_levels([found.p_value for found in compared.values()], level)
    return {
        key: NamedPair(found, adjusted[key], adjusted[key] <= level, float(own))
        for (key, found), own in zip(compared.items(), levels, strict=True)
    }


def _adjust(compared: Mapping[Key, Comparison], correction: str) -> dict[Key, float]:
    """Adjusted p of each comparison."""
    raw = [found.p_value for found in compared.values()]
    if correction == "none":
        return dict(zip(compared, raw, strict=True))
    if correction == "holm":
        return dict(zip(compared, holm(raw).tolist(), strict=True))
    raise ValueError(f'correction must be "holm" or "none"; got {correction!r}.')


def _standing(found: Comparison, adjusted: float, level: float) -> Standing:
    is_bold = adjusted > level or found.difference < 0
    return Standing(False, is_bold, found.p_value, adjusted, found)


def _lowest(cells: Mapping[str, Cell]) -> str:
    """Name of the cell of lowest mean, the first one of several."""
    if not cells:
        raise ValueError("a column needs at least one cell; got none.")
    means = {name: _mean(cell) for name, cell in cells.items()}
    for name, mean in means.items():
        if not np.isfinite(mean):
            raise ValueError(
                f"every cell needs a finite mean error; {name} has {mean}. "
                "Leave a failed cell out of the column."
            )
    return min(means, key=means.__getitem__)


def _mean(cell: ArrayLike | Mapping[Hashable, float]) -> float:
    values = list(cell.values()) if isinstance(cell, Mapping) else cell
    return float(np.mean(np.asarray(values, dtype=float)))


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1; got {level}. Use {LEVEL}.")
