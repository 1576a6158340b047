"""A checkpoint that is whole and of the right code, but holds what no training has left."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import a_pack, a_trial, torch_threads, toy_dataset
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors

from glorot_sweep.engine.stepper import Layers, NetworkState
from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import PackSpec, Pretraining, StatisticsSpec
from glorot_sweep.tracking.life import State
from glorot_sweep.training.callbacks import EvaluationCallback
from glorot_sweep.training.checkpoint import Checkpoint, GoingTrial, encode
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.checkpointing import CheckpointCallback
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.module import PackModule
from glorot_sweep.training.probing import ProbeCallback
from glorot_sweep.training.results import Evaluation, PackResult, TrialResult

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset(n_fixed=60)
SHARED: dict[str, Any] = {"updates": 40, "evaluate_at": (10, 20, 40)}
RULE: dict[str, Any] = {**SHARED, "damping": 0.05, "learning_rate": 0.01}
PACKS = {
    "replicates": a_pack(
        a_trial("going", statistics=StatisticsSpec((0, 10)), **SHARED),
        a_trial("wild", statistics=StatisticsSpec((0, 10)), learning_rate=1e30, **SHARED),
        a_trial("pruned", statistics=StatisticsSpec((0, 10)), weight_seed=9, **SHARED),
    ),
    "trials of a rule": a_pack(
        *(
            a_trial(key, purpose="trial", variant="tanh_n_gradient_variance", weight_seed=s, **RULE)
            for s, key in enumerate(("going", "pruned"))
        )
    ),
    "pre-trained": a_pack(
        a_trial(
            "going", variant="tanh_pretrained", pretraining=Pretraining(150, 0.01, 0.2), **SHARED
        )
    ),
    "at its end": a_pack(a_trial("going", updates=40, evaluate_at=(10, 20, 40))),
}
STOPS = {"replicates": 20, "trials of a rule": 20, "pre-trained": 100, "at its end": 40}


def prune(update: int, looks: dict[str, Evaluation]) -> set[str]:
    return {"pruned"} if update == 20 else set()


def saved(name: str, file: CheckpointFile) -> Checkpoint:
    """Train a pack until it is stopped; return what it has left."""
    left = STOPS[name]

    def advance(updates: int, trials: int) -> None:
        nonlocal left
        left -= updates
        if left <= 0:
            raise StopRequested(15)

    with pytest.raises(StopRequested):
        fit_pack(PACKS[name], DATASET, prune, advance, file)
    found = file.read()
    assert found is not None
    return found


def going(change: Callable[[GoingTrial], GoingTrial]) -> Callable[[Checkpoint], Checkpoint]:
    return lambda one: replace(one, going={**one.going, "going": change(one.going["going"])})


def network(**parts: Any) -> Callable[[Checkpoint], Checkpoint]:
    """Change parts of the network in training, each by a function of the whole state."""

    def change(trial: GoingTrial) -> GoingTrial:
        changed = {part: made(trial.network) for part, made in parts.items()}
        return replace(trial, network=replace(trial.network, **changed))

    return going(change)


def first_weight(
    change: Callable[[NDArray[Any]], NDArray[Any]],
) -> Callable[[NetworkState], Layers]:
    return lambda state: ((change(state.layers[0][0]), state.layers[0][1]), *state.layers[1:])


def ended(of: str, **changes: Any) -> Callable[[Checkpoint], Checkpoint]:
    def change(one: Checkpoint) -> Checkpoint:
        return replace(one, ended={**one.ended, of: replace(one.ended[of], **changes)})

    return change


def shifted(curve: tuple[Evaluation, ...], **changes: Any) -> tuple[Evaluation, ...]:
    return (*curve[:-1], replace(curve[-1], **changes))


def curve(**changes: Any) -> Callable[[Checkpoint], Checkpoint]:
    return going(lambda trial: replace(trial, curve=shifted(trial.curve, **changes)))


def statistics(**changes: Any) -> Callable[[Checkpoint], Checkpoint]:
    def change(trial: GoingTrial) -> GoingTrial:
        first, *others = trial.statistics
        return replace(trial, statistics=(replace(first, **changes), *others))

    return going(change)


def without_going(one: Checkpoint) -> Checkpoint:
    return replace(one, going={})


def also_ended(one: Checkpoint) -> Checkpoint:
    return replace(one, ended={**one.ended, "going": TrialResult("going", State.PRUNED, 20, (), 1)})


FORGED: dict[str, tuple[str, Callable[[Checkpoint], Checkpoint]]] = {
    "transposed": ("replicates", network(layers=first_weight(lambda w: w.T))),
    "narrower": ("replicates", network(layers=first_weight(lambda w: w[:, :-1]))),
    "flat": ("replicates", network(layers=first_weight(np.ravel))),
    "double": ("replicates", network(layers=first_weight(lambda w: w.astype(np.float64)))),
    "whole numbers": ("replicates", network(layers=first_weight(lambda w: w.astype(np.int32)))),
    "empty": ("replicates", network(layers=first_weight(lambda w: w[:0]))),
    "deeper": ("replicates", network(layers=lambda s: (*s.layers, s.layers[-1]))),
    "shallower": ("replicates", network(layers=lambda s: s.layers[:-1])),
    "no layers": ("replicates", network(layers=lambda _: ())),
    "a rule that there is not": ("replicates", network(estimates=lambda s: {"x": s.layers})),
    "a bias that there is not": ("replicates", network(visible_bias=lambda s: s.layers[0][1])),
    "no rule": ("trials of a rule", network(estimates=lambda _: {})),
    "another rule": (
        "trials of a rule",
        network(estimates=lambda s: {f"{name}_": e for name, e in s.estimates.items()}),
    ),
    "a rule of fewer layers": (
        "trials of a rule",
        network(estimates=lambda s: {name: e[:-1] for name, e in s.estimates.items()}),
    ),
    "no bias amid a layer": ("pre-trained", network(visible_bias=lambda _: None)),
    "a short bias": ("pre-trained", network(visible_bias=lambda s: s.visible_bias[:-1])),
    "after pre-training": ("pre-trained", lambda one: replace(one, updates=10)),
    "more pre-training": ("pre-trained", lambda one: replace(one, pretrained=300)),
    "too many updates": ("replicates", lambda one: replace(one, updates=40)),
    "updates of a year": ("replicates", lambda one: replace(one, updates=10**400)),
    "no updates": ("replicates", lambda one: replace(one, updates=0)),
    "more in the loss": ("replicates", lambda one: replace(one, loss_updates=21)),
    "no evaluation": ("replicates", going(lambda trial: replace(trial, curve=()))),
    "another evaluation": ("replicates", curve(update=19)),
    "no number": ("replicates", curve(validation_loss=float("nan"))),
    "too many errors": ("replicates", curve(validation_error=100.5)),
    "no test error": ("replicates", curve(test_error=None)),
    "a test error": ("trials of a rule", curve(test_error=5.0)),
    "a layer that there is not": ("replicates", statistics(layer=9)),
    "a look that was not due": ("replicates", statistics(update=3)),
    "neither": ("replicates", without_going),
    "both": ("replicates", also_ended),
    "still running": ("replicates", ended("pruned", state=State.RUNNING)),
    "complete": ("replicates", ended("pruned", state=State.COMPLETE)),
    "of another": ("replicates", ended("pruned", key="wild")),
    "later": ("replicates", ended("pruned", updates=40)),
    "between": ("replicates", ended("pruned", updates=15)),
    "another end": ("replicates", ended("pruned", validation_error=1.0)),
    "no curve": ("replicates", ended("pruned", curve=())),
    "predictions": ("replicates", ended("pruned", test_predictions=np.zeros(60, np.uint8))),
    "no predictions": ("replicates", ended("wild", test_predictions=None)),
    "fewer predictions": ("replicates", ended("wild", test_predictions=np.zeros(59, np.uint8))),
    "wide predictions": ("replicates", ended("wild", test_predictions=np.zeros(60, np.int64))),
    "a tenth class": ("replicates", ended("wild", test_predictions=np.full(60, 9, np.uint8))),
    "weights": ("replicates", ended("wild", weights={"weight_0": np.zeros(3, np.float32)})),
    "no weights": ("at its end", ended("going", weights=None)),
    "other weights": ("at its end", ended("going", weights={"w": np.zeros(3, np.float32)})),
    "no error": ("at its end", ended("going", test_error=None)),
}


def same(one: PackResult, other: PackResult) -> bool:
    def plain(result: PackResult) -> list[TrialResult]:
        return [replace(one, weights=None, test_predictions=None) for one in result.trials]

    return plain(one) == plain(other)


@pytest.fixture(scope="module")
def whole() -> PackResult:
    with torch_threads(1):
        return fit_pack(PACKS["replicates"], DATASET, prune)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checkpoint]:
    """What each pack has left when it was stopped."""
    folder = tmp_path_factory.mktemp("left")
    with torch_threads(1):
        return {name: saved(name, CheckpointFile(folder / name)) for name in PACKS}


def loaded(spec: PackSpec, file: CheckpointFile) -> PackModule:
    """Return a pack that goes on from a checkpoint, if it can."""
    module = PackModule(spec, DATASET.n_inputs, DATASET.n_classes, DATASET.training)
    probe, evaluation = ProbeCallback(DATASET), EvaluationCallback(DATASET, prune)
    CheckpointCallback(file, probe, evaluation).load(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKS)
def test_what_training_has_left_is_gone_on_from(
    name: str, tmp_path: Path, left: dict[str, Checkpoint]
) -> None:
    file = CheckpointFile(tmp_path / "pack")
    file.write(left[name])
    module = loaded(PACKS[name], file)
    assert [trial.key for trial in module.trials] == list(left[name].going)
    assert not module.trials or module.pretrained + module.updates == STOPS[name]


@pytest.mark.parametrize("forged", FORGED)
def test_nothing_is_taken_from_a_forged_checkpoint(
    forged: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, left: dict[str, Checkpoint]
) -> None:
    name, change = FORGED[forged]
    file = CheckpointFile(tmp_path / "pack")
    file.write(change(left[name]))
    module = loaded(PACKS[name], file)
    assert module.trials == list(PACKS[name].trials)
    assert module.updates + module.pretrained == 0
    assert "pack cannot be used: " in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("forged", ["transposed", "neither", "no predictions"])
def test_trials_of_a_forged_checkpoint_begin_anew(
    forged: str, tmp_path: Path, left: dict[str, Checkpoint], whole: PackResult
) -> None:
    file = CheckpointFile(tmp_path / "pack")
    file.write(FORGED[forged][1](left["replicates"]))
    told: list[int] = []
    again = fit_pack(PACKS["replicates"], DATASET, prune, lambda n, _: told.append(n), file)
    assert same(again, whole)
    assert sum(told) == 40


def test_the_one_before_is_used_in_place_of_a_forged_one(
    tmp_path: Path, left: dict[str, Checkpoint]
) -> None:
    file = CheckpointFile(tmp_path / "pack")
    file.write(left["replicates"])
    file.write(FORGED["transposed"][1](left["replicates"]))
    assert loaded(PACKS["replicates"], file).updates == 20


def rewritten(content: bytes, change: Callable[[dict[str, Any], str], None], name: str) -> bytes:
    """Return a safetensors file with another header."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    change(header, name)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


def lose(header: dict[str, Any], name: str) -> None:
    header[f"{name}_"] = header.pop(name)


def retype(kind: str) -> Callable[[dict[str, Any], str], None]:
    def change(header: dict[str, Any], name: str) -> None:
        one = header[name]
        size = one["data_offsets"][1] - one["data_offsets"][0]
        one["dtype"], one["shape"] = kind, [size // 2 if kind in {"BF16", "F16"} else size]

    return change


@pytest.mark.parametrize("change", [lose, *map(retype, ("BF16", "F16", "F8_E4M3", "BOOL", "I8"))])
def test_a_tensor_that_is_lost_or_of_another_type_is_damage(
    change: Callable[[dict[str, Any], str], None],
    tmp_path: Path,
    left: dict[str, Checkpoint],
    caplog: pytest.LogCaptureFixture,
) -> None:
    content = encode(left["replicates"])
    names = [name for name in load_tensors(content) if "going" in name]
    assert len(names) == 6
    for name in names:
        forged, file = rewritten(content, change, name), CheckpointFile(tmp_path / "pack")
        file.path.write_bytes(forged + hashlib.sha256(forged).digest())
        assert loaded(PACKS["replicates"], file).updates == 0
    assert caplog.text.count("pack cannot be used: ") == 6
