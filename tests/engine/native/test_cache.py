import os
import stat
from pathlib import Path

import pytest

from glorot_sweep.engine.native import NativeUnavailable, cache

STRANGER = 54321


@pytest.fixture
def umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_the_folder_is_the_variables_else_the_users(monkeypatch):
    monkeypatch.setenv("HOME", "/home/x")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("GLOROT_SWEEP_NATIVE_CACHE", "")
    assert cache.cache_folder() == Path("/home/x/.cache/glorot_sweep/native")
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")  # which its specification says to ignore
    assert cache.cache_folder() == Path("/home/x/.cache/glorot_sweep/native")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache.cache_folder() == Path("/xdg/glorot_sweep/native")
    monkeypatch.setenv("GLOROT_SWEEP_NATIVE_CACHE", "/opt/native")
    assert cache.cache_folder() == Path("/opt/native")


def test_a_user_without_a_home_is_told_which_variable_to_set(monkeypatch):
    for name in ("HOME", "XDG_CACHE_HOME", cache.VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: STRANGER)
    with pytest.raises(NativeUnavailable, match="no home; set GLOROT_SWEEP_NATIVE_CACHE to one"):
        cache.cache_folder()


def test_what_is_made_is_for_this_user_alone(tmp_path, umask):
    cache.make_folder(tmp_path / "a" / "b")
    cache.make_folder(tmp_path / "a" / "b")
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def give_away(path, monkeypatch):
    """Let a file or folder belong to another user than this process."""
    if os.geteuid() == 0:
        os.chown(path, STRANGER, STRANGER)
        return str(STRANGER)
    monkeypatch.setattr(os, "geteuid", lambda: STRANGER)
    return cache._user(os.getuid())


def test_another_users_folder_is_refused(tmp_path, monkeypatch):
    owner = give_away(tmp_path, monkeypatch)
    with pytest.raises(NativeUnavailable) as refused:
        cache.refuse_strangers(tmp_path)
    assert str(refused.value) == (
        f"compiled code in {tmp_path} is not loaded: the folder belongs to the user {owner}; "
        "remove it, or set GLOROT_SWEEP_NATIVE_CACHE to a folder of your own"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what belongs to root")
def test_roots_folder_is_as_good_as_ones_own(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: STRANGER)
    cache.refuse_strangers(tmp_path)


@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path, mode):
    tmp_path.chmod(mode)
    with pytest.raises(NativeUnavailable, match=rf"can be written by others \(mode {mode:o}\)"):
        cache.refuse_strangers(tmp_path)
    tmp_path.chmod(0o755)
    cache.refuse_strangers(tmp_path)
    cache.refuse_strangers(tmp_path / "missing")


def kept(folder, content=b"compiled", stem="scalar-1"):
    compiled = folder / "new"
    compiled.write_bytes(content)
    return cache.keep(compiled, folder, stem)


def test_a_file_is_found_by_the_beginning_of_its_name(tmp_path):
    path = kept(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert os.listdir(tmp_path) == [path.name]
    assert cache.intact(tmp_path, "scalar") == cache.intact(tmp_path, "scalar-1") == path
    assert cache.intact(tmp_path, "scalar-2") is None
    assert cache.intact(tmp_path, "scal") is None  # the stem ends at a hyphen
    assert cache.intact(tmp_path, "scalar", unusable=path) is None


@pytest.mark.parametrize("damage", [b"", b"compile", b"compiles", b"compiled."])
def test_a_file_whose_content_is_not_what_its_name_says_is_not_taken(tmp_path, damage):
    path = kept(tmp_path)
    path.chmod(0o644)
    path.write_bytes(damage)
    assert cache.intact(tmp_path, "scalar-1") is None
    path.write_bytes(b"compiled")
    assert cache.intact(tmp_path, "scalar-1") == path


def test_a_file_that_others_could_have_written_is_not_taken(tmp_path, monkeypatch):
    path = kept(tmp_path)
    path.chmod(0o664)
    assert cache.intact(tmp_path, "scalar-1") is None
    path.chmod(0o644)
    give_away(path, monkeypatch)
    assert cache.intact(tmp_path, "scalar-1") is None


def test_a_link_or_a_folder_is_not_taken(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    path = kept(tmp_path / "elsewhere")
    (tmp_path / path.name).symlink_to(path)
    (tmp_path / "scalar-1-x.so").mkdir()
    assert cache.intact(tmp_path, "scalar-1") is None
