"""A store that was moved or copied takes its artifacts from where it is; the old place is left."""

import shutil

import pytest
from mlflow import MlflowClient
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.address import sqlite_uri
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.records import read_text
from glorot_sweep.tracking.runs import RunStore


def begin(folder, stores):
    """A store in a folder, with a run that has an artifact; returns its id."""
    shutil.copytree(stores, folder)
    place = open_place(store_uri(folder), "tests", create=True)
    run = RunStore(place.client, place.experiment_id).create("one", {})
    run.text("as it was", "a.txt")
    return run.run_id


def go_on(folder, run_id):
    """What the run has, after another run has been written in this folder's store."""
    place = open_place(store_uri(folder), "tests", create=True)
    RunStore(place.client, place.experiment_id).create("two", {}).text("new", "a.txt")
    return read_text(MlflowClient(store_uri(folder)), run_id, "a.txt")


def files(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["b", "b c", "josé", "a%20b", "what?", "#1"])
def test_a_store_that_was_moved_goes_on_and_its_old_folder_is_not_made_again(
    tmp_path, stores, name
):
    run_id = begin(tmp_path / "a", stores)
    (tmp_path / "a").rename(tmp_path / name)
    uri = sqlite_uri(tmp_path / name / "mlflow.db")
    place = open_place(uri, "tests", create=True)
    RunStore(place.client, place.experiment_id).create("two", {}).text("new", "a.txt")
    assert read_text(place.client, run_id, "a.txt") == "as it was"
    assert {path.name for path in tmp_path.iterdir()} == {name, "stores"}


def test_a_copy_writes_nothing_into_the_original(tmp_path, stores):
    run_id = begin(tmp_path / "a", stores)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    before = files(tmp_path / "a")
    assert go_on(tmp_path / "b", run_id) == "as it was"
    assert files(tmp_path / "a") == before
    shutil.rmtree(tmp_path / "a")
    assert go_on(tmp_path / "b", run_id) == "as it was"


def test_a_copy_without_artifacts_is_refused_with_both_folders(tmp_path, stores):
    begin(tmp_path / "a", stores)
    (tmp_path / "b").mkdir()
    shutil.copy(tmp_path / "a/mlflow.db", tmp_path / "b")
    before = files(tmp_path / "a")
    with pytest.raises(UserError, match=rf"{tmp_path}/b/.* copy of {tmp_path}/a/.*cp -r"):
        open_place(store_uri(tmp_path / "b"), "tests", create=True)
    assert files(tmp_path / "a") == before


def test_a_database_that_was_moved_alone_keeps_its_artifacts(tmp_path, stores):
    run_id = begin(tmp_path / "a", stores)
    (tmp_path / "b").mkdir()
    (tmp_path / "a/mlflow.db").rename(tmp_path / "b/mlflow.db")
    assert go_on(tmp_path / "b", run_id) == "as it was"
    assert not (tmp_path / "b/mlartifacts").exists()


def test_artifacts_that_were_never_beside_the_store_stay_where_they_are(tmp_path, stores):
    place = open_place(store_uri(stores), "tests", create=True)
    elsewhere = (tmp_path / "x/mlruns/7").as_uri()
    (tmp_path / "x").mkdir()
    shutil.copy(stores / "mlflow.db", tmp_path / "x/mlflow.db")  # of somebody else
    own = place.client.create_experiment("own", artifact_location=elsewhere)
    RunStore(place.client, own).create("one", {}).text("kept", "a.txt")
    open_place(store_uri(stores), "tests", create=True)
    assert place.client.get_experiment(own).artifact_location == elsewhere


def test_a_link_to_a_database_is_no_copy_of_it(tmp_path, stores):
    run_id = begin(tmp_path / "a", stores)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mlflow.db").symlink_to(tmp_path / "a" / "mlflow.db")
    assert go_on(tmp_path / "b", run_id) == "as it was"
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["mlflow.db"]


def test_a_store_outlasts_a_folder_that_led_to_it(tmp_path, stores, monkeypatch):
    """It was made from a folder below, which is gone."""
    below = stores / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    place = open_place("sqlite:///../mlflow.db", "led", create=True)
    run = RunStore(place.client, place.experiment_id).create("one", {})
    run.text("as it was", "a.txt")
    monkeypatch.chdir(tmp_path)
    below.rmdir()
    assert read_text(MlflowClient(store_uri(stores)), run.run_id, "a.txt") == "as it was"
    location = MlflowClient(store_uri(stores)).get_experiment_by_name("led").artifact_location
    assert location == (stores / "mlartifacts").as_uri()
