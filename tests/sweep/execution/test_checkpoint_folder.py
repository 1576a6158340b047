"""The folder of a sweep's checkpoints, while workers write into it."""

from pathlib import Path

import pytest
from sweep_builders import spec

from glorot_sweep.sweep.execution import checkpoint_folder
from glorot_sweep.sweep.execution.checkpoint_folder import SUFFIX, CheckpointFolder, checkpoint_root


def test_a_file_that_a_worker_is_moving_is_passed_over(tmp_path):
    """Between listing and looking it has another name; a dangling link is as absent as that."""
    (tmp_path / f"moving{SUFFIX}").symlink_to(tmp_path / "elsewhere")
    folder = CheckpointFolder(tmp_path)
    folder.forget({spec().key})
    assert folder.groups([spec()]) == ([], [spec()])


@pytest.mark.parametrize("known", [[], ["of another"], [spec().key, "of another"]])
def test_what_is_of_others_or_cannot_be_read_is_not_forgotten(tmp_path, monkeypatch, known):
    (tmp_path / f"a{SUFFIX}").touch()
    monkeypatch.setattr(checkpoint_folder, "trial_keys", lambda _: known)
    folder = CheckpointFolder(tmp_path)
    for keys in (set(), {spec().key}):
        folder.forget(keys)
    assert (tmp_path / f"a{SUFFIX}").exists()
    folder.forget({spec().key, "of another"})
    assert (tmp_path / f"a{SUFFIX}").exists() == (not known)


@pytest.mark.parametrize("named", ["../x", "../b/../x", "c/../../x", "../../a/x", "../x/."])
def test_a_folder_is_named_without_those_that_led_to_it(tmp_path, monkeypatch, named):
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert checkpoint_root(Path(named), "sqlite:////x/optuna.db") == tmp_path / "a" / "x"


def test_a_link_on_the_way_is_followed_before_a_folder_is_left(tmp_path, monkeypatch):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a" / "b")
    (tmp_path / "kept").symlink_to(tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    storage = "sqlite:////x/optuna.db"
    assert checkpoint_root(Path("link/../x"), storage) == tmp_path / "a" / "x"
    assert checkpoint_root(Path("kept/x"), storage) == tmp_path / "kept" / "x"


def test_a_data_set_that_a_sweep_gets_later_decides_nothing_of_what_was_saved(
    tmp_path, monkeypatch
):
    of_one = {"data set shapeset": "a digest", "torch": "2.13.0"}
    trial = spec("tanh/shapeset/t000")
    (tmp_path / "one.checkpoint").touch()
    monkeypatch.setattr(checkpoint_folder, "trial_keys", lambda _: [trial.key])
    folder = CheckpointFolder(tmp_path, {**of_one, "data set mnist": "another"})
    ((saved, known),), fresh = folder.groups([trial])
    assert (known, fresh) == ([trial], [])
    assert saved.made_with == folder.file([trial]).made_with == of_one
