"""A folder that cannot be used is known before anything is made."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from glorot_sweep.host.folders import obstacle


def test_a_folder_and_one_that_can_be_made(tmp_path):
    assert obstacle(tmp_path) is None
    assert obstacle(tmp_path / "deep" / "er") is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_and_a_link_to_nothing_are_in_the_way(tmp_path):
    for name in ("file", "link"):
        wall = tmp_path / name
        wall.write_text("") if name == "file" else wall.symlink_to(tmp_path / "nothing")
        assert obstacle(wall) == obstacle(wall / "deep" / "er") == wall


@pytest.mark.parametrize("reason", ["rights", "read-only"])
def test_a_folder_that_may_not_be_written(tmp_path, monkeypatch, reason):
    if reason == "rights":
        monkeypatch.setattr(os, "access", lambda *_: False)
    else:
        monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert obstacle(tmp_path / "deep") == tmp_path


def test_a_relative_one_counts_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert obstacle(Path("file/x")) == tmp_path / "file"
