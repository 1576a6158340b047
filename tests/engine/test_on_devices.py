"""What a GPU must do like a CPU, in one set of tests: the CPU's run by default, a GPU's beside one.

On a GPU sums have another order, and packs of other sizes other kernels, so results are compared
by the bound of `test_against_autograd`, which holds for every order of float32 sums, and not by
their bits. Rates and lengths are those that it was derived for.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from builders import a_pack, every_kind_of_trial, toy_dataset
from engine.test_against_autograd import bound
from oracles import largest_difference, train_reference

from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import TORCH, TrialSpec
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import PackResult

UPDATES = 100
DATASET = toy_dataset()
CLOSE = bound(UPDATES, "float32")
GPU = pytest.param(
    "cuda",
    marks=[
        pytest.mark.gpu,
        pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
    ],
)
pytestmark = [
    pytest.mark.usefixtures("one_torch_thread"),
    pytest.mark.parametrize("device", ["cpu", GPU]),
]


def trials() -> list[TrialSpec]:
    """Depths 1 to 5 and every variant of the table, at rates that the bound was derived for."""
    kinds = every_kind_of_trial(updates=UPDATES, evaluate_at=(50, UPDATES))[::6]
    return [
        replace(t, learning_rate=0.01 + 0.005 * i, engine=TORCH, key=str(i))
        for i, t in enumerate(kinds)
    ]


def fitted(device: str, *chosen: TrialSpec) -> PackResult:
    return fit_pack(a_pack(*chosen, device=device), DATASET)


def assert_close(one: PackResult, other: PackResult) -> None:
    found = {trial.key: trial for trial in other.trials}
    for trial in one.trials:
        expected = found[trial.key]
        assert trial.state == expected.state == "complete"
        assert trial.weights is not None
        assert expected.weights is not None
        for name, values in expected.weights.items():
            assert float(np.abs(values - trial.weights[name]).max()) < CLOSE, (trial.key, name)


def test_a_pack_is_what_autograd_trains_one_by_one(device: str) -> None:
    pack = trials()
    stepper = make_stepper(TORCH, a_pack(*pack, device=device), DATASET.n_inputs, DATASET.n_classes)
    for first in range(0, UPDATES, 50):
        part = DATASET.training(1, first * 10, 500)
        stepper.update_chunk(part.images[None].to(device), part.labels[None].to(device))
    for index, trial in enumerate(pack):
        reference, _ = train_reference(trial, DATASET, torch.float32)
        assert largest_difference(stepper.state_of(index).layers, reference) < CLOSE, trial.key


def test_a_network_is_the_same_alone_and_in_a_pack(device: str) -> None:
    pack = trials()
    together = fitted(device, *pack)
    assert_close(fitted(device, pack[2]), together)


def test_a_pack_goes_on_from_its_checkpoint(device: str, tmp_path: Path) -> None:
    spec, file = a_pack(*trials(), device=device), CheckpointFile(tmp_path / "pack")

    def stop(updates: int, _: int) -> None:
        raise StopRequested(15)

    with pytest.raises(StopRequested):
        fit_pack(spec, DATASET, advance=stop, checkpoint=file)
    stored = file.read()
    assert stored is not None
    assert 0 < stored.updates < UPDATES
    assert_close(fit_pack(spec, DATASET, checkpoint=file), fit_pack(spec, DATASET))


def test_errors_and_statistics_are_those_of_the_cpu(device: str) -> None:
    """Of 260 images a few may lie so close to a boundary that another rounding tells otherwise."""
    here, there = fitted(device, *trials()), fitted("cpu", *trials())
    assert_close(here, there)
    for one, other in zip(here.trials, there.trials, strict=True):
        assert one.test_error == pytest.approx(other.test_error, abs=100 * 2 / 260)
        assert [look.update for look in one.curve] == [50, UPDATES]
