"""A disk without room is no mistake of the user's: what is said is that it is full."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import OperationalError
from sweep_builders import store_uri

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.report.files import write_files
from glorot_sweep.sweep.storage.database import open_storage, storage_uri
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.probe import probe_registry, store_environment
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.store import open_store

FULL = "database or disk is full"


@pytest.fixture
def few_pages():
    """No SQLite file of this process grows beyond five pages, as on a disk of 20 kB."""

    def limit(connection, _record):
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma max_page_count = 5")

    sqlalchemy.event.listen(sqlalchemy.Engine, "connect", limit)
    yield
    sqlalchemy.event.remove(sqlalchemy.Engine, "connect", limit)


@pytest.mark.usefixtures("few_pages")
def test_a_tracking_store_that_cannot_be_made_for_want_of_room(tmp_path):
    with pytest.raises(ServiceLostError, match=r"disk of the tracking store sqlite.* is full"):
        open_store(store_uri(tmp_path))
    assert not (tmp_path / "mlflow.db").exists()


@pytest.mark.usefixtures("few_pages")
def test_a_storage_that_cannot_be_made_for_want_of_room(tmp_path):
    with pytest.raises(ServiceLostError, match=r"disk of Optuna's storage sqlite.* is full"):
        open_storage(f"sqlite:///{tmp_path / 'optuna.db'}")
    assert not (tmp_path / "optuna.db").exists()


def test_a_storage_is_asked_on_a_full_disk(stores, monkeypatch):
    def full(*_, **__):
        raise OperationalError("", {}, sqlite3.OperationalError(FULL))

    monkeypatch.setattr(sqlalchemy, "create_engine", full)
    with pytest.raises(ServiceLostError, match="disk of Optuna's storage"):
        storage_uri(f"sqlite:///{stores / 'optuna.db'}", store_uri(stores))


def fails(monkeypatch, of, name, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(of, name, fail)


def test_an_experiment_or_a_model_that_cannot_be_created(place, stores, monkeypatch):
    error = MlflowException(f"(sqlite3.OperationalError) {FULL}")
    fails(monkeypatch, MlflowClient, "create_experiment", error)
    with pytest.raises(ServiceLostError, match="disk of the tracking store"):
        open_place(store_uri(stores), "another", create=True)
    fails(monkeypatch, MlflowClient, "create_registered_model", error)
    with pytest.raises(ServiceLostError, match="disk of the model registry"):
        probe_registry(place.client)


def test_an_artifact_or_a_report_that_cannot_be_written(place, tmp_path, monkeypatch):
    run = RunStore(place.client, place.experiment_id).create("x", {})
    fails(monkeypatch, MlflowClient, "log_text", OSError(28, "No space left on device"))
    with pytest.raises(ServiceLostError, match="disk of the artifact store"):
        store_environment(run)
    fails(monkeypatch, Path, "write_bytes", OSError(28, "No space left on device"))
    with pytest.raises(ServiceLostError, match=f"disk of the folder {tmp_path}"):
        write_files(tmp_path, {"report.html": b"x"})
