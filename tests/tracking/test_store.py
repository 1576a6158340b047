"""Opening a store: addresses, refusals in time, nothing created by a refusal."""

import http.server
import os
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
import sqlalchemy
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.database import open_storage, storage_uri
from glorot_sweep.tracking import outage, store
from glorot_sweep.tracking.address import (
    absolute_sqlite,
    database_file,
    hide_password,
    sqlite_uri,
    tracking_uri,
)
from glorot_sweep.tracking.place import Place, find_place, open_place
from glorot_sweep.tracking.store import check_artifact_location, open_store


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_relative_sqlite_uri_becomes_absolute_and_others_stay(here):
    assert absolute_sqlite("sqlite:///a.db") == f"sqlite:///{here}/a.db"
    assert absolute_sqlite("sqlite:///a.db?timeout=3") == f"sqlite:///{here}/a.db?timeout=3"
    for uri in ("sqlite:////x/a.db", "http://h:1", "mysql+x://h/a"):
        assert absolute_sqlite(uri) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite+pysqlite:///:memory:",
        "sqlite:///:memory:?cache=shared",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite:///file::memory:?uri=true",
    ],
)
def test_a_database_in_memory_is_refused(uri):
    for resolve in (tracking_uri, lambda one: storage_uri(one, "http://h")):
        with pytest.raises(UserError, match=r"in the memory of one process.*Name a file"):
            resolve(uri)


def test_a_sqlite_uri_without_a_path_is_refused_with_its_form():
    with pytest.raises(UserError, match=r"names no file.*three slashes"):
        tracking_uri("sqlite://mlflow.db")


FOLDERS = ["a b", "josé", "a%20b", "what?", "what?now=1", "#1", "100%", "a&b=c"]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_of_any_name_holds_a_store(here, name):
    file = here / name / "x.db"
    file.parent.mkdir()
    uri = sqlite_uri(file)
    assert database_file(uri) == file
    assert absolute_sqlite(uri) == uri
    assert absolute_sqlite(f"{uri}?timeout=3") == f"{uri}?timeout=3"
    assert sqlalchemy.make_url(uri).database == str(file)
    assert absolute_sqlite(f"sqlite:///{file}") == uri


@pytest.mark.parametrize(
    "uri", ["127.0.0.1:5000", "localhost:5000", "mlflow.example:80/x", "[::1]:5000"]
)
def test_an_address_without_a_scheme_is_told_to_have_one(uri):
    with pytest.raises(UserError, match=r"has no scheme.*http://"):
        tracking_uri(uri)


def test_the_command_line_comes_before_the_variable_before_the_default(here, monkeypatch):
    assert tracking_uri() == f"sqlite:///{here}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://variable:5000")
    assert tracking_uri() == "http://variable:5000"
    assert tracking_uri("http://named:5000") == "http://named:5000"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    assert tracking_uri("") == f"sqlite:///{here}/mlflow.db"


@pytest.mark.parametrize("uri", ["file:///x/mlruns", "file:mlruns", "mlruns", "./mlruns", "/x/y"])
def test_file_stores_are_refused_with_what_to_use(uri):
    with pytest.raises(UserError, match=r"file store.*sqlite:///mlflow\.db"):
        tracking_uri(uri)


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://ann:secret@host:5000/x", "https://ann:***@host:5000/x"),
        ("postgresql+psycopg://ann:s@host/db", "postgresql+psycopg://ann:***@host/db"),
        ("postgresql://ann:s@cret@host/db", "postgresql://ann:***@host/db"),
        ("https://ann@host/x", "https://ann@host/x"),
        ("http://host:5000", "http://host:5000"),
        ("sqlite:////a/b.db", "sqlite:////a/b.db"),
        ("postgresql://h/x?user=a&password=b", "postgresql://h/x?user=a&password=***"),
        ("postgresql://h/x?sslpassword=b&a=1", "postgresql://h/x?sslpassword=***&a=1"),
        ("sent to http://a:b@h/x and http://c:d@i", "sent to http://a:***@h/x and http://c:***@i"),
    ],
)
def test_passwords_are_not_shown(uri, shown):
    assert hide_password(uri) == shown


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
            check_artifact_location(location)


