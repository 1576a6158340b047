"""The replicates: winners of the groups, trained again with other seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

from glorot_sweep.config.factors import Value, at_value, value_names, value_words
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.config.window import evaluated_at
from glorot_sweep.keys import key_text
from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.contents.groups import Group, group_names
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.specification import make_spec
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.contents.trials import marked_value, study_key
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Role, Tag
from glorot_sweep.tracking.schema.trained import BOTH, NOT_LEARNED, ReplicateMark


@dataclass(frozen=True)
class Candidate:
    """A complete trial that may become the winner.

    Attributes:
        number: trial number.
        chosen: its hyperparameters.
        validation_error: at its end, percent: the mean over its window.
    """

    number: int
    chosen: Hyperparameters
    validation_error: float


@dataclass(frozen=True)
class Winner:
    """A trial that is trained again with other seeds.

    Attributes:
        dataset, variant, group, value: its study.
        candidate: the trial.
        at_table_depth: it is the best one at the table's depth and feeds Table 1.
        is_overall: it is the best one of its study and feeds the table of best depths.
        has_learned: it is better than always answering the majority class. If not, it is the
            earliest of the best ones, trained again so that the table can show what came of it.
    """

    dataset: str
    variant: str
    candidate: Candidate
    at_table_depth: bool
    is_overall: bool
    group: Group = None
    has_learned: bool = True
    value: Value | None = None

    @property
    def role(self) -> str:
        """Value of the replicate's tag `role`: which tables it feeds."""
        fits = {Role.TABLE_DEPTH: self.at_table_depth, Role.BEST_DEPTH: self.is_overall}
        return BOTH.join(role for role, does in fits.items() if does)


def replicate_tasks(config: SweepConfig, winners: Sequence[Winner]) -> list[Task]:
    """Return all replicates, those that share a stream side by side.

    Replicate r of every variant sees training stream r. It repeats the winner of group r modulo
    the number of groups.
    """
    return [
        _replicate(config, winner, seed)
        for seed in range(config.replicates.seeds)
        for winner in winners
        if winner.group in {None, seed % config.search.groups}
    ]


def replicate_key(
    dataset: str,
    variant: str,
    seed: int,
    group: Group = None,
    *,
    at_table_depth: bool,
    value: Value | None = None,
) -> str:
    """Return the key of a replicate's run.

    Example:
        >>> replicate_key("mine", "tanh", 1, 4, at_table_depth=False)
        'tanh/mine/best/g4/seed1'
    """
    where = () if at_table_depth else ("best",)
    words = (*value_names(value), *where, *group_names(group))
    return key_text(variant, dataset, *words, f"{Tag.SEED}{seed}")


def _replicate(config: SweepConfig, winner: Winner, seed: int) -> Task:
    dataset, variant, chosen = winner.dataset, winner.variant, winner.candidate.chosen
    value, config = winner.value, at_value(config, winner.value)
    replicates = config.replicates
    words = (config.seed, dataset, variant, *value_words(value), "replicate", chosen.depth, seed)
    spec = make_spec(
        config.network,
        config.statistics,
        dataset,
        config.rows[variant],
        chosen,
        key=replicate_key(
            dataset,
            variant,
            seed,
            winner.group,
            at_table_depth=winner.at_table_depth,
            value=value,
        ),
        purpose="replicate",
        evaluate_at=evaluated_at(replicates.evaluations, replicates.updates, replicates.window),
        weight_seed=derive_seed(*words),
        data_seed=derive_seed(config.seed, dataset, "replicate", seed),
        window=replicates.window,
    )
    mark = ReplicateMark(
        study=study_key(dataset, variant, value),
        seed=seed,
        group=winner.group,
        role=winner.role,
        winner=f"t{winner.candidate.number:03d}",
        learned=None if winner.has_learned else NOT_LEARNED,
    )
    return Task(spec, tags_of(mark, marked_value(value)))
