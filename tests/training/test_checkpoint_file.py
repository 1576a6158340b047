"""Checkpoints on disk survive whatever cuts a writer or a file off."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from glorot_sweep.engine.stepper import NetworkState
from glorot_sweep.tracking.life import State
from glorot_sweep.training.checkpoint import (
    STATE,
    TRIALS,
    Checkpoint,
    CheckpointError,
    GoingTrial,
    decode,
    encode,
)
from glorot_sweep.training.checkpoint_file import CheckpointFile, trial_keys
from glorot_sweep.training.results import Evaluation, TrialResult


def a_checkpoint(updates: int) -> Checkpoint:
    weights = np.full((3, 2), updates, np.float32), np.zeros(2, np.float32)
    curve = (Evaluation(5, 0.1 + 0.2, 1 / 3, 50.0, None),)
    ended = TrialResult("b", State.DIVERGED, 5, curve, 80.0, 81.0, np.arange(4, dtype=np.uint8))
    going = GoingTrial(NetworkState((weights,)), 0.1, curve, ())
    return Checkpoint(updates, 5, {"a": "x", "b": "y"}, {"a": going}, {"b": ended})


@pytest.fixture
def file(tmp_path: Path) -> CheckpointFile:
    return CheckpointFile(tmp_path / "folder" / "pack")


def test_comes_back_as_it_was(file: CheckpointFile) -> None:
    assert file.read() is None
    file.write(a_checkpoint(10))
    read = file.read()
    assert read is not None
    assert encode(read) == encode(a_checkpoint(10))
    assert read.going["a"].curve == a_checkpoint(10).going["a"].curve
    assert [path.name for path in file.path.parent.iterdir()] == ["pack"]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone"])
def test_a_damaged_one_is_found_and_the_previous_one_used(
    file: CheckpointFile, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    file.write(a_checkpoint(10))
    file.write(a_checkpoint(20))
    content = bytearray(file.path.read_bytes())
    if damage == "gone":  # killed between the two renames
        file.path.unlink()
    else:
        content[len(content) // 2] ^= 1
        cut = {"cut": content[:-40], "flip": content, "empty": b""}[damage]
        file.path.write_bytes(cut)
    read = file.read()
    assert read is not None
    assert read.updates == 10
    assert ("checksum" in caplog.text) == (damage != "gone")
    file.previous.write_bytes(b"")
    assert damage == "gone" or file.read() is None


def test_a_full_disk_leaves_what_was_there(
    file: CheckpointFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write(a_checkpoint(10))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        file.write(a_checkpoint(20))
    read = file.read()
    assert read is not None
    assert read.updates == 10
    assert [path.name for path in file.path.parent.iterdir()] == ["pack"]


def test_a_file_of_other_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encode(a_checkpoint(10))
    monkeypatch.setattr("glorot_sweep.training.checkpoint.code_hash", lambda: "feed")
    with pytest.raises(CheckpointError, match=r"then -> now.: code: \w+ -> feed\. "):
        decode(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below),
    max_leaves=5,
)


def ways(node: object, way: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the way to every value of a JSON document."""
    inner: list[tuple[object, object]] = []
    if isinstance(node, dict | list):
        inner = list(node.items() if isinstance(node, dict) else enumerate(node))
    return [way, *(deeper for key, value in inner for deeper in ways(value, (*way, key)))]


def test_a_file_that_was_made_with_anything_else_is_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    then = {"torch": "2.12.0", "data set mine": "ab", "processor": "old"}
    now = {"torch": "2.13.0", "data set mine": "ab"}
    CheckpointFile(tmp_path / "one", then).write(a_checkpoint(10))
    assert CheckpointFile(tmp_path / "one", then).read() is not None
    assert CheckpointFile(tmp_path / "one", now).read() is None
    assert CheckpointFile(tmp_path / "one").read() is None
    grown = {**then, "plugin more": "cd"}
    assert CheckpointFile(tmp_path / "one", grown).read() is not None
    CheckpointFile(tmp_path / "grown", grown).write(a_checkpoint(10))
    assert CheckpointFile(tmp_path / "grown", {**then, "plugin more": "ef"}).read() is None
    assert len(caplog.messages) == 3
    assert caplog.messages[0].endswith(
        "(then -> now): processor: old -> not said; torch: 2.12.0 -> 2.13.0. Its trials begin anew"
    )


@pytest.mark.slow
@given(st.data())
def test_a_state_of_another_shape_is_damage(draw: st.DataObject) -> None:
    """Its bytes are whole, but one of its values is something else, or not there."""
    tensors = dict(load_tensors(encode(a_checkpoint(10))))
    state = json.loads(tensors[STATE].tobytes())
    whole, changed = json.dumps(state), {"": state}
    *way, last = draw.draw(st.sampled_from([one for one in ways(changed) if one]))
    node: Any = changed
    for key in way:
        node = node[key]
    if draw.draw(st.booleans()):
        node[last] = draw.draw(JSON)
    else:
        del node[last]
    text = json.dumps(changed.get(""))
    tensors[STATE] = np.frombuffer(text.encode(), np.uint8)
    try:
        found = decode(save_tensors(tensors))
    except CheckpointError:
        return
    again = json.loads(load_tensors(encode(found))[STATE].tobytes())
    assert again.keys() == json.loads(whole).keys()


@pytest.mark.parametrize("text", ["[]", "3", "[" * 100_000, "null", '"x"', "{}", '{"going": 3}'])
def test_no_state_at_all_is_damage(text: str) -> None:
    tensors = {**load_tensors(encode(a_checkpoint(10))), STATE: np.frombuffer(text.encode(), "u1")}
    with pytest.raises(CheckpointError):
        decode(save_tensors(tensors))


@given(st.integers(0, 10_000), st.binary(max_size=8), st.integers(0, 12))
def test_any_bytes_with_a_right_checksum_are_read_or_damage(
    tmp_path_factory: pytest.TempPathFactory, place: int, new: bytes, gone: int
) -> None:
    content = encode(a_checkpoint(10))
    place %= len(content)
    altered = content[:place] + new + content[place + gone :]
    file = CheckpointFile(tmp_path_factory.getbasetemp() / "any")
    file.path.write_bytes(altered + hashlib.sha256(altered).digest())
    found = file.read()
    assert found is None or isinstance(found, Checkpoint)
    assert all(isinstance(key, str) for key in trial_keys(file))


@pytest.mark.parametrize("keys", ["[[1], {}]", "3", "[" * 100_000, '{"a": 1}', "null"])
def test_trials_of_another_shape_have_no_keys(file: CheckpointFile, keys: str) -> None:
    header = json.dumps({"__metadata__": {TRIALS: keys}}).encode()
    file.path.parent.mkdir()
    file.path.write_bytes(len(header).to_bytes(8, "little") + header)
    assert trial_keys(file) in ([], ["a"])


def test_nothing_is_left_after_delete(file: CheckpointFile) -> None:
    file.write(a_checkpoint(10))
    file.write(a_checkpoint(20))
    file.delete()
    file.delete()
    assert not list(file.path.parent.iterdir())
