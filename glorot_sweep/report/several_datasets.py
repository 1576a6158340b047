"""The named pairs over all data sets of a sweep together."""

from dataclasses import dataclass

import numpy as np

from glorot_sweep.config.factors import Value
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.beforehand import named_beforehand
from glorot_sweep.report.collect import Collected
from glorot_sweep.report.paper import Paper
from glorot_sweep.seeds import derive_seed
from glorot_sweep.significance import Improvement, probability_of_improvement
from glorot_sweep.tracking.schema.names import Role


@dataclass(frozen=True)
class PairImprovement:
    """How often the second variant of a pair beats the first, over several data sets.

    Attributes:
        first, second: the pair.
        labels: how tables write the two.
        found: how often.
        what: is compared: a run, or the mean of what repeats one search.
        value: of the sweep's factor; None without one.
    """

    first: str
    second: str
    labels: tuple[str, str]
    found: Improvement
    what: str = "a run"
    value: Value | None = None

    @property
    def sentence(self) -> str:
        """Say it, with its interval."""
        found = self.found
        at = f", {self.value}" if self.value else ""
        return (
            f"Over {found.n_datasets} data sets{at}: {self.what} of {self.labels[1]} has "
            f"a lower error than one of {self.labels[0]} with probability "
            f"{found.probability:.2f} [{found.low:.2f}, {found.high:.2f}] (1/2 where both are "
            f"alike; {100 * found.level:.0f} % interval by a bootstrap stratified by data set)"
        )


def improvements(collected: Collected, paper: Paper) -> list[PairImprovement]:
    """Return what is found of each named pair that was measured on two data sets or more.

    Of a sweep with a factor at each of its values, a pair's from the lowest value up.
    """
    return [
        found
        for first, second in named_beforehand(collected.config, paper)
        for one in collected.at_values
        if (found := _improvement(one, first, second))
    ]


def _improvement(collected: Collected, first: str, second: str) -> PairImprovement | None:
    config = collected.config
    cells = {
        dataset: [collected.cells[Role.TABLE_DEPTH, dataset, v] for v in (first, second)]
        for dataset in config.datasets
    }
    errors = {
        dataset: (pair[0].observations, pair[1].observations)
        for dataset, pair in cells.items()
        if all(cell.has_mean for cell in pair)
    }
    if len(errors) < 2:
        return None
    found = probability_of_improvement(errors, _generator(config, first, second))
    labels = (config.rows[first].label, config.rows[second].label)
    return PairImprovement(first, second, labels, found, _compared(config), collected.value)


def _compared(config: SweepConfig) -> str:
    """Say what the observations are."""
    seeds, groups = config.replicates.seeds, config.search.groups
    return "a run" if groups in (1, seeds) else "a search's mean"


def _generator(config: SweepConfig, first: str, second: str) -> np.random.Generator:
    """Return the same draws whenever and wherever a report is made."""
    return np.random.default_rng(derive_seed(config.seed, "bootstrap", first, second))
