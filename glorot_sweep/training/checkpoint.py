"""A pack in the middle of its training, as plain data, and as bytes that hold no code."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.engine.stepper import Layers, NetworkState
from glorot_sweep.host.provenance import code_hash
from glorot_sweep.keys import key_text
from glorot_sweep.specs import TrialSpec
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.fields import shortened
from glorot_sweep.training.results import Evaluation, TrialResult

STATE = "state"  # the tensor that holds everything which is no tensor, as JSON
TRIALS = "trials"  # key of the metadata, for whoever looks at the file's first bytes alone
NOT_IN_JSON = ("test_predictions", "weights", "trained")  # fields of a result: arrays, and none yet

Arrays = dict[str, NDArray[Any]]
LONGEST_SAID = 500  # characters of what a checkpoint was made with
PLUGIN = "plugin "
"""Begins the name of a plugin among what decides numbers: a further one redefines nothing."""

NOTHING_ELSE: Mapping[str, str] = MappingProxyType({})

Count = Annotated[int, Field(ge=0)]


class CheckpointError(Exception):
    """These bytes are no checkpoint that this version can read."""


@dataclass(frozen=True)
class GoingTrial:
    """A trial that is still in training.

    Attributes:
        network: its weights, and all that its stepper needs to go on.
        loss_sum: of the cost in training since the last evaluation.
        curve: its evaluations so far.
        statistics: what was seen in its layers so far.
    """

    network: NetworkState
    loss_sum: float
    curve: tuple[Evaluation, ...]
    statistics: tuple[LayerStatistics, ...]


@dataclass(frozen=True)
class Checkpoint:
    """All that is needed to go on with a pack as if it had never stopped.

    Attributes:
        updates: SGD steps done.
        loss_updates: of them since the last evaluation.
        fingerprints: of every trial's specification, by key.
        going: trials in training, by key.
        ended: results of those that have left the pack, by key.
        pretrained: updates of pre-training done, a hidden layer at a time.
    """

    updates: int
    loss_updates: int
    fingerprints: Mapping[str, str]
    going: Mapping[str, GoingTrial]
    ended: Mapping[str, TrialResult]
    pretrained: int = 0

    def of(self, fingerprints: Mapping[str, str]) -> "Checkpoint":
        """Return the part of the trials that have these specifications."""
        known = {k: f for k, f in fingerprints.items() if self.fingerprints.get(k) == f}
        going = {key: trial for key, trial in self.going.items() if key in known}
        ended = {key: result for key, result in self.ended.items() if key in known}
        return replace(self, fingerprints=known, going=going, ended=ended)

    def of_all(self, trials: Iterable[TrialSpec]) -> "Checkpoint | None":
        """Return the part of these trials; None unless it has each, with its specification."""
        wanted = {trial.key: trial.fingerprint for trial in trials}
        return ours if (ours := self.of(wanted)).fingerprints == wanted else None

    def model_updates(self, trials: Iterable[TrialSpec]) -> int:
        """Return the updates that its trials, which are these, have had, pre-training included."""
        done = sum(result.updates for result in self.ended.values())
        done += len(self.going) * self.updates
        return done + sum(
            trial.pretraining_updates
            if trial.key in self.ended
            else min(self.pretrained, trial.pretraining_updates)
            for trial in trials
        )


@dataclass(frozen=True)
class _StoredGoing:
    """A trial in training, but for its arrays."""

    layers: int
    estimates: list[str]
    loss_sum: float
    curve: tuple[Evaluation, ...]
    statistics: tuple[LayerStatistics, ...]


@dataclass(frozen=True)
class _StoredEnded:
    """A result, but for its arrays."""

    key: str
    state: State
    updates: int
    curve: tuple[Evaluation, ...]
    validation_error: float
    test_error: float | None
    statistics: tuple[LayerStatistics, ...]


@dataclass(frozen=True)
class _Stored:
    """What is no array, as JSON has it."""

    updates: Count
    loss_updates: Count
    pretrained: Count
    fingerprints: dict[str, str]
    going: dict[str, _StoredGoing]
    ended: dict[str, _StoredEnded]


_STORED = TypeAdapter(_Stored)
_DAMAGE = (SafetensorError, KeyError, TypeError, ValueError, AttributeError, RecursionError)


def encode(checkpoint: Checkpoint, made_with: Mapping[str, str] = NOTHING_ELSE) -> bytes:
    """Return a checkpoint as a safetensors file's content.

    Args:
        checkpoint: what to store.
        made_with: see `decode`.
    """
    tensors: Arrays = {}
    state = {
        "made_with": {"code": code_hash(), **made_with},
        "updates": checkpoint.updates,
        "loss_updates": checkpoint.loss_updates,
        "pretrained": checkpoint.pretrained,
        "fingerprints": dict(checkpoint.fingerprints),
        "going": {k: _encode_going(k, v, tensors) for k, v in checkpoint.going.items()},
        "ended": {k: _encode_ended(k, v, tensors) for k, v in checkpoint.ended.items()},
    }
    tensors[STATE] = np.frombuffer(json.dumps(state).encode(), np.uint8)
    contiguous = {name: np.ascontiguousarray(values) for name, values in tensors.items()}
    return bytes(save_tensors(contiguous, {TRIALS: json.dumps(list(checkpoint.fingerprints))}))


def _encode_going(key: str, trial: GoingTrial, tensors: Arrays) -> dict[str, Any]:
    network = trial.network
    for kind, layers in {"": network.layers, **network.estimates}.items():
        for layer, (weight, bias) in enumerate(layers):
            tensors[_name(key, kind, "weight", layer)] = weight
            tensors[_name(key, kind, "bias", layer)] = bias
    if network.visible_bias is not None:
        tensors[key_text(key, "visible_bias")] = network.visible_bias
    return {
        "layers": len(network.layers),
        "estimates": list(network.estimates),
        "loss_sum": trial.loss_sum,
        "curve": _plain(trial.curve),
        "statistics": _plain(trial.statistics),
    }


def _encode_ended(key: str, result: TrialResult, tensors: Arrays) -> dict[str, Any]:
    if result.test_predictions is not None:
        tensors[key_text(key, "test_predictions")] = result.test_predictions
    for name, values in (result.weights or {}).items():
        tensors[key_text(key, "weights", name)] = values
    named = {name: value for name, value in vars(result).items() if name not in NOT_IN_JSON}
    return {**named, "curve": _plain(result.curve), "statistics": _plain(result.statistics)}


def _plain(rows: Iterable[Evaluation | LayerStatistics]) -> list[dict[str, Any]]:
    """Return what JSON can say of them; `asdict` would copy each value first."""
    return [vars(row) for row in rows]


def decode(content: bytes, made_with: Mapping[str, str] = NOTHING_ELSE) -> Checkpoint:
    """Return the checkpoint that these bytes hold.

    Args:
        content: of the file.
        made_with: what decides numbers besides the code and the specifications, each by its name:
            whatever goes on from a checkpoint must share it.

    Raises:
        CheckpointError: they hold none, or one that was made with anything else.
    """
    try:
        tensors = load_tensors(content)
        state = json.loads(tensors[STATE].tobytes())
        _refuse_others(state.get("made_with", {}), {"code": code_hash(), **made_with})
        stored = _STORED.validate_python(state)
        return Checkpoint(
            stored.updates,
            stored.loss_updates,
            stored.fingerprints,
            {key: _decode_going(key, one, tensors) for key, one in stored.going.items()},
            {key: _decode_ended(key, one, tensors) for key, one in stored.ended.items()},
            stored.pretrained,
        )
    except _DAMAGE as error:
        raise CheckpointError(f"{type(error).__name__}: {error}") from None


def _refuse_others(then: Mapping[str, str], now: Mapping[str, str]) -> None:
    further = {name for name in now if name.startswith(PLUGIN) and name not in then}
    changed = [
        f"{name}: {then.get(name, 'not said')} -> {now.get(name, 'not said')}"
        for name in sorted(then.keys() | now.keys() - further)
        if then.get(name) != now.get(name)
    ]
    if changed:
        raise CheckpointError(
            f"it was made otherwise (then -> now): {shortened('; '.join(changed), LONGEST_SAID)}. "
            "Its trials begin anew"
        )


def _decode_going(key: str, stored: _StoredGoing, tensors: Arrays) -> GoingTrial:
    def layers(kind: str) -> Layers:
        return tuple(
            (tensors[_name(key, kind, "weight", layer)], tensors[_name(key, kind, "bias", layer)])
            for layer in range(stored.layers)
        )

    estimates = {name: layers(name) for name in stored.estimates}
    network = NetworkState(layers(""), estimates, tensors.get(key_text(key, "visible_bias")))
    return GoingTrial(network, stored.loss_sum, stored.curve, stored.statistics)


def _name(key: str, kind: str, what: str, layer: int) -> str:
    """Return a tensor's name; those of the network itself have no kind."""
    return key_text(*(part for part in (key, kind, f"{what}_{layer}") if part))


def _decode_ended(key: str, stored: _StoredEnded, tensors: Arrays) -> TrialResult:
    prefix = key_text(key, "weights", "")
    weights = {n.removeprefix(prefix): a for n, a in tensors.items() if n.startswith(prefix)}
    return TrialResult(
        stored.key,
        stored.state,
        stored.updates,
        stored.curve,
        stored.validation_error,
        stored.test_error,
        tensors.get(key_text(key, "test_predictions")),
        weights or None,
        stored.statistics,
    )
