"""How many seeds a sweep's cells must have, by what its replicates have decided so far.

The driver and the report ask here, so that both know the same from the same runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.significance import (
    Decision,
    Outcome,
    SequentialDesign,
    decisions,
    open_pairs,
    p_text,
    seeds_wanted,
)
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.schema.members import member_run
from glorot_sweep.tracking.schema.names import Kind, Role, Tag
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.trained import ReplicateRun

Cell = tuple[str, str]
"""Data set and variant."""


@dataclass(frozen=True)
class Reached:
    """How far a sweep is that goes on until it is decided.

    Attributes:
        decisions: of each comparison on each data set, by its two cells; none of other sweeps.
        seeds: that each cell of the sweep must have.
        design: what was settled beforehand; None of other sweeps.
    """

    decisions: Mapping[tuple[Cell, Cell], Decision] = field(default_factory=dict)
    seeds: Mapping[Cell, int] = field(default_factory=dict)
    design: SequentialDesign[Cell] | None = None

    def groups(self, config: SweepConfig, dataset: str, variant: str) -> int:
        """Return how many groups of the search a cell has the winners of."""
        return config.search.groups if self.design is None else self.seeds[dataset, variant]


def design_of(config: SweepConfig) -> SequentialDesign[Cell] | None:
    """Return the design of a sweep; None if it does not go on until it is decided.

    A file names the variant that is compared first, and what it is compared with second; a
    positive difference says that the former has the lower error, so here the latter comes first.
    """
    if config.replicates.until_decided is None:
        return None
    pairs = tuple(
        ((dataset, base), (dataset, compared))
        for dataset in config.datasets
        for compared, base in config.all_comparisons
    )
    chosen = config.significance
    return SequentialDesign(pairs, config.replicates.looks, chosen.test, chosen.level)


def ended_replicates(runs: Iterable[RunRecord]) -> list[ReplicateRun]:
    """Return the replicates among a sweep's runs that are measured or given up for good."""
    return [
        read(ReplicateRun, run)
        for run in runs
        if run.tags.get(Tag.KIND) == Kind.REPLICATE
        and ((found := member_run(run)).given_up or found.is_whole)
    ]


def reached(config: SweepConfig, replicates: Iterable[ReplicateRun]) -> Reached:
    """Return what is decided, and how many seeds are needed: by every look that is whole.

    A look is whole once each replicate of a compared cell that it needs has ended, be it measured
    or given up; variants that are not compared, which a sweep may grow by, change nothing of it.
    The answer depends on the replicates' numbers alone.

    Args:
        config: the sweep.
        replicates: its own that have ended, those of later looks perhaps among them.
    """
    design, seeds = design_of(config), dict.fromkeys(_cells(config), config.replicates.seeds)
    if design is None:
        return Reached({}, seeds)
    ended = [run for run in replicates if _is_at_table_depth(run)]
    there = {(run.dataset, run.variant, run.seed) for run in ended}
    errors = _errors(ended)
    found = decisions(design, errors, 0)
    for look in range(1, len(design.looks) + 1):
        if any((*cell, seed) not in there for cell in design.cells for seed in range(seeds[cell])):
            break
        found = decisions(design, errors, look)
        seeds |= seeds_wanted(design, found)
        if not open_pairs(found):
            break
    return Reached(found, seeds, design)


def sentence(pair: tuple[Cell, Cell], found: Decision, level: float) -> str:
    """Return what has become of a comparison, in words; see `outcome`."""
    (dataset, base), (_, compared) = pair
    return f"{compared} against {base} on {dataset}: {outcome(found, (base, compared), level)}"


def outcome(found: Decision, names: tuple[str, str], level: float) -> str:
    """Return the same without what was compared.

    Args:
        found: the decision.
        names: of the two variants, in its order.
        level: the sweep's.
    """
    p = f"p = {p_text(found.adjusted_p_value, level)} over all looks and comparisons"
    difference = found.deciding.difference
    if found.outcome is Outcome.DECIDED and difference is not None:
        lower = names[difference > 0]
        points = f"{lower} has the lower error, by {abs(difference):.2f} points"
        return f"{stopped(found)}, {points} ({p})"
    return f"{stopped(found)} ({p})"


def stopped(found: Decision) -> str:
    """Return what has become of a comparison, and with how many seeds."""
    if found.deciding.seeds != found.seeds:
        return f"decided by its look at {found.deciding.seeds} seeds"
    words = {Outcome.OPEN: "open after", Outcome.FUTILE: "given up as futile with"}
    return f"{words.get(found.outcome, f'{found.outcome.value} with')} {found.seeds} seeds"


def _cells(config: SweepConfig) -> list[Cell]:
    return [(dataset, variant) for dataset in config.datasets for variant in config.variants]


def _is_at_table_depth(run: ReplicateRun) -> bool:
    """Whether a replicate is one that comparisons are made of: it repeats the group of its seed."""
    return Role.TABLE_DEPTH in run.roles and run.group == run.seed


def _errors(ended: Iterable[ReplicateRun]) -> dict[Cell, dict[int, float]]:
    """Return test errors in percent by seed; of two runs of one seed that of the older one."""
    errors: dict[Cell, dict[int, float]] = {}
    for run in ended:
        if run.state.is_measured and run.test_error is not None:
            errors.setdefault((run.dataset, run.variant), {}).setdefault(run.seed, run.test_error)
    return errors
