"""Which trials are given up, decided from earlier generations of their group alone.

The rule is Optuna's `PercentilePruner`: a trial is dropped at a rung when its best error so far
is above a percentile of the errors that complete trials had at the same rung. Since only trials
of earlier generations count, the limits are known before a pack starts and travel with it: no
decision waits for the driver, or depends on a neighbour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from glorot_sweep.config.search import PrunerConfig, SearchConfig

Limits = Mapping[int, float]
"""Update of a rung -> the error above which a trial is dropped there, percent."""


@dataclass(frozen=True)
class CompleteTrial:
    """A complete trial, as far as others are compared with it.

    Attributes:
        depth: its hidden layers.
        errors: its validation errors by update.
    """

    depth: int
    errors: Mapping[int, float]


def trial_limits(
    search: SearchConfig, number: int, depth: int, complete: Iterable[CompleteTrial]
) -> dict[int, float]:
    """Return the limits of a trial.

    Args:
        search: whose rungs and pruner they are.
        number: of the trial in its group.
        depth: its hidden layers.
        complete: the complete trials of earlier generations of its group.
    """
    pruner = search.pruner
    first_ones = search.at_table_depth_before(number) < pruner.least_complete
    if first_ones and search.is_at_table_depth(number):
        return {}
    rungs = [rung for rung in search.rungs if rung / search.updates >= pruner.start]
    alike = [one.errors for one in complete if search.is_old_way or one.depth == depth]
    return pruning_limits(pruner, rungs, alike)


def pruning_limits(
    pruner: PrunerConfig, rungs: Iterable[int], complete: Sequence[Mapping[int, float]]
) -> dict[int, float]:
    """Return the limits that complete trials set.

    Args:
        pruner: kind, percentile and how many complete trials it needs.
        rungs: updates at which a trial may be dropped.
        complete: for each complete trial its validation errors by update.

    Example:
        >>> pruner = PrunerConfig(kind="median", startup_trials=3)
        >>> pruning_limits(pruner, [100], [{100: 50.0}, {100: 60.0}, {100: 80.0}])
        {100: 60.0}
    """
    if pruner.kind == "none" or len(complete) < pruner.startup_trials:
        return {}
    limits = {}
    for rung in rungs:
        errors = [trial[rung] for trial in complete if rung in trial]
        if errors:
            limits[rung] = float(np.percentile(errors, pruner.percentile))
    return limits


@dataclass
class Pruning:
    """Applies limits while a pack is trained.

    Args:
        limits: by trial key.
    """

    limits: Mapping[str, Limits]

    def __post_init__(self) -> None:
        self._best: dict[str, float] = {}

    def dropped(self, update: int, errors: Mapping[str, float]) -> set[str]:
        """Return the keys of the trials to drop at this update, given their errors."""
        drops = set()
        for key, error in errors.items():
            self._best[key] = min(error, self._best.get(key, error))
            limit = self.limits.get(key, {}).get(update)
            if limit is not None and self._best[key] > limit:
                drops.add(key)
        return drops
