"""What a sweep consists of, before anything is known of its results."""

from collections.abc import Iterator
from dataclasses import dataclass

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.contents.hyperparameters import learning_rates, make_spec, middle
from glorot_sweep.sweep.contents.monitored import monitored_specs


@dataclass(frozen=True)
class Phase:
    """Runs of one kind on one data set.

    Attributes:
        name: search, replicates or monitored.
        dataset: the data set.
        specs: their specifications; learning rates and winners are not known yet, so every depth
            of the search space is equally frequent.
    """

    name: str
    dataset: str
    specs: tuple[TrialSpec, ...]

    @property
    def model_updates(self) -> int:
        """SGD steps of all runs together, if none is pruned; those of pre-training count too."""
        return sum(spec.all_updates for spec in self.specs)


def phases(config: SweepConfig) -> Iterator[Phase]:
    """Yield what a sweep consists of, data set by data set."""
    search, replicates = config.search, config.replicates
    depths = range(search.depth.low, search.depth.high + 1)
    for dataset in config.datasets:
        rungs = (*search.rungs, search.updates)
        trials = [
            _spec(config, dataset, variant, depths[number % len(depths)], rungs, f"t{number}")
            for number in range(search.trials)
            for variant in config.variants
        ]
        yield Phase("search", dataset, tuple(trials))
        looks = (*replicates.evaluations, replicates.updates)
        winners = [
            _spec(config, dataset, variant, depth, looks, f"{role}{seed}", "replicate")
            for seed in range(replicates.seeds)
            for variant in config.variants
            for role, depth in (("table", search.table_depth), ("best", depths[-1]))
        ]
        yield Phase("replicates", dataset, tuple(winners))
    if config.monitored:
        yield Phase("monitored", config.datasets[0], tuple(monitored_specs(config)))


def _spec(
    config: SweepConfig,
    dataset: str,
    variant: str,
    depth: int,
    looks: tuple[int, ...],
    number: str,
    purpose: str = "trial",
) -> TrialSpec:
    search, row = config.search, VARIANTS[variant]
    return make_spec(
        config,
        dataset,
        variant,
        middle(search, row, learning_rates(search, row).low, depth),
        key=f"{variant}-{dataset}-{number}",
        updates=looks[-1],
        weight_seed=0,
        data_seed=0,
        evaluate_at=looks,
        purpose=purpose,
    )
