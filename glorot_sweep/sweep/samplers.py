"""What proposes trials: a sampler of its own for each trial, made from a seed."""

import warnings
from typing import Any

from optuna import Study
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial

from glorot_sweep.config.search import SearchConfig
from glorot_sweep.sweep.hyperparameters import Space


def make_sampler(search: SearchConfig, space: Space, seed: int) -> BaseSampler:
    """Return the sampler of one trial."""
    if search.sampler == "random":
        return RandomSampler(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return FixedSpaceTPE(
            space,
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
        self._fixed = {name: one for name, one in sorted(space.items()) if not one.single()}

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> Space:
        """Return the space; before there are results TPE draws at random all the same."""
        return self._fixed
