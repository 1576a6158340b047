"""How far a sweep is, by its runs in MLflow."""

from collections import Counter
from collections.abc import Iterable

from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.schema.runs import StoredRun

DONE = tuple(state.word for state in State if state.is_kept)  # nothing more is trained for these
IN_WORK, INTERRUPTED = "in work", "interrupted"


def outcome_of(run: StoredRun) -> str:
    """Return one of `DONE`, `IN_WORK` or `INTERRUPTED`.

    A run that failed counts as interrupted until the sweep gives its trial up: it is tried again.
    """
    if run.state.is_kept:
        return run.state.word
    return IN_WORK if run.status is Status.RUNNING else INTERRUPTED


def outcomes(runs: Iterable[StoredRun]) -> Counter[str]:
    """Return how many runs have which outcome."""
    return Counter(map(outcome_of, runs))


def done(counts: Counter[str]) -> int:
    """Return how many runs are done."""
    return sum(counts[word] for word in DONE)
