"""The studies of a sweep: one for each data set, group, variant and value."""

import math
from collections.abc import Iterable, Mapping

from optuna.storages import BaseStorage

from glorot_sweep.config.factors import at_value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.contents.parts import Part
from glorot_sweep.sweep.search.attributes import PageOf, no_page
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.patience import Patience


def studies_of(
    config: SweepConfig,
    storage: BaseStorage,
    scope: str,
    parts: Iterable[Part],
    chances: Mapping[str, float] | None = None,
    patience: Patience | None = None,
    page_of: PageOf = no_page,
) -> list[Study]:
    """Return studies of a sweep, in the order of their parts: trials of a group share a stream.

    Args:
        config: the sweep.
        storage: Optuna's.
        scope: see `Study`.
        parts: which studies.
        chances: by data set the error of always answering the majority class; None, where nothing
            is proposed and no winner is looked for.
        patience: with outages of the storage.
        page_of: see `Study`.
    """
    at = {value: at_value(config, value) for value in values_of(config)}
    return [
        Study(
            storage, at[value], scope, dataset, variant, patience,
            group=group, chance=math.inf if chances is None else chances[dataset],
            page_of=page_of,
        )
        for dataset, variant, group, value in parts
    ]  # fmt: skip
