"""Both stores are made, found and written in a folder of whatever name."""

import sqlite3
from contextlib import closing

import pytest
from rich.console import Console

from glorot_sweep.sweep.listing import show_sweeps
from glorot_sweep.sweep.storage.database import opened_storage, storage_uri
from glorot_sweep.tracking import making
from glorot_sweep.tracking.address import sqlite_uri, tracking_uri
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.records import read_text
from glorot_sweep.tracking.runs import RunStore

NAMES = ["a'b\"c[d]\\n", "{x}%20%s", ":b*?#&=@", "-$(x)`y`[bold]é;--\n"]


def slow(name):
    """Making both stores takes two seconds."""
    return pytest.param(name, marks=pytest.mark.slow)


@pytest.mark.parametrize("name", [NAMES[0], *(slow(name) for name in NAMES[1:])])
@pytest.mark.slow
def test_stores_are_made_in_a_folder_of_any_name(tmp_path, monkeypatch, name):
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.chdir(folder)
    place = open_place(None, "tests", create=True)
    run = RunStore(place.client, place.experiment_id).create("one", {})
    run.text("as it was", "a.txt")
    again = open_place(None, "tests", create=False)
    assert read_text(again.client, run.run_id, "a.txt") == "as it was"
    show_sweeps(None, "tests", Console(quiet=True))
    with opened_storage(storage_uri(None, tracking_uri())):
        pass
    found = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert found == {"mlflow.db", "mlartifacts", "optuna.db"}
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a@b", "a:b@c", "it's", 'a"b', "[a]"])
def test_a_storage_is_opened_in_a_folder_of_any_name(stores, tmp_path, name):
    folder = stores.rename(tmp_path / name)
    uri = sqlite_uri(folder / "optuna.db")
    with opened_storage(storage_uri(uri, "http://h")) as storage:
        assert storage.get_all_studies() == []


@pytest.mark.slow
def test_a_store_whose_first_experiment_could_not_be_made_is_made_anew(stores, monkeypatch):
    """Earlier versions left it so in a folder with both kinds of quotes."""
    monkeypatch.setattr(making, "is_left", lambda _: True)
    with closing(sqlite3.connect(stores / "mlflow.db")) as connection, connection:
        connection.execute("DELETE FROM experiments")
    folder = stores.rename(stores.with_name("a'b\"c"))
    monkeypatch.chdir(folder)
    place = open_place(None, "tests", create=True)
    assert {one.name for one in place.client.search_experiments()} == {"Default", "tests"}
