"""With a step rule too a trial depends on its own specification alone, to the last bit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import a_pack, a_trial, every_rule_of_trial, torch_threads, toy_dataset

from glorot_sweep.engine.torch import step_rules
from glorot_sweep.errors import StopRequested
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import TrialSpec
from glorot_sweep.training import checkpointing
from glorot_sweep.training import module as training_module
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Measurement, TrialResult

pytestmark = pytest.mark.usefixtures("one_torch_thread", "short")

HORIZON = 160
SCHEDULE = {"updates": HORIZON, "evaluate_at": (50, 110, HORIZON)}
DATASET = toy_dataset()
RULES = pytest.mark.parametrize("rule", ["hessian", "gradient_variance"])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four diagonals and much forgetting within the horizon; parts of two or three slices."""
    monkeypatch.setattr(training_module, "CURVATURE_EVERY", 45)
    monkeypatch.setattr(training_module, "CURVATURE_EXAMPLES", 100)
    monkeypatch.setattr(step_rules, "DECAY", 0.95)
    monkeypatch.setattr(step_rules, "PIECE", 1)
    return iter([None])


def results(trials: Sequence[TrialSpec]) -> dict[str, TrialResult]:
    return {result.key: result for result in fit_pack(a_pack(*trials), DATASET).trials}


def alone(trial: TrialSpec) -> TrialResult:
    return results([trial])[trial.key]


def assert_same(result: TrialResult, expected: TrialResult) -> None:
    assert result.weights is not None
    assert expected.weights is not None
    for name, values in expected.weights.items():
        assert np.array_equal(result.weights[name], values), f"{expected.key}: {name} differs"
    assert result.curve == expected.curve
    assert result.state == expected.state == "complete"


@RULES
@pytest.mark.parametrize("width", [33, pytest.param(100, marks=pytest.mark.slow)])
def test_any_neighbours_and_any_place(rule: str, width: int) -> None:
    kinds = every_rule_of_trial(rule, width=width, **SCHEDULE)
    packed = results(kinds)
    for trial in (kinds[0], kinds[5], kinds[9]):  # depths 1, 3, 5
        expected = alone(trial)
        assert_same(packed[trial.key], expected)
        assert_same(results([kinds[3], trial, kinds[6]])[trial.key], expected)


@pytest.mark.slow
@RULES
def test_two_threads(rule: str) -> None:
    kinds = every_rule_of_trial(rule, width=100, **SCHEDULE)
    expected = alone(kinds[4])
    with torch_threads(2):
        assert_same(alone(kinds[4]), expected)
        assert_same(results(kinds)[kinds[4].key], expected)


@RULES
def test_next_to_a_neighbour_that_diverges_and_streams_of_their_own(rule: str) -> None:
    kinds = every_rule_of_trial(rule, **SCHEDULE)
    kinds = [replace(trial, data_seed=i % 3) for i, trial in enumerate(kinds)]
    kinds[2] = replace(kinds[2], learning_rate=1e38)
    packed = results(kinds)
    assert packed[kinds[2].key].state == "diverged"
    for trial in (kinds[3], kinds[8]):
        assert_same(packed[trial.key], alone(trial))


@RULES
@pytest.mark.parametrize("survivors", [1, 3])
def test_after_others_were_dropped(rule: str, survivors: int) -> None:
    """What the rule has learned goes on with those that stay."""
    kinds = every_rule_of_trial(rule, **SCHEDULE)
    staying = {kinds[i].key for i in (7, 1, 4)[:survivors]}

    def report(update: int, looks: dict[str, Measurement]) -> list[str]:
        return [key for key in looks if key not in staying] if update == 50 else []

    packed = {r.key: r for r in fit_pack(a_pack(*kinds), DATASET, report).trials}
    for trial in kinds:
        if trial.key in staying:
            assert_same(packed[trial.key], alone(trial))


@RULES
@pytest.mark.parametrize("stop", [50, 90, 100])
def test_stopped_and_continued_equals_never_stopped(
    rule: str, stop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 90 a diagonal is due in the very next update; it is taken after the restart."""
    monkeypatch.setattr(checkpointing, "SAVE_SECONDS", 0.0)
    kinds = every_rule_of_trial(rule, updates=HORIZON, evaluate_at=(stop, HORIZON))[::2]
    whole, file = results(kinds), CheckpointFile(tmp_path / "pack")
    done: list[int] = []

    def stop_there(updates: int, trials: int) -> None:
        done.append(updates)
        if sum(done) >= stop:
            raise StopRequested(15)

    with pytest.raises(StopRequested):
        fit_pack(a_pack(*kinds), DATASET, advance=stop_there, checkpoint=file)
    half = fit_pack(a_pack(*kinds[1:4]), DATASET, checkpoint=None, saved=file)
    resumed = fit_pack(a_pack(*kinds), DATASET, checkpoint=file)
    assert sum(done) == stop
    assert resumed.model_updates == (HORIZON - stop) * len(kinds)
    for trial in (*half.trials, *resumed.trials):
        assert_same(trial, whole[trial.key])


@RULES
def test_damping_and_rule_matter(rule: str) -> None:
    """That the comparisons above can fail."""
    trial = every_rule_of_trial(rule, **SCHEDULE)[3]
    for other in (
        replace(trial, damping=0.03),
        replace(
            trial, variant=VARIANTS["tanh_n" if trial.variant.name.startswith("tanh_n") else "tanh"]
        ),
    ):
        plain = other if other.variant == trial.variant else replace(other, damping=None)
        with pytest.raises(AssertionError, match="differs"):
            assert_same(alone(plain), alone(trial))


def test_rules_do_not_share_a_pack() -> None:
    first, second = (
        every_rule_of_trial(r, **SCHEDULE)[0] for r in ("hessian", "gradient_variance")
    )
    for other in (replace(second, key="b"), a_trial("b", **SCHEDULE)):
        with pytest.raises(ValueError, match="must share"):
            a_pack(first, other)
