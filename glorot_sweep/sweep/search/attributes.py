"""What a study and its trials say of themselves to Optuna's own tools: their user attributes."""

from collections.abc import Callable
from enum import StrEnum

from glorot_sweep.sweep.contents.parts import Part
from glorot_sweep.tracking.schema.names import Tag
from glorot_sweep.training.results import TrialResult

PageOf = Callable[[str], str | None]
"""Returns the address of a run's page by its id, if a server shows it."""


class Attribute(StrEnum):
    """Names of user attributes: where a run's tags have the same, they are called the same."""

    SWEEP = Tag.SWEEP.value
    DATASET = Tag.DATASET.value
    VARIANT = Tag.VARIANT.value
    GROUP = Tag.GROUP.value
    """Number of a study's group; a study that is not searched in groups has none."""
    FACTOR = Tag.FACTOR.value
    FACTOR_VALUE = Tag.FACTOR_VALUE.value
    """At which depth or width it is, of a sweep in which that is a factor."""
    STATE = Tag.STATE.value
    """How a trial's run has ended."""
    RUN_ID = "run_id"
    """Of the run in MLflow: a trial's own; of a study the parent of its trials."""
    RUN_PAGE = "run_page"
    """Address of that run's page, where the tracking URI is a server's."""


def no_page(run_id: str) -> None:
    """Return that no server shows a run."""


def of_study(sweep: str, part: Part) -> dict[str, str | int]:
    """Return what a study is of."""
    which: dict[str, str | int] = {
        Attribute.SWEEP: sweep,
        Attribute.DATASET: part.dataset,
        Attribute.VARIANT: part.variant,
    }
    if part.value is not None:
        which |= {Attribute.FACTOR: part.value.factor, Attribute.FACTOR_VALUE: part.value.number}
    return which if part.group is None else {**which, Attribute.GROUP: part.group}


def of_run(run_id: str, page_of: PageOf) -> dict[str, str]:
    """Return where a run is."""
    page = page_of(run_id)
    return {**({Attribute.RUN_PAGE: page} if page else {}), Attribute.RUN_ID: run_id}


def of_trial(result: TrialResult, page_of: PageOf) -> dict[str, str]:
    """Return how a trial has ended, and where its run is."""
    run = {} if result.trained is None else of_run(result.trained.run_id, page_of)
    return {Attribute.STATE: result.state.word, **run}
