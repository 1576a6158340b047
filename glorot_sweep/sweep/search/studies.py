"""All studies of a sweep: one for each data set, group and variant."""

import math
from collections.abc import Mapping

from optuna.storages import BaseStorage

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.patience import Patience


def studies_of(
    config: SweepConfig,
    storage: BaseStorage,
    scope: str,
    chances: Mapping[str, float] | None = None,
    patience: Patience | None = None,
) -> list[Study]:
    """Return the studies of a sweep, those of a group side by side: their trials share a stream.

    Args:
        config: the sweep.
        storage: Optuna's.
        scope: see `Study`.
        chances: by data set the error of always answering the majority class; None, where nothing
            is proposed and no winner is looked for.
        patience: with outages of the storage.
    """
    return [
        Study(
            storage, config, scope, dataset, variant, patience,
            group=group, chance=math.inf if chances is None else chances[dataset],
        )
        for dataset in config.datasets
        for group in config.search.group_numbers
        for variant in config.variants
    ]  # fmt: skip
