"""Where the evaluations lie over which a final value is the mean."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sweep_builders import config, grouped, grouped_values

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.config.window import evaluated_at, largest_window
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.replicates import Candidate, Winner, replicate_tasks
from glorot_sweep.sweep.contents.trials import trial_task

CHOSEN = Hyperparameters(learning_rate=0.1, depth=2)


@st.composite
def trainings(draw: st.DrawFn) -> tuple[int, int]:
    """Updates of a run, and a window that fits into it."""
    updates = draw(st.integers(1, 10_000_000))
    return updates, draw(st.integers(1, min(200, largest_window(updates))))


@given(trainings())
def test_they_cover_the_last_tenth_evenly_and_end_with_the_run(training: tuple[int, int]) -> None:
    updates, window = training
    points = evaluated_at((), updates, window)
    assert len(points) == window
    assert points[-1] == updates
    assert points[0] > updates - updates / 10 - 1
    gaps = [b - a for a, b in itertools.pairwise(points)]
    assert all(abs(gap - updates / 10 / window) < 1 for gap in gaps)


@pytest.mark.slow
@given(st.integers(10, 10_000_000))
def test_one_more_than_the_largest_does_not_fit(updates: int) -> None:
    window = largest_window(updates) + 1
    assert len(evaluated_at((), updates, window)) < window


@given(trainings(), st.sets(st.integers(1, 1_000)))
def test_what_the_file_lists_is_kept(training: tuple[int, int], listed: set[int]) -> None:
    updates, window = training
    points = tuple(sorted(point for point in listed if point < updates))
    found = evaluated_at(points, updates, window)
    assert set(found) == {*points, *evaluated_at((), updates, window)}
    assert list(found) == sorted(found)


def test_trials_and_replicates_have_the_same_share_of_their_own_length():
    settings = config({
        "replicates.window": 4, "search.updates": 400, "search.rungs": [100, 380],
        "replicates.updates": 1_000, "replicates.evaluations": [500],
    })  # fmt: skip
    trial = trial_task(settings, "shapeset", "tanh", 0, CHOSEN, {}).spec
    assert (trial.evaluate_at, trial.window) == ((100, 370, 380, 390, 400), 4)
    winner = Winner("shapeset", "tanh", Candidate(0, CHOSEN, 1.0), True, True)
    replicate = replicate_tasks(settings, [winner])[0].spec
    assert (replicate.evaluate_at, replicate.window) == ((500, 925, 950, 975, 1_000), 4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"window": 5}, "replicates.window must be at most 4, .* last tenth of replicates.updates "
         "40, got 5; window: 1 takes the last evaluation alone"),
        ({"updates": 99, "window": 10}, "must be at most 9, .* replicates.updates 99, got 10"),
        ({"updates": 9, "evaluations": [], "window": 2}, "must be at most 1"),
        ({"window": 0}, "greater than or equal to 1"),
        ({"window": 201, "updates": 10_000}, "less than or equal to 200"),
    ],
)  # fmt: skip
def test_a_window_longer_than_the_evaluations_can_be_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        grouped({
            "search.rungs": [],
            **{f"replicates.{key}": value for key, value in changes.items()},
        })  # fmt: skip


def test_the_search_must_be_long_enough_too():
    with pytest.raises(ValidationError, match=r"at most 3, .* last tenth of search.updates 30"):
        config({"replicates.window": 4})


def test_a_file_of_today_has_ten_and_one_of_before_the_last_evaluation_alone():
    long = {"search.updates": 100, "replicates.updates": 100}
    assert config(long).replicates.window == 1
    of_today = grouped({"search.updates": 100, "replicates.updates": 100, "replicates.window": 10})
    assert of_today == grouped(long | {"replicates": {"seeds": 2, "updates": 100,
                                                      "evaluations": [20]}})  # fmt: skip


@pytest.mark.parametrize(
    ("updates", "of_search", "expected"),
    [(1_000, 1_000, 10), (100, 100, 10), (99, 99, 9), (100, 45, 4), (30, 100, 3), (5, 5, 1)],
)
def test_a_file_without_a_window_gets_ten_or_what_fits(updates, of_search, expected):
    content = grouped_values(
        {"replicates.updates": updates, "replicates.evaluations": [], "search.updates": of_search,
         "search.rungs": [], "search.pruner": {}}
    )  # fmt: skip
    content["replicates"].pop("window", None)
    found = SweepConfig.model_validate(content)
    assert found.replicates.window == expected
    assert found.identity()["replicates"].get("window", 1) == expected
    assert SweepConfig.from_identity(found.identity()).hash() == found.hash()
