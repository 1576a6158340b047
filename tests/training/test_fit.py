"""`fit_pack` from specification to results."""

import logging
import os
import signal
from dataclasses import replace

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from builders import a_pack, a_trial, every_kind_of_trial, toy_dataset
from oracles import count_wrong, train_reference

from glorot_sweep.data.datamodule import PackDataModule
from glorot_sweep.data.dataset import Examples, ImageDataset
from glorot_sweep.data.shapeset_dataset import ShapesetDataset
from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import Engine, PackSpec
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.module import PackModule

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset()


def test_results_come_in_the_order_of_the_specification() -> None:
    trials = every_kind_of_trial()
    trials = trials[::2] + trials[1::2]
    result = fit_pack(a_pack(*trials), DATASET)
    assert [r.key for r in result.trials] == [t.key for t in trials]
    assert {r.state for r in result.trials} == {"complete"}
    assert result.seconds > 0


@pytest.mark.slow
@pytest.mark.parametrize("schedule", [(1,), (3, 4, 250), (99, 100, 101, 230)])
def test_updates_are_counted_exactly(schedule: tuple[int, ...]) -> None:
    """Weights and losses are those of a network trained for exactly so many updates."""
    trial = a_trial(updates=schedule[-1], evaluate_at=schedule, batch_size=3)
    seen: list[tuple[int, int]] = []
    result = fit_pack(
        a_pack(trial, replace(trial, key="two")),
        DATASET,
        advance=lambda *call: seen.append(call),
    )
    one = result.trials[0]
    assert one.updates == schedule[-1]
    assert tuple(look.update for look in one.curve) == schedule
    assert result.model_updates == 2 * schedule[-1]
    assert sum(updates for updates, _ in seen) == schedule[-1]
    assert {trials for _, trials in seen} == {2}

    reference, losses = train_reference(trial, DATASET, torch.float64)
    assert one.weights is not None
    # Single against double precision, as in tests/network/test_against_autograd.py: an update
    # rounds by 6e-8 x (|W| + N |step|) = 3e-7, and that grows by 10 at most. Found over 250
    # updates: 6e-7, of 7.5e-4; one update too many makes 0.014.
    tolerance = schedule[-1] * 3e-6
    for layer, linear in enumerate(reference.linears):
        difference = np.abs(one.weights[f"weight_{layer}"] - linear.weight.detach().T.numpy())
        assert difference.max() < tolerance
    for look, start in zip(one.curve, (0, *schedule), strict=False):
        mean = float(np.mean(losses[start : look.update]))
        assert look.train_loss == pytest.approx(mean, abs=tolerance)


def test_a_replicate_brings_what_its_error_was_counted_from() -> None:
    for result in fit_pack(a_pack(*every_kind_of_trial()[:6]), DATASET).trials:
        assert result.test_predictions is not None
        assert result.test_predictions.dtype == np.uint8
        assert result.weights is not None
        assert {values.dtype for values in result.weights.values()} == {np.dtype(np.float32)}
        wrong = count_wrong(result.test_predictions.tolist(), DATASET.test)
        assert result.test_error == 100 * wrong / len(DATASET.test)
        assert result.test_error == result.curve[-1].test_error
        assert result.validation_error == result.curve[-1].validation_error


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["torch", "native"])
@pytest.mark.parametrize("purpose", ["replicate", "trial"])
def test_final_errors_are_means_over_the_window(engine: Engine, purpose: str) -> None:
    """Of the last evaluations; the predictions, and all else, are of the last one."""
    schedule = (100, 270, 280, 290, 300)
    one = a_trial(
        updates=300, evaluate_at=schedule, window=4, purpose=purpose, engine=engine, batch_size=2
    )
    last = replace(one, key="last", window=1)
    result, alone = fit_pack(a_pack(one, last), DATASET).trials
    assert result.curve == alone.curve
    within = result.curve[1:]
    assert len({look.validation_error for look in within}) > 1
    mean = np.mean([look.validation_error for look in within])
    assert result.validation_error == pytest.approx(mean, rel=1e-15)
    assert alone.validation_error == result.curve[-1].validation_error != result.validation_error
    if purpose == "trial":
        assert result.test_error is None
        return
    errors = [look.test_error for look in within]
    assert None not in errors
    assert result.test_error == pytest.approx(np.mean(errors), rel=1e-15)  # type: ignore[arg-type]
    assert alone.test_error == errors[-1] != result.test_error
    assert np.array_equal(result.test_predictions, alone.test_predictions)  # type: ignore[arg-type]


