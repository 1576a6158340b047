"""The life of a run: its states, and what each means to MLflow, Optuna, recovery and the report."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """MLflow's word for what a run is doing."""

    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class Told(StrEnum):
    """Optuna's name for how a trial has ended."""

    COMPLETE = "COMPLETE"
    PRUNED = "PRUNED"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Meaning:
    """What a state means to each of those who read it.

    Attributes:
        word: value of the run's tag `state`, and of the same attribute of Optuna's trial.
        status: MLflow's.
        told: how Optuna is told that the trial has ended; None: it is not told, and asks for the
            same trial again.
        is_measured: the run counts in the report's tables, by its own errors.
        is_kept: the next start of the sweep takes the run as it is; else it trains it again.
    """

    word: str
    status: Status
    told: Told | None
    is_measured: bool
    is_kept: bool


class State(StrEnum):
    """Where a run is in its life."""

    RUNNING = "running"
    """It is worked on; or its process died without a word, and the next start finds it so."""
    COMPLETE = "complete"
    """It has done everything that was asked."""
    PRUNED = "pruned"
    """A trial that was dropped at a rung. MLflow has no word for that but KILLED."""
    DIVERGED = "diverged"
    """A loss was no finite number. It is a result: the majority class's error."""
    FAILED = "failed"
    """An attempt that raised."""
    GIVEN_UP = "given_up"
    """It has failed for good: stored as `failed`, with the tag `given_up` beside it."""
    KILLED = "killed"
    """An attempt that was stopped, or whose worker is gone."""

    @property
    def word(self) -> str:
        """The value of the tag `state`."""
        return MEANINGS[self].word

    @property
    def status(self) -> Status:
        """MLflow's status of a run in this state."""
        return MEANINGS[self].status

    @property
    def told(self) -> Told | None:
        """How Optuna is told; None: not at all, and it asks for the same trial again."""
        return MEANINGS[self].told

    @property
    def is_measured(self) -> bool:
        """Whether the run counts in the report's tables, by its own errors."""
        return MEANINGS[self].is_measured

    @property
    def is_kept(self) -> bool:
        """Whether the next start of the sweep takes the run as it is."""
        return MEANINGS[self].is_kept


# fmt: off
MEANINGS = {  # word, MLflow, Optuna, measured, kept
    State.RUNNING:  Meaning("running",  Status.RUNNING,  None,          False, False),
    State.COMPLETE: Meaning("complete", Status.FINISHED, Told.COMPLETE, True,  True),
    State.PRUNED:   Meaning("pruned",   Status.KILLED,   Told.PRUNED,   False, True),
    State.DIVERGED: Meaning("diverged", Status.FINISHED, Told.COMPLETE, True,  True),
    State.FAILED:   Meaning("failed",   Status.FAILED,   None,          False, False),
    State.GIVEN_UP: Meaning("failed",   Status.FAILED,   Told.FAIL,     False, True),
    State.KILLED:   Meaning("killed",   Status.KILLED,   None,          False, False),
}
# fmt: on


def state_of(word: str, given_up: bool = False) -> State:
    """Return the state that is stored as a word, and perhaps the tag `given_up` beside it.

    Raises:
        ValueError: there is no such state.

    Example:
        >>> state_of("failed"), state_of("failed", given_up=True)
        (<State.FAILED: 'failed'>, <State.GIVEN_UP: 'given_up'>)
    """
    if given_up:
        return State.GIVEN_UP
    for state, meaning in MEANINGS.items():
        if meaning.word == word:
            return state
    raise ValueError(f"a run's state is one of {', '.join(sorted(WORDS))}, got {word!r}")


WORDS = {meaning.word for meaning in MEANINGS.values()}
