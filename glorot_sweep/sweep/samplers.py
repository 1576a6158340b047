"""What proposes trials: a sampler of its own for each trial, made from a seed."""

import warnings
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial

from glorot_sweep.config import SearchConfig

Space = dict[str, BaseDistribution]


def search_space(search: SearchConfig) -> Space:
    """Return what a trial's parameters are drawn from."""
    rates, depths = search.learning_rate, search.depth
    return {
        "depth": IntDistribution(depths.low, depths.high),
        "learning_rate": FloatDistribution(rates.low, rates.high, log=True),
    }


def make_sampler(search: SearchConfig, seed: int) -> BaseSampler:
    """Return the sampler of one trial."""
    if search.sampler == "random":
        return RandomSampler(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return FixedSpaceTPE(
            search_space(search),
            seed=seed,
            n_startup_trials=search.generation,
            multivariate=True,
            constant_liar=True,
        )


class FixedSpaceTPE(TPESampler):
    """TPE that is told its space, which never changes, instead of finding it in all trials.

    Args:
        space: of all trials.
        options: of `TPESampler`.
    """

    def __init__(self, space: Space, **options: Any) -> None:
        super().__init__(**options)
        self._fixed = {name: one for name, one in space.items() if not one.single()}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> Space:
        """Return the space; before there are results TPE draws at random all the same."""
        return self._fixed