class BlindDataset(ImageDataset):
    """Its test set cannot be looked at."""

    name, n_inputs, class_names = DATASET.name, DATASET.n_inputs, DATASET.class_names
    validation = DATASET.validation

    @property
    def test(self) -> Examples:  # type: ignore[override]
        raise AssertionError("the test set was used in tuning")

    def training(self, data_seed: int, first: int, count: int) -> Examples:
        return DATASET.training(data_seed, first, count)

    def digest(self) -> str:
        return DATASET.digest()


def test_a_trial_never_sees_the_test_set() -> None:
    trial = a_trial(purpose="trial", evaluate_at=(5, 20))
    exploding = replace(trial, key="wild", learning_rate=1e38)
    for result in fit_pack(a_pack(trial, exploding), BlindDataset()).trials:
        assert result.test_error is None
        assert result.test_predictions is None
        assert result.weights is None
        assert all(look.test_error is None for look in result.curve)


def test_a_request_to_stop_ends_the_training() -> None:
    calls = []

    def advance(updates: int, trials: int) -> None:
        calls.append(updates)
        if len(calls) == 2:
            raise StopRequested(15)

    with pytest.raises(StopRequested) as caught:
        fit_pack(a_pack(a_trial(updates=1_000)), DATASET, advance=advance)
    assert caught.value.exit_code == 143
    assert len(calls) == 2


def test_a_sigterm_that_lightning_sees_first_stops_with_143() -> None:
    """Lightning answers it with a SystemExit without a code, which would say that all is done."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with pytest.raises(StopRequested) as caught:
            fit_pack(
                a_pack(a_trial(updates=1_000)),
                DATASET,
                advance=lambda *_: os.kill(os.getpid(), signal.SIGTERM),
            )
    finally:
        signal.signal(signal.SIGTERM, before)
    assert caught.value.exit_code == 143


ALLOCATIONS = {
    "four tasks": {"SLURM_NTASKS": "4"},
    "one task": {"SLURM_NTASKS": "1", "SLURM_NTASKS_PER_NODE": "1"},
}


@pytest.mark.parametrize("tasks", ALLOCATIONS)
def test_whatever_slurm_says_a_pack_is_one_process(
    tasks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does Lightning answer a signal by putting the job into the queue again."""
    expected = fit_pack(a_pack(a_trial()), DATASET).trials[0]
    slurm = {"SLURM_JOB_NAME": "sweep", "SLURM_JOB_ID": "17", "SLURM_PROCID": "0",
             "SLURM_LOCALID": "0", "SLURM_NODEID": "0"}  # fmt: skip
    for name, value in (slurm | ALLOCATIONS[tasks]).items():
        monkeypatch.setenv(name, value)
    handlers = []
    found = fit_pack(
        a_pack(a_trial()),
        DATASET,
        advance=lambda *_: handlers.append(signal.getsignal(signal.SIGUSR1)),
    ).trials[0]
    assert found.curve == expected.curve
    assert set(handlers) == {signal.getsignal(signal.SIGUSR1)}


def test_an_error_in_report_comes_through() -> None:
    def report(update: int, looks: object) -> list[str]:
        raise LookupError("no such rung")

    with pytest.raises(LookupError, match="no such rung"):
        fit_pack(a_pack(a_trial()), DATASET, report)


