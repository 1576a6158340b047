"""Checkpoints of all starts of a sweep are cleared at its end, wherever its starts have saved."""

import shutil

import pytest
from sweep_builders import place_in

from glorot_sweep.host import process
from glorot_sweep.sweep.execution import saved_folders
from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder
from glorot_sweep.sweep.execution.saved_folders import clear_saved, saved_in
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.fields import tags_of


@pytest.fixture
def own(place):
    tags = {"kind": "sweep", "sweep": "small"}
    return RunStore(place.client, place.experiment_id).create("small", tags)


def folder_of(own, root):
    folder = CheckpointFolder(root / own.run_id[:8])
    folder.path.mkdir(parents=True)
    for name in ("a.checkpoint", "a.checkpoint.previous", "a.checkpoint.7.unfinished"):
        (folder.path / name).touch()
    own.tag(tags_of(saved_in(folder, own.client.tracking_uri)))
    return folder.path


def remembered(place, own):
    tags = get_run(place.client, own.run_id).tags
    return {value for name, value in tags.items() if name.startswith("saved_in/")}


def test_what_every_start_has_saved_is_cleared_and_forgotten(place, own, tmp_path):
    folders = [folder_of(own, tmp_path / name) for name in ("one", "two")]
    assert len(remembered(place, own)) == 2
    assert clear_saved(own) == []
    assert not any(folder.parent.exists() for folder in folders)
    assert remembered(place, own) == set()


def test_a_folder_that_was_deleted_by_hand_is_forgotten(place, own, tmp_path):
    folder = CheckpointFolder(tmp_path / own.run_id[:8])
    own.tag(tags_of(saved_in(folder, place.uri)))
    assert clear_saved(own) == []
    assert remembered(place, own) == set()


def test_a_folder_of_another_machine_is_named(place, own, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(saved_folders, "host_name", lambda: "another-host")
        folder = folder_of(own, tmp_path / "one")
    (line,) = clear_saved(own)
    assert f"{folder} on another-host" in line
    assert len(list(folder.iterdir())) == 3
    assert remembered(place, own) == {f"another-host:{folder}"}


def test_nothing_but_checkpoints_of_this_sweep_is_deleted(place, own, tmp_path):
    """Whoever may write tags must not be able to have any folder deleted."""
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "b.checkpoint").touch()
    place.client.set_tag(own.run_id, "saved_in/1", f"{process.host_name()}:{foreign}")
    folder = folder_of(own, tmp_path / "one")
    (folder / "notes.txt").touch()
    assert len(clear_saved(own)) == 2
    assert (foreign / "b.checkpoint").exists()
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_copy_of_the_store_leaves_the_original_s_folder_alone(place, own, stores, tmp_path):
    folder = folder_of(own, tmp_path / "one")
    shutil.copytree(stores, tmp_path / "copy")
    there = place_in(tmp_path / "copy")
    (line,) = clear_saved(RunWriter(there.client, own.run_id, 0))
    assert "unless the store that this one was copied from still needs it" in line
    assert len(list(folder.iterdir())) == 3
    assert clear_saved(own) == []
    assert not folder.exists()
