"""When a pack is looked at, who leaves it, and with what."""

import math
from collections import Counter
from dataclasses import replace

import pytest
import torch
from builders import a_pack, a_trial, every_kind_of_trial, toy_dataset
from oracles import count_wrong

from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Evaluation

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset()


def test_report_is_told_every_look_at_every_trial() -> None:
    trials = every_kind_of_trial(evaluate_at=(5, 12, 20))[:4]
    told: list[tuple[int, dict[str, Evaluation]]] = []

    def report(update: int, looks: dict[str, Evaluation]) -> tuple[str, ...]:
        told.append((update, looks))
        return ()

    results = fit_pack(a_pack(*trials), DATASET, report).trials
    assert [update for update, _ in told] == [5, 12, 20]
    for result in results:
        assert result.curve == tuple(looks[result.key] for _, looks in told)


def test_dropped_trials_cost_no_more_work() -> None:
    """Five trials until 150, two until 300, one to the end; a lone trial is one trial."""
    trials = [
        replace(t, purpose="trial", evaluate_at=(150, 300, 450), updates=450)
        for t in every_kind_of_trial()[10:15]
    ]
    keys = [t.key for t in trials]
    leaving = {150: {keys[0], keys[2], keys[4]}, 300: {keys[3]}}
    work: Counter[int] = Counter()

    def advance(updates: int, running: int) -> None:
        work[running] += updates

    result = fit_pack(a_pack(*trials), DATASET, lambda update, _: leaving.get(update, ()), advance)
    assert work == {5: 150, 2: 150, 1: 150}
    assert result.model_updates == 3 * 150 + 300 + 450
    states = {r.key: (r.state, r.updates, len(r.curve)) for r in result.trials}
    assert states == {
        keys[0]: ("pruned", 150, 1),
        keys[1]: ("complete", 450, 3),
        keys[2]: ("pruned", 150, 1),
        keys[3]: ("pruned", 300, 2),
        keys[4]: ("pruned", 150, 1),
    }
    for r in result.trials:
        assert r.validation_error == r.curve[-1].validation_error


def test_a_trial_that_is_dropped_within_its_window_has_its_last_error() -> None:
    schedule = (270, 280, 290, 300)
    trial = a_trial(updates=300, evaluate_at=schedule, window=3, purpose="trial", batch_size=2)
    result = fit_pack(
        a_pack(trial), DATASET, lambda update, looks: list(looks) if update == 290 else []
    ).trials[0]
    assert (result.state, len(result.curve)) == ("pruned", 3)
    assert len({look.validation_error for look in result.curve}) > 1
    assert result.validation_error == result.curve[-1].validation_error


def test_training_stops_when_nobody_is_left() -> None:
    trial = a_trial(updates=1_000, evaluate_at=(100, 1_000), purpose="trial")
    pack = a_pack(trial, replace(trial, key="two"))
    work = []
    result = fit_pack(pack, DATASET, lambda _, looks: list(looks), lambda *call: work.append(call))
    assert work == [(100, 2)]
    assert [(r.state, r.updates) for r in result.trials] == [("pruned", 100)] * 2


def test_to_be_dropped_at_the_end_is_to_be_complete() -> None:
    (result,) = fit_pack(a_pack(a_trial()), DATASET, lambda _, looks: list(looks)).trials
    assert result.state == "complete"


def lopsided() -> FiniteDataset:
    """The majority class of the validation set is not that of the test set."""
    generator = torch.Generator().manual_seed(3)
    counts = {"validation": (10, 30, 5), "test": (40, 12, 8)}
    parts = {
        name: Examples(
            torch.randint(0, 256, (sum(n), 23), generator=generator).to(torch.uint8),
            torch.repeat_interleave(torch.arange(3), torch.tensor(n)),
        )
        for name, n in counts.items()
    }
    return FiniteDataset(
        "toy", parts["test"], parts["validation"], parts["test"], ("rare", "common", "odd")
    )


@pytest.mark.parametrize("purpose", ["trial", "replicate"])
@pytest.mark.parametrize("variant", ["tanh", "softsign_n", "sigmoid"])
def test_a_diverged_trial_answers_the_majority_class(purpose: str, variant: str) -> None:
    """The class is chosen on the validation set: the test set decides nothing."""
    dataset = lopsided()
    calm = a_trial("calm", evaluate_at=(10, 20), purpose=purpose, variant=variant)
    wild = replace(calm, key="wild", learning_rate=1e38)
    told = []

    def report(update: int, looks: dict[str, Evaluation]) -> tuple[str, ...]:
        told.append(sorted(looks))
        return ()

    diverged, complete = fit_pack(a_pack(wild, calm), dataset, report).trials
    assert told == [["calm"], ["calm"]]
    assert complete.state == "complete"
    assert (diverged.state, diverged.updates, diverged.curve) == ("diverged", 10, ())
    assert diverged.validation_error == pytest.approx(100 * 15 / 45, rel=1e-15)
    assert diverged.weights is None
    if purpose == "trial":
        assert diverged.test_error is None
        assert diverged.test_predictions is None
    else:
        assert diverged.test_predictions is not None
        assert set(diverged.test_predictions.tolist()) == {1}
        wrong = count_wrong(diverged.test_predictions.tolist(), dataset.test)
        assert wrong == 48
        assert diverged.test_error == pytest.approx(100 * wrong / 60, rel=1e-15)


def test_a_pack_of_nothing_but_divergence_ends_early() -> None:
    trial = a_trial(updates=1_000, evaluate_at=(50, 1_000), learning_rate=1e38)
    work = []
    (result,) = fit_pack(a_pack(trial), DATASET, advance=lambda *call: work.append(call)).trials
    assert result.state == "diverged"
    assert sum(updates for updates, _ in work) == 50


def test_the_curve_of_a_late_divergence_ends_before_it() -> None:
    """A rate that first trains and then overflows; every look that was kept is finite."""
    schedule = (1, *range(10, 401, 10))
    trial = a_trial(updates=400, evaluate_at=schedule, learning_rate=1e36, variant="sigmoid")
    (result,) = fit_pack(a_pack(trial), DATASET).trials
    assert result.state == "diverged"
    assert all(math.isfinite(look.validation_loss) for look in result.curve)
    assert len(result.curve) == schedule.index(result.updates)


def test_divergence_within_the_window_is_divergence() -> None:
    """Finite errors before it, in the same window, do not count."""
    dataset, schedule = lopsided(), (1, *range(10, 401, 10))
    trial = a_trial(
        updates=400, evaluate_at=schedule, learning_rate=1e36, variant="sigmoid", window=41
    )
    (result,) = fit_pack(a_pack(trial), dataset).trials
    assert result.curve
    assert result.state == "diverged"
    assert result.validation_error == pytest.approx(100 * 15 / 45, rel=1e-15)
    assert result.test_error == pytest.approx(100 * 48 / 60, rel=1e-15)