def test_artifacts_elsewhere_are_not_checked_here():
    check_artifact_location("s3://bucket/x")
    check_artifact_location("mlflow-artifacts:/1")


def test_an_existing_experiment_keeps_its_artifact_folder_and_is_checked(here, stores):
    place = open_place(store_uri(stores), "tests", create=True)
    assert open_place(store_uri(stores), "tests", create=True).experiment_id == place.experiment_id
    place.client.create_experiment("broken", artifact_location=f"file://{here}/wall/x")
    (here / "wall").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        open_place(store_uri(stores), "broken", create=True)


def test_looking_creates_nothing(here, stores):
    with pytest.raises(UserError, match="no tracking store"):
        open_place(store_uri(here), None, create=False)
    assert not list(here.glob("*.db"))
    with pytest.raises(UserError, match="no experiment 'unknown'"):
        open_place(store_uri(stores), "unknown", create=False)


def test_a_run_that_has_ended_is_not_taken_over(here, stores, monkeypatch):
    made = open_place(store_uri(stores), "tests", create=True)
    ended = made.client.create_run(made.experiment_id, run_name="of somebody").info.run_id
    made.client.set_terminated(ended)
    monkeypatch.setenv("MLFLOW_RUN_ID", ended)
    with pytest.raises(UserError, match="has ended"):
        find_place(store_uri(stores), "tests", create=True)


def test_finding_a_place_creates_nothing_and_leaves_the_project_run(here, stores, monkeypatch):
    assert find_place(store_uri(here), "tests", create=True) is None
    assert not list(here.glob("*.db"))
    assert find_place(store_uri(stores), "tests", create=True) is None
    made = open_place(store_uri(stores), "tests", create=True)
    run = made.client.create_run(made.experiment_id).info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", run)
    found = find_place(store_uri(stores), "tests", create=True)
    assert (found.experiment_id, found.project_run) == (made.experiment_id, run)
    assert os.environ["MLFLOW_RUN_ID"] == run


@pytest.mark.parametrize("create", [True, False])
def test_the_run_of_mlflow_run_must_be_in_the_store(here, stores, monkeypatch, create):
    """A relative SQLite URI is another file in the folder of the project."""
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "99")
    for folder in (here, stores):
        with pytest.raises(UserError, match=r"`mlflow run` made is not in .*an absolute one"):
            open_place(store_uri(folder), "tests", create=create)
    assert not list(here.glob("*.db"))


@pytest.mark.parametrize(
    "uri", ["postgresql://ann:sec/ret@h/x", "postgresql://h:sec/x", "http://[::1", "x://[sec/x"]
)
def test_an_address_that_cannot_be_read_is_not_shown(uri):
    with pytest.raises(UserError, match=r"the tracking URI \w+://\.\.\. cannot be read") as caught:
        open_place(uri, None, create=True)
    assert "sec" not in str(caught.value)


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


def test_an_experiment_that_another_process_makes_meanwhile_is_used(stores, monkeypatch):
    real = MlflowClient.create_experiment

    def twice(self, *arguments, **keywords):
        real(self, *arguments, **keywords)
        return real(self, *arguments, **keywords)

    monkeypatch.setattr(MlflowClient, "create_experiment", twice)
    made = open_place(store_uri(stores), "both", create=True)
    assert made.client.get_experiment_by_name("both").experiment_id == made.experiment_id


@pytest.mark.slow
def test_several_processes_may_open_an_empty_store_at_once(here):
    """Without the lock two of three leave half-made tables, which no later start can open."""
    code = "import sys; from glorot_sweep.tracking.place import open_place\n"
    code += "print(open_place(sys.argv[1], 'tests', create=True).experiment_id)"
    words = [sys.executable, "-c", code, store_uri(here)]
    processes = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(set(said)) == 1


