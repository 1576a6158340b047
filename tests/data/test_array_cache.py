"""Kept arrays: the same ones again, never stale, never damaged, never pickled."""

import logging
import os
import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_sweep.data.array_cache import Arrays, cached_arrays

ARRAYS = {
    "images": np.arange(60, dtype=np.uint8).reshape(4, 15),
    "labels": np.array([3, 1, 2, 0]),
    "classes": np.array(["ant", "bee", "übel", "d"]),
}


class Builder:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Arrays:
        self.calls += 1
        return ARRAYS


def assert_equal(found: Arrays) -> None:
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)


def test_made_once_and_read_after_that(tmp_path: pathlib.Path) -> None:
    build = Builder()
    for _ in range(3):
        assert_equal(cached_arrays(tmp_path / "a.npz", "key", build))
    assert build.calls == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_another_key_makes_them_anew(tmp_path: pathlib.Path) -> None:
    build = Builder()
    for key in ("one", "two", "two", "one"):
        cached_arrays(tmp_path / "a.npz", key, build)
    assert build.calls == 3


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("kept") / "a.npz"
    cached_arrays(path, "key", Builder())
    return path


def check_rebuilt_or_right(kept: pathlib.Path, content: bytes, must_rebuild: bool) -> None:
    path, build = kept.with_name("damaged.npz"), Builder()
    path.write_bytes(content)
    assert_equal(cached_arrays(path, "key", build))
    assert build.calls == 1 or not must_rebuild
    assert_equal(cached_arrays(path, "key", build))
    assert build.calls <= 1, "what was made again is read again"


@pytest.mark.slow
@given(st.integers(0, 100_000), st.integers(1, 255))
@settings(max_examples=300)
def test_no_altered_byte_gets_through(kept: pathlib.Path, place: int, bits: int) -> None:
    """Some bytes of a zip mean nothing (times, say); all others must be noticed."""
    content = bytearray(kept.read_bytes())
    content[place % len(content)] ^= bits
    check_rebuilt_or_right(kept, bytes(content), must_rebuild=False)


@given(st.integers(0, 100_000))
def test_no_cut_file_gets_through(kept: pathlib.Path, length: int) -> None:
    content = kept.read_bytes()
    check_rebuilt_or_right(kept, content[: length % len(content)], must_rebuild=True)


@pytest.mark.parametrize("array", ["key", "images", "labels", "classes"])
def test_altered_values_are_noticed(kept: pathlib.Path, array: str) -> None:
    """The last byte of an array lies just before the next entry, or before the directory."""
    content = bytearray(kept.read_bytes())
    start = content.index(f"{array}.npy".encode())
    end = min(p for p in (content.find(m, start) for m in (b"PK\3\4", b"PK\1\2")) if p > 0)
    content[end - 1] ^= 1
    check_rebuilt_or_right(kept, bytes(content), must_rebuild=True)


def test_values_altered_under_their_key_are_noticed(tmp_path: pathlib.Path) -> None:
    """By whoever writes a faultless file again, with another pixel or another type."""
    for change in ({"images": ARRAYS["images"] ^ 1}, {"labels": ARRAYS["labels"].astype(np.int32)}):
        path, build = tmp_path / "a.npz", Builder()
        cached_arrays(path, "key", Builder())
        with np.load(path) as stored:
            np.savez(path, **{**stored, **change})
        assert_equal(cached_arrays(path, "key", build))
        assert build.calls == 1


def test_a_file_of_a_version_without_checksums_is_made_anew_without_a_word(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    np.savez(tmp_path / "a.npz", key=np.array("key"), **ARRAYS)
    build = Builder()
    assert_equal(cached_arrays(tmp_path / "a.npz", "key", build))
    assert (build.calls, caplog.text) == (1, "")


def test_a_damaged_file_is_reported(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.npz").write_bytes(b"<html>")
    with caplog.at_level(logging.WARNING):
        cached_arrays(tmp_path / "a.npz", "key", Builder())
    assert "a.npz is damaged" in caplog.text


def test_others_may_read_it(tmp_path: pathlib.Path) -> None:
    """A data folder is shared by users, and mounted into containers of another one."""
    before = os.umask(0o022)
    try:
        cached_arrays(tmp_path / "a.npz", "key", Builder())
    finally:
        os.umask(before)
    assert (tmp_path / "a.npz").stat().st_mode & 0o777 == 0o644


def test_no_pickle_is_loaded(tmp_path: pathlib.Path) -> None:
    """Its key is right, but an array needs pickle."""
    path, build = tmp_path / "a.npz", Builder()
    np.savez(path, key=np.array("key"), images=np.array([Trap()], dtype=object))
    assert_equal(cached_arrays(path, "key", build))
    assert build.calls == 1


class Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("a pickle was loaded",)


def test_where_nothing_can_be_written(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(stream: object, **arrays: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with caplog.at_level(logging.WARNING):
        assert_equal(cached_arrays(tmp_path / "a.npz", "key", Builder()))
    assert "cannot be written ([Errno 28] No space left on device)" in caplog.text
    assert list(tmp_path.iterdir()) == []


def test_what_fails_to_be_made_leaves_nothing(tmp_path: pathlib.Path) -> None:
    def fail() -> Arrays:
        raise RuntimeError("no images")

    with pytest.raises(RuntimeError, match="no images"):
        cached_arrays(tmp_path / "a.npz", "key", fail)
    assert list(tmp_path.iterdir()) == []
