"""Who is to blame for a failed pack is found, and nobody else suffers."""

from collections.abc import Callable

import pytest
from sweep_builders import spec

from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.execution.outcome import Failure, failure_of
from glorot_sweep.sweep.execution.recovery import Recovery
from glorot_sweep.tracking.outage import is_outage

TRIALS = tuple(spec(f"t{i:02d}") for i in range(20))


def play(
    recovery: Recovery, is_bad: Callable[[tuple[TrialSpec, ...]], Failure | None]
) -> tuple[list[str], list[str], int]:
    """Train packs until none is left; return who completed, who not, and the failures."""
    waiting, complete, given_up, failures = [TRIALS], [], [], 0
    while waiting:
        group = waiting.pop()
        failure = is_bad(group)
        if failure is None:
            complete += [trial.key for trial in group]
            continue
        failures += 1
        verdict = recovery.after(group, failure, 0)
        waiting += list(verdict.again)
        given_up += [trial.key for trial, _ in verdict.given_up]
    return sorted(complete), given_up, failures


@pytest.mark.parametrize("bad", [0, 7, 19])
@pytest.mark.parametrize("kind", ["error", "lost"])
def test_a_poison_trial_is_isolated(kind: str, bad: int) -> None:
    poison = TRIALS[bad]
    failure = Failure(kind, "boom")  # type: ignore[arg-type]
    complete, given_up, failures = play(Recovery(), lambda g: failure if poison in g else None)
    assert given_up == [poison.key]
    assert complete == sorted(t.key for t in TRIALS if t is not poison)
    assert failures <= 9  # 20, 10, 5, 3, 2, 1 and what alone is tried again


def test_two_poison_trials_are_isolated() -> None:
    poison = {TRIALS[3], TRIALS[4]}
    complete, given_up, _ = play(
        Recovery(), lambda g: Failure("error", "boom") if poison & set(g) else None
    )
    assert sorted(given_up) == ["t03", "t04"]
    assert len(complete) == 18


def test_memory_halves_the_pack_and_is_remembered() -> None:
    recovery = Recovery()
    complete, given_up, failures = play(
        recovery, lambda g: Failure("memory", "too much") if len(g) > 6 else None
    )
    assert (len(complete), given_up) == (20, [])
    assert failures == 3  # 20, 10, 10
    assert recovery.largest == {TRIALS[0].size: 5}


def test_one_trial_that_needs_too_much_memory_is_given_up() -> None:
    complete, given_up, _ = play(
        Recovery(), lambda g: Failure("memory", "too much") if TRIALS[5] in g else None
    )
    assert given_up == ["t05"]
    assert len(complete) == 19


def test_preemption_with_progress_is_never_held_against_a_pack() -> None:
    recovery = Recovery()
    for reached in range(100, 3000, 100):
        verdict = recovery.after(TRIALS, Failure("lost", "preempted"), reached)
        assert verdict.again == (TRIALS,)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("bad"), "error"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "memory"),
        (MemoryError(), "memory"),
        (OSError(28, "No space left on device"), "service"),
    ],
)
def test_failures_are_told_apart(error: Exception, kind: str) -> None:
    failure = failure_of(error, "the traceback")
    assert failure.kind == kind
    assert failure.details == "the traceback"
    assert is_outage(error) == (kind == "service")
