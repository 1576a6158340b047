"""Addresses of stores: their one form, and what is refused before anything is opened."""

import os

import pytest
import sqlalchemy

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.tracking.address import (
    absolute_sqlite,
    database_file,
    sqlite_uri,
    tracking_uri,
)


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


@pytest.mark.parametrize("resolve", [tracking_uri, lambda uri: storage_uri(uri, "http://h")])
def test_what_is_no_file_is_refused_and_left_as_it_is(here, resolve):
    """`/dev/null` reads as an empty database, and would be replaced by a whole one."""
    (here / "folder").mkdir()
    os.mkfifo(here / "pipe")
    (here / "device").symlink_to("/dev/null")
    before = {path.name: path.lstat().st_mode for path in here.iterdir()}
    for name in before:
        with pytest.raises(UserError, match=f"{name}, which is a folder, a device or a pipe"):
            resolve(f"sqlite:///{here / name}")
    assert {path.name: path.lstat().st_mode for path in here.iterdir()} == before


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


@pytest.mark.parametrize("opened", [tracking_uri, lambda uri: storage_uri(uri, "http://h")])
@pytest.mark.parametrize("name", ["b.db", "below/a.db"])
def test_a_database_with_two_names_is_refused_under_each(here, opened, name):
    """Its lock and its journal would be beside each name."""
    (here / "below").mkdir()
    (here / "a.db").touch()
    (here / name).hardlink_to(here / "a.db")
    (here / "link.db").symlink_to(here / name)
    for one in ("a.db", name, "link.db"):
        with pytest.raises(UserError, match=r"2 names \(hard links\).*cp /.*\.db x\.db && mv x"):
            opened(f"sqlite:///{one}")
    (here / name).rename(here / "c.db")
    (here / "c.db").unlink()
    assert opened("sqlite:///a.db") == f"sqlite:///{here}/a.db"
    (here / name).symlink_to(here / "a.db")
    assert opened(f"sqlite:///{name}") == f"sqlite:///{here}/{name}"