def test_what_would_keep_a_place_from_being_created_is_said_before(here):
    with pytest.raises(UserError, match="folder that does not exist"):
        find_place(store_uri(here / "none"), None, create=True)
    (here / "mlartifacts").write_text("a file")
    with pytest.raises(UserError, match="mlartifacts cannot be written"):
        find_place(store_uri(here), None, create=True)


def test_a_deleted_experiment_is_named(stores):
    place = open_place(store_uri(stores), "gone", create=True)
    place.client.delete_experiment(place.experiment_id)
    with pytest.raises(UserError, match=r"'gone' .* was deleted"):
        open_place(store_uri(stores), "gone", create=True)


def test_an_experiment_that_cannot_be_created_is_one_message(stores, monkeypatch):
    def refuse(self, *arguments, **keywords):
        raise MlflowException("Permission denied\ntrace")

    monkeypatch.setattr("mlflow.MlflowClient.create_experiment", refuse)
    with pytest.raises(UserError, match=r"cannot create the experiment 'new'.*rights"):
        open_place(store_uri(stores), "new", create=True)


def test_the_link_leads_to_the_machine_learning_view():
    lines = Place(None, "http://ann:secret@h:5000/", "7").ui_lines()
    assert lines == ["http://ann:***@h:5000/#/experiments/7/runs?workflowType=machine_learning"]
    page, serve = Place(None, "sqlite:////x/mlflow.db", "7").ui_lines()
    assert page.endswith("/#/experiments/7/runs?workflowType=machine_learning")
    assert "--backend-store-uri sqlite:////x/mlflow.db" in serve


def test_the_link_names_the_address_that_a_browser_reaches(monkeypatch):
    """In a container the server has a name that nobody outside knows."""
    monkeypatch.setenv("GLOROT_SWEEP_UI", "https://ann:secret@lab.example/mlflow/")
    lines = Place(None, "http://mlflow:5000", "7").ui_lines()
    assert lines == [
        "https://ann:***@lab.example/mlflow/#/experiments/7/runs?workflowType=machine_learning"
    ]
    page, _ = Place(None, "sqlite:////x/mlflow.db", "7").ui_lines()
    assert page.startswith("http://127.0.0.1:5000/#/"), "no server: a browser sees make ui's"


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


def test_the_experiment_of_the_variable_alone_is_used(stores, monkeypatch):
    first, second = (open_place(store_uri(stores), name, create=True) for name in ("one", "two"))
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", second.experiment_id)
    assert find_place(store_uri(stores), None, create=True).experiment_id == second.experiment_id
    assert find_place(store_uri(stores), "one", create=True).experiment_id == first.experiment_id
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "one")
    with pytest.raises(UserError, match=r"'two', and MLFLOW_EXPERIMENT_NAME is 'one'"):
        find_place(store_uri(stores), None, create=True)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "99")
    with pytest.raises(UserError, match=r"MLFLOW_EXPERIMENT_ID is 99, .* no such experiment"):
        find_place(store_uri(stores), None, create=True)


def test_a_run_in_another_experiment_than_the_variable_says_is_refused(stores, monkeypatch):
    made, other = (open_place(store_uri(stores), name, create=True) for name in ("one", "two"))
    monkeypatch.setenv("MLFLOW_RUN_ID", made.client.create_run(made.experiment_id).info.run_id)
    assert find_place(store_uri(stores), "two", create=True).experiment_id == made.experiment_id
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", other.experiment_id)
    with pytest.raises(UserError, match=r"MLFLOW_EXPERIMENT_ID is .* is in experiment"):
        find_place(store_uri(stores), None, create=True)


def test_a_command_that_is_shown_can_be_pasted():
    line = Place(None, "sqlite:////my runs/mlflow.db", "7").ui_lines()[1]
    assert "--backend-store-uri 'sqlite:////my runs/mlflow.db'" in line


def test_no_outage_shows_a_password():
    error = MlflowException("API request to http://ann:secret@h:5000/api failed")
    assert outage.describe(error).endswith("http://ann:***@h:5000/api failed")
