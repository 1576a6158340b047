"""Which database may be Optuna's, and what is said of one that may not."""

import socket
import sys
import time
from contextlib import nullcontext

import pytest
import sqlalchemy
from sqlalchemy.pool import NullPool
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.database import open_storage, opened_storage, storage_uri
from glorot_sweep.sweep.storage.postgres import (
    connect_arguments,
    reason,
    same_database,
    search_path,
    with_driver,
)
from glorot_sweep.tracking.hiding import shown_uri

SCHEMA = "?options=-csearch_path%3Doptuna"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_bare_uri_gets_the_driver_of_the_extra(scheme):
    pytest.importorskip("psycopg")
    assert with_driver(f"{scheme}://ann:a%40b@h:1/x?a=1") == (
        "postgresql+psycopg://ann:a%40b@h:1/x?a=1"
    )


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_missing_driver_is_named_with_the_extra(monkeypatch, driver):
    monkeypatch.setitem(sys.modules, driver, None)
    uri = f"postgresql+{driver}://ann:secret@127.0.0.1/x"
    with pytest.raises(UserError, match=rf"{driver}, which is not.*glorot-sweep\[postgres\]") as e:
        storage_uri(uri, "http://h")
    assert "secret" not in str(e.value)


@pytest.mark.parametrize(
    "other",
    [
        "postgresql+psycopg2://ann:pw@db.example/x",
        "postgresql://db.example:5432/x",
        "postgresql://bob:other@DB.example/x?b=2&a=1",
        "postgresql:///x?host=db.example",
        "postgresql://db.example/x?options=-csearch_path%3Dpublic",
        "postgres://db.example/x?options=-csearch_path%3D%22%24user%22%2Cpublic",
    ],
)
def test_uris_that_differ_in_form_only_mean_one_database(other):
    assert same_database("postgresql+psycopg://ann:pw@db.example/x?a=1&b=2", other)
    with pytest.raises(UserError, match=r"cannot share the database .*search_path"):
        storage_uri("postgresql://ann:pw@db.example/x?a=1&b=2", other)


@pytest.mark.parametrize(
    "other",
    [
        "postgresql://db.example/y",
        "postgresql://db.example:5433/x",
        "postgresql://other.example/x",
        f"postgresql://db.example/x{SCHEMA}",
        "postgresql://db.example/x?options=-c%20search_path%3Dmlflow%2Cpublic",
        "mysql+pymysql://db.example:5432/x",
        "http://db.example:5432/x",
    ],
)
def test_other_hosts_ports_databases_and_schemas_are_other_places(other):
    assert not same_database("postgresql://db.example/x", other)


def test_all_names_of_this_machine_are_one():
    names = ["localhost/x", "127.0.0.1:5432/x", "[::1]/x", "/x", "/x?host=/run/postgresql"]
    assert all(same_database("postgresql://localhost/x", f"postgresql://{one}") for one in names)


def test_the_search_path_is_read_in_every_spelling():
    for options in ("-csearch_path%3Da,b", "-c%20search_path%3Da,b", "--search_path%3Da,b"):
        url = sqlalchemy.make_url(f"postgresql://h/x?options=-cjit%3Doff%20{options}")
        assert search_path(url) == ["a", "b"]
    assert search_path(sqlalchemy.make_url("postgresql://h/x?options=-cjit%3Doff")) == ["public"]


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://ann:sec@ret@h/x",
        "postgresql://ann:sec@ret/1@h/x",
        "postgresql://ann:secret@h:port/x",
        "postgresql://[secret/x",
    ],
)
def test_a_uri_that_cannot_be_read_is_not_shown_uri(uri):
    with pytest.raises(UserError, match=r"postgresql://\.\.\. cannot be read.*%40") as caught:
        storage_uri(uri, "http://h")
    assert "ret" not in str(caught.value)


def test_a_password_is_shown_in_no_place():
    uri = "postgresql://ann:s%40c/ret@h/x?sslpassword=hid%20den"
    assert shown_uri(uri) == "postgresql://ann:***@h/x?sslpassword=***"
    said = reason(uri, ValueError(f"bad {uri}\n  or s@c/ret, s%40c%2Fret, hid den."))
    assert said == f"bad {shown_uri(uri)} or ***, ***, ***"


def test_what_the_uri_says_comes_before_our_own_waiting_times():
    own = connect_arguments("postgresql+psycopg://h/x?connect_timeout=99", 5)
    assert "connect_timeout" not in own
    assert connect_arguments("postgresql+psycopg://h/x", 5)["connect_timeout"] == 5
    assert connect_arguments("sqlite:////x") == connect_arguments("mysql+pymysql://h/x") == {}


def test_a_server_that_does_not_answer_is_refused_in_time_without_the_password():
    pytest.importorskip("psycopg")
    with socket.socket() as lent:
        lent.bind(("127.0.0.1", 0))
        uri = f"postgresql://ann:secret@127.0.0.1:{lent.getsockname()[1]}/x"
        with pytest.raises(UserError, match=r"cannot open .*ann:\*\*\*@.*refused") as caught:
            storage_uri(uri, "http://h")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_server_that_accepts_and_says_nothing_is_refused_within_15_s():
    pytest.importorskip("psycopg")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        with pytest.raises(UserError, match="cannot open Optuna's storage"):
            storage_uri(f"postgresql://ann@127.0.0.1:{silent.getsockname()[1]}/x", "http://h")
        assert time.monotonic() - started < 15


def test_mlflows_own_file_is_refused_under_another_name_too(stores, tmp_path):
    alias = tmp_path / "alias.db"
    alias.symlink_to(stores / "mlflow.db")
    for tracking in (store_uri(stores), "http://server:5000"):
        with pytest.raises(UserError, match=r"cannot share the database .*alias\.db"):
            storage_uri(f"sqlite:///{alias}", tracking)
    with pytest.raises(UserError, match="cannot share the database"):
        open_storage(f"sqlite:///{alias}")


def test_looking_at_a_file_creates_nothing(tmp_path):
    (tmp_path / "empty.db").touch()
    for name in ("new.db", "empty.db"):
        uri = f"sqlite:///{tmp_path / name}"
        assert storage_uri(uri, "http://h") == uri
    assert [path.name for path in tmp_path.iterdir() if path.stat().st_size] == []
    assert not (tmp_path / "new.db").exists()


def test_an_opened_storage_has_its_tables(tmp_path):
    uri = f"sqlite:///{tmp_path / 'optuna.db'}"
    with opened_storage(storage_uri(uri, "http://h")):
        pass
    engine = sqlalchemy.create_engine(uri, poolclass=NullPool)
    assert {"studies", "trials", "alembic_version"} <= set(
        sqlalchemy.inspect(engine).get_table_names()
    )
    with opened_storage(storage_uri(uri, "http://h")) as again:
        assert again.get_all_studies() == []


@pytest.mark.parametrize("ends", ["well", "with an error"])
def test_no_connection_outlives_an_opened_storage(stores, ends):
    closed, error = [], ZeroDivisionError if ends == "with an error" else None
    with pytest.raises(error) if error else nullcontext(), opened_storage(at(stores)) as storage:
        sqlalchemy.event.listen(storage.engine, "close", lambda *_: closed.append(1))
        storage.get_all_studies()
        held = storage.engine.pool.checkedin() + storage.engine.pool.checkedout()
        assert (held > 0, closed) == (True, [])
        if error:
            raise error
    assert len(closed) == held


def at(folder):
    return f"sqlite:///{folder / 'optuna.db'}"
