"""A SQLite store is whole or not there; half of one is made anew if it holds nothing."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.host import sqlite_file
from glorot_sweep.sweep.storage.database import open_storage
from glorot_sweep.tracking import making
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.store import open_store


@pytest.fixture(autouse=True)
def made(monkeypatch, empty_databases):
    """Files that were made; a copy of the empty databases stands for making the tables."""
    files = []

    def copy(file):
        files.append(file.name)
        shutil.copyfile(empty_databases / "mlflow.db", file)

    monkeypatch.setattr(making, "_make", copy)
    monkeypatch.setattr(sqlite_file, "QUIET_SECONDS", 0.0)
    return files


def execute(file, *statements):
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_missing_store_is_made_beside_and_renamed(tmp_path, made):
    open_store(store_uri(tmp_path))
    assert made == [".mlflow.db.making"]
    assert {path.name for path in tmp_path.iterdir()} == {".mlflow.db.opening.lock", "mlflow.db"}


def test_through_a_link_what_it_leads_to_is_made(tmp_path, made):
    (tmp_path / "real").mkdir()
    (tmp_path / "mlflow.db").symlink_to(tmp_path / "real" / "mlflow.db")
    open_store(store_uri(tmp_path))
    assert (tmp_path / "mlflow.db").is_symlink()
    found = {path.name for path in (tmp_path / "real").iterdir()}
    assert found == {".mlflow.db.opening.lock", "mlflow.db"}


def test_a_kill_while_it_is_made_leaves_none_and_the_next_start_makes_it(tmp_path, monkeypatch):
    def killed(file):
        execute(file, "CREATE TABLE experiments (x)")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(making, "_make", killed)
        with pytest.raises(KeyboardInterrupt):
            open_store(store_uri(tmp_path))
    assert not (tmp_path / "mlflow.db").exists()
    open_store(store_uri(tmp_path))
    assert not (tmp_path / ".mlflow.db.making").exists()


HALVES = {
    "empty": [],
    "first tables": ["CREATE TABLE experiments (experiment_id)", "CREATE TABLE runs (x)"],
    "in a change": [
        "CREATE TABLE experiments (experiment_id)",
        "CREATE TABLE _alembic_tmp_experiments (experiment_id)",
        "INSERT INTO experiments VALUES (0)",
        "INSERT INTO _alembic_tmp_experiments VALUES (0)",
    ],
    "between two names": ["CREATE TABLE _alembic_tmp_experiments (experiment_id)"],
    "an older version": [
        "CREATE TABLE experiments (experiment_id)",
        "CREATE TABLE alembic_version (version_num)",
        "INSERT INTO alembic_version VALUES ('old')",
    ],
}


@pytest.mark.parametrize("half", HALVES)
def test_half_a_store_that_holds_nothing_is_made_anew(tmp_path, made, half):
    execute(tmp_path / "mlflow.db", *HALVES[half])
    (tmp_path / "mlflow.db").touch()
    (tmp_path / "mlflow.db-journal").write_bytes(b"left by a kill")
    place = open_place(store_uri(tmp_path), "tests", create=True)
    assert place.client.get_experiment(place.experiment_id).name == "tests"
    assert made == [".mlflow.db.making"]
    assert not (tmp_path / "mlflow.db-journal").exists()


@pytest.mark.parametrize("changed", [True, False])
def test_what_holds_something_is_never_made_anew(stores, made, changed):
    place = open_place(store_uri(stores), "tests", create=True)
    if not changed:
        open_store(store_uri(stores))
        assert made == []
        return
    execute(stores / "mlflow.db", "CREATE TABLE _alembic_tmp_runs (x)")
    before = (stores / "mlflow.db").read_bytes()
    with pytest.raises(UserError, match=r"in the middle of a change.*name another store"):
        open_store(place.uri)
    assert (stores / "mlflow.db").read_bytes() == before


def test_an_empty_store_that_is_whole_stays(stores, made):
    before = os.stat(stores / "mlflow.db").st_ino
    open_store(store_uri(stores))
    assert (os.stat(stores / "mlflow.db").st_ino, made) == (before, [])


def test_a_database_of_another_program_is_left_alone(tmp_path, made, monkeypatch):
    execute(tmp_path / "mlflow.db", "CREATE TABLE customers (name)")
    making.make_whole(store_uri(tmp_path))
    assert made == []


def test_one_that_another_program_is_making_is_waited_for(tmp_path, made, monkeypatch, stores):
    execute(tmp_path / "mlflow.db", *HALVES["first tables"])

    def finished(_file):
        shutil.copyfile(stores / "mlflow.db", tmp_path / "mlflow.db")
        return False

    monkeypatch.setattr(making, "is_left", finished)
    making.make_whole(store_uri(tmp_path))
    assert made == []


OPTUNA_HALVES = {
    "empty": [],
    "first table": ["CREATE TABLE studies (x)"],
    "without a version": ["CREATE TABLE studies (x)", "CREATE TABLE version_info (x)"],
    "with half a version": [
        "CREATE TABLE studies (x)",
        "CREATE TABLE version_info (x)",
        "INSERT INTO version_info VALUES (12)",
        "CREATE TABLE alembic_version (version_num)",
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize("half", OPTUNA_HALVES)
def test_half_a_storage_of_optuna_is_made_anew(tmp_path, half):
    file = tmp_path / "optuna.db"
    execute(file, *OPTUNA_HALVES[half])
    storage = open_storage(f"sqlite:///{file}")
    assert storage.get_all_studies() == []
    storage.engine.dispose()
    assert not (tmp_path / ".optuna.db.making").exists()
