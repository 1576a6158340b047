"""Winners of the studies, and the replicates that are trained for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.seeds import derive_seed
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.contents.hyperparameters import make_spec
from glorot_sweep.sweep.contents.looks import statistics_spec
from glorot_sweep.sweep.search.study import Candidate, Study


@dataclass(frozen=True)
class Winner:
    """A trial that is trained again with other seeds.

    Attributes:
        dataset, variant: its study.
        candidate: the trial.
        at_table_depth: it is the best one at the table's depth and feeds Table 1.
        is_overall: it is the best one of its study and feeds the table of best depths.
    """

    dataset: str
    variant: str
    candidate: Candidate
    at_table_depth: bool
    is_overall: bool

    @property
    def role(self) -> str:
        """Value of the replicate's tag `role`: which tables it feeds."""
        if self.at_table_depth and self.is_overall:
            return "table_depth+best_depth"
        return "table_depth" if self.at_table_depth else "best_depth"


def find_winners(studies: Iterable[Study], table_depth: int) -> list[Winner]:
    """Return one or two winners of each study: at the table's depth, and over all depths."""
    winners = []
    for study in studies:
        at_depth, overall = study.best(table_depth), study.best()
        same = at_depth.number == overall.number
        winners.append(Winner(study.dataset, study.variant, at_depth, True, same))
        if not same:
            winners.append(Winner(study.dataset, study.variant, overall, False, True))
    return winners


def replicate_specs(config: SweepConfig, winners: list[Winner]) -> list[tuple[Winner, TrialSpec]]:
    """Return the specifications of all replicates, those that share a stream side by side.

    Replicate r of every variant sees training stream r.
    """
    return [
        (winner, _replicate(config, winner, seed))
        for seed in range(config.replicates.seeds)
        for winner in winners
    ]


def _replicate(config: SweepConfig, winner: Winner, seed: int) -> TrialSpec:
    dataset, variant, chosen = winner.dataset, winner.variant, winner.candidate.chosen
    end = "" if winner.at_table_depth else "-best"
    words = (config.seed, dataset, variant, "replicate", chosen.depth, seed)
    return make_spec(
        config,
        dataset,
        variant,
        chosen,
        key=f"{variant}-{dataset}{end}-seed{seed}",
        updates=config.replicates.updates,
        weight_seed=derive_seed(*words),
        data_seed=derive_seed(config.seed, dataset, "replicate", seed),
        evaluate_at=(*config.replicates.evaluations, config.replicates.updates),
        purpose="replicate",
        statistics=statistics_spec(config.statistics, config.replicates.updates, "replicate"),
    )
