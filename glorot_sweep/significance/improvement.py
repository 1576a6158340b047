"""How often a run of one variant beats a run of another, over several data sets together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glorot_sweep.significance.comparison import INTERVAL_LEVEL, checked_seeds

DRAWS: Final = 10_000
"""Bootstrap samples where no number is given."""

Pairs = Mapping[str, tuple[ArrayLike, ArrayLike]]
"""Errors of two variants by data set."""


@dataclass(frozen=True)
class Improvement:
    """Probability of improvement: 1/2 where both are alike.

    Attributes:
        probability: That a run of the second variant has a lower error than one of the first, on
            a data set drawn at random; ties count half.
        low, high: Its interval at `level`.
        level: Confidence.
        n_datasets: How many it is a mean over.
    """

    probability: float
    low: float
    high: float
    level: float
    n_datasets: int


def probability_of_improvement(
    errors: Pairs,
    generator: np.random.Generator,
    draws: int = DRAWS,
    level: float = INTERVAL_LEVEL,
) -> Improvement:
    """Return how often the second variant beats the first, with a stratified bootstrap.

    Each data set weighs the same. In a bootstrap sample the runs of each variant on each data set
    are drawn again among themselves, with replacement; the interval is that of percentiles. It
    says what other runs on these data sets would give, nothing about other data sets. Runs that
    share streams are drawn apart: what they share widens the interval and never narrows it.

    Args:
        errors: By data set, errors of the first and of the second variant, [n_runs] each.
        generator: Of the bootstrap samples.
        draws: Their number.
        level: Confidence, in (0, 1).

    Raises:
        ValueError: For no data set, no draw, a level outside (0, 1), fewer than two runs, or a
            value that is not finite.

    Source: R. Agarwal et al. (2021), "Deep reinforcement learning at the edge of the statistical
    precipice", NeurIPS 34, Sec. 4.3.

    Example:
        >>> errors = {"mnist": ([2.0, 2.2], [1.8, 2.1]), "cifar10": ([56, 57], [53, 54])}
        >>> found = probability_of_improvement(errors, np.random.default_rng(0))
        >>> found.probability, found.n_datasets
        (0.875, 2)
    """
    if not errors or draws < 1:
        raise ValueError(
            f"a probability of improvement needs a data set and a draw; got {len(errors)} data "
            f"sets and {draws} draws."
        )
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1; got {level}. Use 0.95.")
    observed, drawn = [], np.zeros(draws)
    for dataset, (first, second) in errors.items():
        wins = _wins(checked_seeds(first, f"first on {dataset}"),
                     checked_seeds(second, f"second on {dataset}"))  # fmt: skip
        observed.append(float(wins.mean()))
        drawn += _drawn_again(wins, generator, draws) / len(errors)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Improvement(float(np.mean(observed)), float(low), float(high), level, len(errors))


def _wins(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whether each run of the second beats each of the first, ties half: [n_first, n_second]."""
    below = np.less(second[None, :], first[:, None])
    return np.where(np.equal(second[None, :], first[:, None]), 0.5, below.astype(np.float64))


def _drawn_again(
    wins: NDArray[np.float64], generator: np.random.Generator, draws: int
) -> NDArray[np.float64]:
    """Mean of the wins in each bootstrap sample, [draws]."""
    n_first, n_second = wins.shape
    # How often each run is in a sample: its mean is a product with these counts.
    rows = generator.multinomial(n_first, np.full(n_first, 1 / n_first), draws)
    columns = generator.multinomial(n_second, np.full(n_second, 1 / n_second), draws)
    mean: NDArray[np.float64] = np.einsum("ki,ij,kj->k", rows, wins, columns) / wins.size
    return mean
