"""With a step rule too a trial depends on its own specification alone, to the last bit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from builders import a_pack, a_trial, every_rule_of_trial, torch_threads, toy_dataset
from steppers import EACH_STEPPER

from glorot_sweep.engine.torch import descent
from glorot_sweep.errors import StopRequested
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.torch import step_rules
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import TrialSpec
from glorot_sweep.training import checkpointing
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Evaluation, TrialResult

pytestmark = [pytest.mark.usefixtures("one_torch_thread", "short"), EACH_STEPPER]

HORIZON = 160
SCHEDULE = {"updates": HORIZON, "evaluate_at": (50, 110, HORIZON)}
DATASET = toy_dataset()
DAMPED = ["hessian", "gradient_variance"]
OTHERS = [rule for rule, row in STEP_RULES.items() if not (row.is_linear or row.has_damping)]
RULES = pytest.mark.parametrize(
    "rule", [*DAMPED, *(pytest.param(rule, marks=pytest.mark.slow) for rule in OTHERS)]
)
"""A quick look at all rules, schedules and decays together: test_schedules_and_decay."""


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four diagonals and much forgetting within the horizon; parts of two or three slices."""
    often = replace(STEP_RULES["hessian"], curvature_every=45, curvature_examples=100)
    monkeypatch.setitem(STEP_RULES, "hessian", often)
    monkeypatch.setattr(step_rules, "DECAY", 0.95)
    monkeypatch.setattr(descent, "PIECE", 1)
    return iter([None])


def results(engine: str, trials: Sequence[TrialSpec]) -> dict[str, TrialResult]:
    found = fit_pack(a_pack(*trials), DATASET, engine=engine)
    return {result.key: result for result in found.trials}


def alone(engine: str, trial: TrialSpec) -> TrialResult:
    return results(engine, [trial])[trial.key]


def assert_same(result: TrialResult, expected: TrialResult) -> None:
    assert result.weights is not None
    assert expected.weights is not None
    for name, values in expected.weights.items():
        assert np.array_equal(result.weights[name], values), f"{expected.key}: {name} differs"
    assert result.curve == expected.curve
    assert result.state == expected.state == "complete"


@pytest.mark.slow
@RULES
@pytest.mark.parametrize("width", [20, pytest.param(33, marks=pytest.mark.slow)])
def test_any_neighbours_and_any_position(engine: str, rule: str, width: int) -> None:
    kinds = every_rule_of_trial(rule, width=width, **SCHEDULE)
    packed = results(engine, kinds)
    for trial in (kinds[0], kinds[5], kinds[9]):  # depths 1, 3, 5
        expected = alone(engine, trial)
        assert_same(packed[trial.key], expected)
        assert_same(results(engine, [kinds[3], trial, kinds[6]])[trial.key], expected)


@pytest.mark.slow
@RULES
def test_two_threads(engine: str, rule: str) -> None:
    kinds = every_rule_of_trial(rule, width=100, **SCHEDULE)
    expected = alone(engine, kinds[4])
    with torch_threads(2):
        assert_same(alone(engine, kinds[4]), expected)
        assert_same(results(engine, kinds)[kinds[4].key], expected)


@RULES
@pytest.mark.slow
def test_next_to_a_neighbour_that_diverges_and_streams_of_their_own(engine: str, rule: str) -> None:
    kinds = every_rule_of_trial(rule, **SCHEDULE)
    kinds = [replace(trial, data_seed=i % 3) for i, trial in enumerate(kinds)]
    kinds[2] = replace(kinds[2], learning_rate=1e38)
    packed = results(engine, kinds)
    assert packed[kinds[2].key].state == "diverged"
    for trial in (kinds[3], kinds[8]):
        assert_same(packed[trial.key], alone(engine, trial))


@pytest.mark.slow
@RULES
@pytest.mark.parametrize("survivors", [1, 3])
def test_after_others_were_dropped(engine: str, rule: str, survivors: int) -> None:
    """What the rule has learned goes on with those that stay."""
    kinds = every_rule_of_trial(rule, **SCHEDULE)
    staying = {kinds[i].key for i in (7, 1, 4)[:survivors]}

    def report(update: int, evaluations: dict[str, Evaluation]) -> list[str]:
        return [key for key in evaluations if key not in staying] if update == 50 else []

    packed = {r.key: r for r in fit_pack(a_pack(*kinds), DATASET, report, engine=engine).trials}
    for trial in kinds:
        if trial.key in staying:
            assert_same(packed[trial.key], alone(engine, trial))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "stop"), [*product(DAMPED, (50, 90, 100)), *((rule, 100) for rule in OTHERS)]
)
def test_stopped_and_continued_equals_never_stopped(
    engine: str, rule: str, stop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 90 a diagonal is due in the very next update; it is taken after the restart."""
    monkeypatch.setattr(checkpointing, "SAVE_SECONDS", 0.0)
    kinds = every_rule_of_trial(rule, updates=HORIZON, evaluate_at=(stop, HORIZON))[::2]
    whole, file = results(engine, kinds), CheckpointFile(tmp_path / "pack")
    done: list[int] = []

    def stop_there(updates: int, trials: int) -> None:
        done.append(updates)
        if sum(done) >= stop:
            raise StopRequested(15)

    with pytest.raises(StopRequested):
        fit_pack(a_pack(*kinds), DATASET, advance=stop_there, checkpoint=file, engine=engine)
    half = fit_pack(a_pack(*kinds[1:4]), DATASET, saved=file, engine=engine)
    resumed = fit_pack(a_pack(*kinds), DATASET, checkpoint=file, engine=engine)
    assert sum(done) == stop
    assert resumed.model_updates == (HORIZON - stop) * len(kinds)
    for trial in (*half.trials, *resumed.trials):
        assert_same(trial, whole[trial.key])


@pytest.mark.slow
@pytest.mark.parametrize("rule", DAMPED)
def test_damping_and_rule_matter(engine: str, rule: str) -> None:
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
            assert_same(alone(engine, plain), alone(engine, trial))


def test_rules_do_not_share_a_pack(engine: str) -> None:
    first, second = (
        every_rule_of_trial(r, **SCHEDULE)[0] for r in ("hessian", "gradient_variance")
    )
    for other in (replace(second, key="b"), a_trial("b", **SCHEDULE)):
        with pytest.raises(ValueError, match="must share"):
            a_pack(first, other)
