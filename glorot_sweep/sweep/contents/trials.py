"""The trials of a study: learning rate and depth of one variant on one data set are tuned."""

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.keys import key_text
from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.pruning import Limits
from glorot_sweep.sweep.contents.specification import make_spec
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.trained import TrialMark


def study_key(dataset: str, variant: str) -> str:
    """Return the key of a study's run."""
    return key_text(variant, dataset)


def trial_key(dataset: str, variant: str, number: int) -> str:
    """Return the key of a trial's run."""
    return key_text(variant, dataset, f"t{number:03d}")


def trial_task(
    config: SweepConfig,
    dataset: str,
    variant: str,
    number: int,
    chosen: Hyperparameters,
    limits: Limits,
) -> Task:
    """Return a trial of a study. All trials on a data set share one training stream.

    Args:
        config: the sweep.
        dataset: of the study.
        variant: of the study.
        number: within the study.
        chosen: what the study proposes.
        limits: where it is dropped.
    """
    spec = make_spec(
        config.network,
        config.statistics,
        dataset,
        variant,
        chosen,
        key=trial_key(dataset, variant, number),
        purpose="trial",
        evaluate_at=(*config.search.rungs, config.search.updates),
        weight_seed=derive_seed(config.seed, dataset, variant, "trial", number),
        data_seed=derive_seed(config.seed, dataset, "tuning"),
    )
    mark = TrialMark(trial=number, study=study_key(dataset, variant))
    return Task(spec, tags_of(mark), limits)
