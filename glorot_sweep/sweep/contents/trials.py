"""The trials of a group: learning rate and depth of one variant on one data set are tuned."""

from glorot_sweep.config.factors import Value, value_names, value_of, value_words
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.config.window import evaluated_at
from glorot_sweep.keys import key_text
from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.contents.groups import Group, group_names, group_words
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.pruning import Limits
from glorot_sweep.sweep.contents.specification import make_spec
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.trained import AtValue, TrialMark


def study_key(dataset: str, variant: str, value: Value | None = None) -> str:
    """Return the key of a study's run, which its groups share.

    Example:
        >>> study_key("mine", "tanh"), study_key("mine", "tanh", Value("depth", 3))
        ('tanh/mine', 'tanh/mine/d3')
    """
    return key_text(variant, dataset, *value_names(value))


def trial_key(
    dataset: str, variant: str, number: int, group: Group = None, value: Value | None = None
) -> str:
    """Return the key of a trial's run."""
    words = (*value_names(value), *group_names(group))
    return key_text(variant, dataset, *words, f"t{number:03d}")


def marked_value(value: Value | None) -> AtValue:
    """Return what a run says of the value at which it is."""
    return AtValue() if value is None else AtValue(factor=value.factor, factor_value=value.number)


def trial_task(
    config: SweepConfig,
    dataset: str,
    variant: str,
    number: int,
    chosen: Hyperparameters,
    limits: Limits,
    group: Group = None,
) -> Task:
    """Return a trial. All trials of a group on a data set share one training stream.

    Args:
        config: the sweep, at one value if it has a factor.
        dataset: of the study.
        variant: of the study.
        number: within the group.
        chosen: what the search proposes.
        limits: where it is dropped.
        group: its own.
    """
    words, window, value = group_words(group), config.replicates.window, value_of(config)
    spec = make_spec(
        config.network,
        config.statistics,
        dataset,
        config.rows[variant],
        chosen,
        key=trial_key(dataset, variant, number, group, value),
        purpose="trial",
        evaluate_at=evaluated_at(config.search.rungs, config.search.updates, window),
        weight_seed=derive_seed(
            config.seed, dataset, variant, *value_words(value), *words, "trial", number
        ),
        data_seed=derive_seed(config.seed, dataset, *(words or ("tuning",))),
        window=window,
    )
    mark = TrialMark(trial=number, study=study_key(dataset, variant, value), group=group)
    return Task(spec, tags_of(mark, marked_value(value)), limits)
