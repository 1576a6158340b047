"""Checkpoints on disk survive whatever cuts a writer or a file off."""

from pathlib import Path

import numpy as np
import pytest

from glorot_sweep.engine.stepper import NetworkState
from glorot_sweep.tracking.life import State
from glorot_sweep.training.checkpoint import Checkpoint, CheckpointError, GoingTrial, decode, encode
from glorot_sweep.training.checkpoint_file import CheckpointFile
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
    with pytest.raises(CheckpointError, match=r"other code wrote it: \w+, this is feed"):
        decode(content)


def test_nothing_is_left_after_delete(file: CheckpointFile) -> None:
    file.write(a_checkpoint(10))
    file.write(a_checkpoint(20))
    file.delete()
    file.delete()
    assert not list(file.path.parent.iterdir())
