"""The parts of a sweep's search: what each of its studies is of."""

from collections.abc import Mapping
from typing import NamedTuple

from glorot_sweep.config.factors import Value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.contents.groups import Group


class Part(NamedTuple):
    """What one study is of.

    Attributes:
        dataset, variant, group: as they are called.
        value: of the sweep's factor; None without one.
    """

    dataset: str
    variant: str
    group: Group = None
    value: Value | None = None


def parts_of(config: SweepConfig, seeds: Mapping[tuple[str, str], int] | None = None) -> list[Part]:
    """Return what the studies of a sweep are of, those of a group side by side.

    Args:
        config: the sweep.
        seeds: of each data set and variant, where it goes on until it is decided: each seed has a
            group of its own. None: as many as there may be.
    """
    at_last = config.at_look(-1)
    return [
        Part(dataset, variant, group, value)
        for dataset in config.datasets
        for group in at_last.search.group_numbers
        for value in values_of(config)
        for variant in config.variants
        if group is None or seeds is None or group < seeds[dataset, variant]
    ]
