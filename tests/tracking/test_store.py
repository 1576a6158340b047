"""Opening a store: addresses, refusals in time, nothing created by a refusal."""

import http.server
import os
import socket
import threading
import time
from types import SimpleNamespace

import pytest
import sqlalchemy
from mlflow.exceptions import MlflowException
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.database import open_storage, storage_uri
from glorot_sweep.tracking import outage, store
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.store import open_store, refuse_read_only


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("scheme", ["http", "postgresql+psycopg"])
def test_a_closed_port_is_refused_soon_and_without_the_password(scheme):
    started = time.monotonic()
    with pytest.raises(UserError, match="cannot reach the tracking store") as caught:
        open_store(f"{scheme}://ann:secret@127.0.0.1:{free_port()}/x")
    assert time.monotonic() - started < 15
    assert "secret" not in str(caught.value)


@pytest.mark.slow
def test_a_server_that_accepts_and_never_answers_is_refused_within_15_s():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        with pytest.raises(UserError, match="cannot reach the tracking store"):
            open_store(f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert time.monotonic() - started < 15


def test_a_database_that_cannot_be_opened_is_not_tried_for_minutes(here):
    (here / "folder.db").mkdir()
    (here / "text.db").write_text("no database")
    started = time.monotonic()
    for name in ("folder.db", "text.db"):
        with pytest.raises(UserError, match=rf"cannot open the tracking store .*{name}"):
            open_store(f"sqlite:///{here}/{name}")
    with pytest.raises(UserError, match="folder that does not exist"):
        open_store(f"sqlite:///{here}/none/a.db")
    assert time.monotonic() - started < 15


@pytest.fixture
def refusing_server():
    """An HTTP server that answers every request with `status`."""
    answers = SimpleNamespace(status=401)

    class Refuse(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(answers.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuse) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answers.uri = f"http://ann:secret@127.0.0.1:{server.server_port}"
        yield answers
        server.shutdown()


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_name_the_variables_to_set(refusing_server, status):
    refusing_server.status = status
    with pytest.raises(UserError, match=r"refuses these credentials") as caught:
        open_store(refusing_server.uri)
    assert "MLFLOW_TRACKING_PASSWORD" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_server_that_is_no_mlflow_is_refused(refusing_server):
    refusing_server.status = 404
    with pytest.raises(UserError, match="cannot reach the tracking store"):
        open_store(refusing_server.uri)


def test_the_short_patience_ends_with_the_probe(stores, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "6")
    before = outage.database.MAX_RETRY_COUNT
    open_store(store_uri(stores))
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "6"
    assert "MLFLOW_HTTP_REQUEST_TIMEOUT" not in os.environ
    assert outage.database.MAX_RETRY_COUNT == before > 1


def test_an_artifact_folder_behind_a_file_is_refused_and_nothing_is_created(here):
    (here / "mlartifacts").write_text("a file")
    with pytest.raises(UserError, match=r"artifact folder .*mlartifacts cannot be written"):
        open_place(store_uri(here), None, create=True)
    assert sorted(path.name for path in here.iterdir()) == ["mlartifacts"]


@pytest.mark.parametrize("reason", ["rights", "read-only"])
def test_an_artifact_folder_without_rights_is_refused(here, monkeypatch, reason):
    if reason == "rights":
        monkeypatch.setattr(os, "access", lambda *_: False)
    else:
        flags = SimpleNamespace(f_flag=os.ST_RDONLY)
        monkeypatch.setattr(os, "statvfs", lambda _: flags)
    for location in (f"file://{here}/deep/er", f"{here}/deep"):
        with pytest.raises(UserError, match="cannot be written"):
            refuse_read_only("http://h", location)


def test_artifacts_elsewhere_are_not_checked_here():
    refuse_read_only("http://h", "s3://bucket/x")
    refuse_read_only("http://h", "mlflow-artifacts:/1")


def test_optunas_database_is_not_opened_as_a_tracking_store(stores):
    """MLflow's tables in it would keep both from ever opening it again."""
    before = (stores / "optuna.db").read_bytes()
    for create in (True, False):
        with pytest.raises(UserError, match=r"holds Optuna's studies.*--tracking-uri"):
            open_place(f"sqlite:///{stores / 'optuna.db'}", None, create=create)
    assert (stores / "optuna.db").read_bytes() == before


def test_only_databases_are_asked_for_optunas_tables(monkeypatch):
    """MLflow knows schemes that SQLAlchemy does not."""
    monkeypatch.setattr(sqlalchemy, "create_engine", lambda *_, **__: pytest.fail("asked"))
    for uri in ("http://h", "databricks://profile", "sqlite:////nowhere/mlflow.db"):
        store._refuse_optunas(uri)


def test_optunas_storage_has_its_own_absolute_database(here):
    assert storage_uri(None, "http://h") == f"sqlite:///{here}/optuna.db"
    with pytest.raises(UserError, match="cannot share the database"):
        storage_uri("sqlite:///mlflow.db", tracking_uri())
    with pytest.raises(UserError, match="must be a database URI"):
        storage_uri("optuna.db", "http://h")
    with pytest.raises(UserError, match="folder that does not exist"):
        storage_uri("sqlite:///none/optuna.db", "http://h")
    (here / "text.db").write_text("no database at all, but a text")
    with pytest.raises(UserError, match="cannot open Optuna's storage"):
        open_storage(f"sqlite:///{here}/text.db")


def test_no_outage_shows_a_password():
    error = MlflowException("API request to http://ann:secret@h:5000/api failed")
    assert outage.describe(error).endswith("http://ann:***@h:5000/api failed")