def test_lightning_is_quiet_in_training_alone() -> None:
    """In somebody else's process its messages are theirs, after an error too."""
    log, levels = logging.getLogger("pytorch_lightning"), []
    before = log.level

    def report(update: int, looks: object) -> list[str]:
        levels.append(log.level)
        raise LookupError

    log.setLevel(logging.DEBUG)
    try:
        with pytest.raises(LookupError):
            fit_pack(a_pack(a_trial()), DATASET, report)
        levels.append(log.level)
    finally:
        log.setLevel(before)
    assert levels == [logging.ERROR, logging.DEBUG]


def test_training_lowers_the_error() -> None:
    trial = a_trial(updates=600, evaluate_at=(1, 600), learning_rate=0.2)
    (result,) = fit_pack(a_pack(trial), DATASET).trials
    first, last = result.curve
    assert last.train_loss < first.train_loss / 2
    assert last.validation_error < first.validation_error - 20


def test_the_same_again() -> None:
    """Whatever state torch's own generator is in."""
    first = fit_pack(a_pack(a_trial()), DATASET).trials[0]
    torch.manual_seed(123)
    assert fit_pack(a_pack(a_trial()), DATASET).trials[0].curve == first.curve


def test_the_data_seed_is_apart_from_the_weight_seed() -> None:
    trials = [a_trial(), a_trial("two", data_seed=2), a_trial("three", weight_seed=8)]
    looks = [result.curve[0] for result in fit_pack(a_pack(*trials), DATASET).trials]
    assert len({look.train_loss for look in looks}) == 3
    reference = train_reference(trials[1], DATASET, torch.float64)[1]
    assert looks[1].train_loss == pytest.approx(float(np.mean(reference)), abs=20 * 3e-6)


def test_the_module_works_in_anybodys_trainer() -> None:
    """A LightningModule and a LightningDataModule like any other."""
    spec = a_pack(a_trial(updates=30), a_trial("two", updates=30, depth=4))
    module = PackModule(spec, DATASET.n_inputs, DATASET.n_classes)
    feed = PackDataModule(DATASET, module.stepper.data_seeds, 10, (30,))
    trainer = pl.Trainer(
        max_epochs=1,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    with pytest.warns(UserWarning, match="configure_optimizers|many workers"):
        trainer.fit(module, feed)
    assert module.updates == 30
    expected = fit_pack(spec, DATASET).trials
    for index, result in enumerate(expected):
        assert result.weights is not None
        for layer, (weight, _) in enumerate(module.stepper.state_of(index).layers):
            assert np.array_equal(weight, result.weights[f"weight_{layer}"])


def test_packs_refuse_what_cannot_share_a_program() -> None:
    with pytest.raises(ValueError, match="share data set, width"):
        a_pack(a_trial(), a_trial("two", width=33))
    with pytest.raises(ValueError, match="different keys"):
        a_pack(a_trial(), a_trial())
    with pytest.raises(ValueError, match="at least one"):
        PackSpec(())
    with pytest.raises(ValueError, match="last evaluation must be at update 20"):
        a_trial(evaluate_at=(10,))


def test_shapeset() -> None:
    """Images of 32 x 32, made while training; the fixed sets are cut for speed."""
    dataset = ShapesetDataset()
    for part in ("validation", "test"):
        index = 1 if part == "validation" else 2
        vars(dataset)[part] = dataset.training(data_seed=index + 90, first=0, count=200)
    trial = a_trial(dataset="shapeset", updates=30, evaluate_at=(10, 30), learning_rate=0.05)
    one, two = fit_pack(a_pack(trial, replace(trial, key="two", depth=5)), dataset).trials
    assert [look.update for look in two.curve] == [10, 30]
    reference, losses = train_reference(trial, dataset, torch.float64)
    assert one.curve[1].train_loss == pytest.approx(float(np.mean(losses[10:])), abs=30 * 3e-6)
    with torch.no_grad():
        answers = reference(dataset.test.images.double() / 255).argmax(1)
    assert one.test_error == pytest.approx(
        100 * count_wrong(answers.tolist(), dataset.test) / 200, abs=0.5
    )
