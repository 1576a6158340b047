"""What a sweep consists of, before anything is known of its results."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glorot_sweep.config.factors import at_value
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.contents.groups import Group
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters, learning_rates, middle
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.contents.parts import Part, parts_of
from glorot_sweep.sweep.contents.replicates import Candidate, Winner, replicate_tasks
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.contents.trials import trial_task


@dataclass(frozen=True)
class Phase:
    """Runs of one kind on one data set.

    Attributes:
        name: search, replicates or monitored.
        dataset: the data set.
        specs: their specifications; learning rates and winners are not known yet, so where the
            depth is searched every depth is equally frequent.
    """

    name: str
    dataset: str
    specs: tuple[TrialSpec, ...]

    @property
    def model_updates(self) -> int:
        """SGD steps of all runs together, if none is pruned; those of pre-training count too."""
        return sum(spec.all_updates for spec in self.specs)


def phases(config: SweepConfig, *, at_most: bool = False) -> Iterator[Phase]:
    """Yield what a sweep consists of, data set by data set.

    Args:
        config: the sweep.
        at_most: where seeds are added until it is decided: all that there may be, instead of those
            of the first look.
    """
    parts = parts_of(config, _most_seeds(config)) if at_most else parts_of(config.at_look(0))
    for dataset in config.datasets:
        own = [part for part in parts if part.dataset == dataset]
        winners = _winners(config, own)
        yield _phase("search", dataset, _trials(config, own))
        yield _phase("replicates", dataset, replicate_tasks(config.at_look(-1), winners))
    if config.monitored:
        yield _phase("monitored", config.datasets[0], monitored_tasks(config))


def _phase(name: str, dataset: str, tasks: list[Task]) -> Phase:
    return Phase(name, dataset, tuple(task.spec for task in tasks))


def _most_seeds(config: SweepConfig) -> dict[tuple[str, str], int]:
    """Return how many seeds each cell may have: a variant that is not compared gets no further."""
    compared = {variant for pair in config.all_comparisons for variant in pair}
    first, last = config.replicates.looks[0], config.replicates.looks[-1]
    return {
        (dataset, variant): last if variant in compared else first
        for dataset in config.datasets
        for variant in config.variants
    }


def _trials(config: SweepConfig, parts: Sequence[Part]) -> list[Task]:
    """Return the trials of parts, those of a group and number side by side."""
    by_group: defaultdict[Group, list[Part]] = defaultdict(list)
    for part in parts:
        by_group[part.group].append(part)
    at = {part.value: at_value(config, part.value) for part in parts}
    return [
        trial_task(
            at[value], dataset, variant, number, _trial(at[value], variant, number), {}, group
        )
        for alike in by_group.values()
        for number in range(config.search.group_trials)
        for dataset, variant, group, value in alike
    ]


def _trial(config: SweepConfig, variant: str, number: int) -> Hyperparameters:
    """Return a trial's depth, if it is known; the others take turns with all depths."""
    search = config.search
    depths = range(search.depth.low, search.depth.high + 1)
    if search.is_at_table_depth(number) and not search.is_old_way:
        return _guess(config, variant, search.table_depth)
    return _guess(config, variant, depths[number % len(depths)])


def _winners(config: SweepConfig, parts: Sequence[Part]) -> list[Winner]:
    """Return the winners of each group: at the table's depth, and at the largest of several."""
    return [winner for part in parts for winner in _winners_of(at_value(config, part.value), part)]


def _winners_of(config: SweepConfig, part: Part) -> list[Winner]:
    search, (dataset, variant, group, value) = config.search, part
    one_depth = search.depth.low == search.depth.high
    at_depth, deepest = (True, one_depth, search.table_depth), (False, True, search.depth.high)
    return [
        Winner(
            dataset, variant, Candidate(0, _guess(config, variant, depth), math.nan),
            at_table_depth, is_overall, group, value=value,
        )
        for at_table_depth, is_overall, depth in ((at_depth,) if one_depth else (at_depth, deepest))
    ]  # fmt: skip


def _guess(config: SweepConfig, variant: str, depth: int) -> Hyperparameters:
    search, row = config.search, config.rows[variant]
    return middle(search, row, learning_rates(search, row).low, depth)
