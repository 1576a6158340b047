"""Files that are there whole or not at all."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest

from glorot_sweep.data.small_imagenet.whole_files import store, stored, work_folder, write_whole
from glorot_sweep.errors import ServiceLostError, UserError


def test_what_is_stored_is_found(tmp_path: Path) -> None:
    path = tmp_path / "one"
    assert stored(path) is None
    store(path, b"content")
    assert stored(path) == b"content"
    store(path, b"")
    assert stored(path) == b""
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("place", [0, 31, 32, 38])
def test_what_has_changed_is_not(tmp_path: Path, place: int) -> None:
    store(tmp_path / "one", b"content")
    whole = bytearray((tmp_path / "one").read_bytes())
    whole[place] ^= 1
    (tmp_path / "one").write_bytes(whole)
    assert stored(tmp_path / "one") is None
    (tmp_path / "one").write_bytes(whole[:place])
    assert stored(tmp_path / "one") is None


@pytest.mark.parametrize(
    ("error", "raised", "said"),
    [
        (OSError(28, "No space left on device"), ServiceLostError, r"disk of .*one is full"),
        (OSError(30, "Read-only file system"), UserError, r"cannot write .*one: Read-only"),
    ],
)
def test_a_failing_write_leaves_what_was_there(
    tmp_path: Path, error: OSError, raised: type[Exception], said: str
) -> None:
    work, path = tmp_path / "work", tmp_path / "one"
    work.mkdir()
    path.write_bytes(b"before")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise error

    def after(file: BinaryIO) -> None:
        file.write(b"after")

    with pytest.raises(raised, match=said):
        write_whole(path, work, fail)
    assert path.read_bytes() == b"before"
    assert not list(work.iterdir())
    write_whole(path, work, after)
    assert path.read_bytes() == b"after"
    assert not list(work.iterdir())


def test_what_is_done_needs_no_room_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=6_000_000))
    with pytest.raises(KeyError), work_folder(work, "a", needed=6_000_000):  # noqa: PT012
        store(work / "one", bytes(4_000_000))
        raise KeyError
    with work_folder(work, "a", needed=9_000_000):
        (work / "one").unlink()
    with (
        pytest.raises(UserError, match="9 MB are needed and 6 MB are free"),
        work_folder(work, "a", needed=9_000_000),
    ):
        pytest.fail("it began")


def test_a_work_folder_outlives_failure_but_not_success(tmp_path: Path) -> None:
    work = tmp_path / "some" / "work"
    with pytest.raises(KeyError), work_folder(work, "a", needed=1):  # noqa: PT012
        store(work / "one", b"content")
        raise KeyError
    with work_folder(work, "a", needed=1):
        assert stored(work / "one") == b"content"
    assert not work.exists()
