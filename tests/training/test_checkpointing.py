"""A pack that was stopped and goes on ends like one that never stopped, to the last bit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import a_pack, every_kind_of_trial, further_trials, torch_threads, toy_dataset

from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import PackSpec, StatisticsSpec
from glorot_sweep.training import checkpointing
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Evaluation, PackResult

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset()
UPDATES = 430
SCHEDULE = {"updates": UPDATES, "evaluate_at": (50, 210, UPDATES), "window": 2}
STATISTICS = StatisticsSpec(updates=(0, 120, 210, UPDATES), detailed_at=(0,))


def pack(**changes: object) -> PackSpec:
    """Six trials: one diverges, others are told to leave at update 210."""
    trials = every_kind_of_trial(**{**SCHEDULE, "statistics": STATISTICS, **changes})[::4]
    trials[1] = replace(trials[1], learning_rate=1e30)
    return a_pack(*trials)


def prune_at_210(update: int, looks: dict[str, Evaluation]) -> set[str]:
    return set(sorted(looks)[:2]) if update == 210 else set()


class StopAfter:
    """Stops a pack at the end of the chunk in which it has done so many updates."""

    def __init__(self, after: int) -> None:
        self.after, self.done = after, 0

    def __call__(self, updates: int, trials: int) -> None:
        self.done += updates
        if self.done >= self.after:
            raise StopRequested(15)


def assert_same(one: PackResult, other: PackResult) -> None:
    for a, b in zip(one.trials, other.trials, strict=True):
        assert replace(a, weights=None, test_predictions=None) == replace(
            b, weights=None, test_predictions=None
        )
        assert (a.weights is None) == (b.weights is None)
        for name, values in (a.weights or {}).items():
            np.testing.assert_array_equal(values, (b.weights or {})[name], strict=True)
        np.testing.assert_array_equal(a.test_predictions, b.test_predictions)


@pytest.fixture(scope="module")
def whole() -> PackResult:
    """The result of the pack that was never stopped."""
    with torch_threads(1):
        return fit_pack(pack(), DATASET, prune_at_210)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["growing", "quadratic"])
def test_what_is_beyond_table_1_goes_on_too(name: str, tmp_path: Path) -> None:
    spec = a_pack(*further_trials(updates=60, evaluate_at=(30, 60))[name])
    file = CheckpointFile(tmp_path / "pack")
    with pytest.raises(StopRequested):
        fit_pack(spec, DATASET, advance=StopAfter(30), checkpoint=file)
    assert_same(fit_pack(spec, DATASET, checkpoint=file), fit_pack(spec, DATASET))


@pytest.mark.parametrize(
    "stops",
    [(50, 50, 50, 60), *(pytest.param(s, marks=pytest.mark.slow) for s in ((210,), (100,) * 3))],
)
def test_stopped_and_continued_equals_never_stopped(
    stops: tuple[int, ...], whole: PackResult, tmp_path: Path
) -> None:
    spec, file = pack(), CheckpointFile(tmp_path / "pack")
    assert {trial.state for trial in whole.trials} == {"complete", "pruned", "diverged"}
    done = 0
    for updates in stops:
        stop = StopAfter(updates)
        with pytest.raises(StopRequested):
            fit_pack(spec, DATASET, prune_at_210, stop, file)
        done += stop.done
    rest: list[int] = []
    resumed = fit_pack(spec, DATASET, prune_at_210, lambda n, _: rest.append(n), file)
    assert sum(rest) == UPDATES - done
    assert_same(whole, resumed)


@pytest.mark.slow
def test_what_was_measured_before_is_told_again(tmp_path: Path) -> None:
    spec, file = pack(), CheckpointFile(tmp_path / "pack")
    with pytest.raises(StopRequested):
        fit_pack(spec, DATASET, prune_at_210, StopAfter(300), file)
    told: list[tuple[int, int]] = []

    def report(update: int, looks: dict[str, Evaluation]) -> tuple[str, ...]:
        told.append((update, len(looks)))
        return ()

    fit_pack(spec, DATASET, report, checkpoint=file)
    assert told == [(50, 6), (210, 6), (UPDATES, 4)]


@pytest.mark.slow
def test_a_finished_pack_is_read_back_without_training(tmp_path: Path) -> None:
    spec, file = pack(), CheckpointFile(tmp_path / "pack")
    first = fit_pack(spec, DATASET, prune_at_210, checkpoint=file)
    again = fit_pack(spec, DATASET, prune_at_210, StopAfter(0), file)
    assert_same(first, again)
    assert again.model_updates == 0


@pytest.mark.slow
def test_a_part_of_a_saved_pack_goes_on_alone(tmp_path: Path) -> None:
    """Half of a pack, after the other half was found to be poison."""
    spec, file = pack(), CheckpointFile(tmp_path / "pack")
    whole = fit_pack(spec, DATASET)
    with pytest.raises(StopRequested):
        fit_pack(spec, DATASET, advance=StopAfter(310), checkpoint=file)
    half = replace(spec, trials=spec.trials[1:4])
    rest: list[int] = []
    resumed = fit_pack(half, DATASET, advance=lambda n, _: rest.append(n), checkpoint=file)
    assert sum(rest) == UPDATES - 310
    assert_same(replace(whole, trials=whole.trials[1:4]), resumed)


@pytest.mark.slow
def test_another_specification_starts_anew(tmp_path: Path) -> None:
    spec, file = pack(), CheckpointFile(tmp_path / "pack")
    with pytest.raises(StopRequested):
        fit_pack(spec, DATASET, advance=StopAfter(300), checkpoint=file)
    other = replace(spec, trials=tuple(replace(t, weight_seed=1) for t in spec.trials))
    done: list[int] = []
    fit_pack(other, DATASET, advance=lambda n, _: done.append(n), checkpoint=file)
    assert sum(done) == UPDATES


@pytest.mark.slow
def test_saved_between_rungs_when_a_minute_has_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointing, "SAVE_SECONDS", 0.0)
    file = CheckpointFile(tmp_path / "pack")
    saved: list[int] = []
    write = CheckpointFile.write
    monkeypatch.setattr(
        CheckpointFile, "write", lambda self, c: (saved.append(c.updates), write(self, c))[1]
    )
    fit_pack(pack(), DATASET, checkpoint=file)
    assert saved == [50, 120, 210, 310, 410, UPDATES]
