"""Fixtures that every folder of tests may use.

What is large is imported where it is used: pytest-xdist starts its workers after this file.
"""

import gc
import logging
import os
import pathlib
import sqlite3
from collections.abc import Generator, Iterator

# Read when torch is loaded: a thread that waits for another sleeps. One that spins keeps a core
# from the thread that it waits for, and slows thirtyfold what shares two cores with other work.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import hypothesis
import pytest

# Half of the time in which torch, MLflow and all tests are imported is a search for garbage.
gc.disable()

# As the command does: libraries set the root's level to ERROR when a database is opened.
logging.getLogger("glorot_sweep").setLevel(logging.WARNING)

# No test is about time. Every run draws other examples; by hand one may ask for more of each.
EXAMPLES = int(os.environ.get("GLOROT_SWEEP_EXAMPLES", "40"))
hypothesis.settings.register_profile("untimed", deadline=None, max_examples=EXAMPLES)
hypothesis.settings.load_profile("untimed")

DEFAULT_FOLDER = pathlib.Path(__file__).resolve().parents[1] / "data"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect garbage from now on, but not among all that has been imported."""
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session")
def realdata() -> pathlib.Path:
    """Return the folder of the real data sets, or skip the test where there is none."""
    from glorot_sweep.data.catalog import FOLDER_VARIABLE

    folder = pathlib.Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)
    if not folder.is_dir():
        pytest.skip(f"no real data: {FOLDER_VARIABLE} names no folder and {folder} does not exist")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """Nothing here need survive a power failure: SQLite waits for the disk in every commit."""
    import sqlalchemy

    def do_not_wait(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma synchronous = off")

    sqlalchemy.event.listen(sqlalchemy.Engine, "connect", do_not_wait)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
    sqlalchemy.event.remove(sqlalchemy.Engine, "connect", do_not_wait)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Each test has a database of its own, and SQLAlchemy keeps compiled statements by database.

    All of them are SQLite's, opened alike: what was compiled for one fits the others.
    """
    import sqlalchemy
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as Dialect
    from sqlalchemy.util import LRUCache

    compiled: LRUCache[object, object] = LRUCache(2000)

    def share(connection: sqlalchemy.Connection) -> None:
        if type(connection.dialect) is Dialect:
            connection.execution_options(compiled_cache=compiled)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Dialect, "__hash__", lambda own: hash(type(own)))
        patch.setattr(Dialect, "__eq__", lambda own, other: type(own) is type(other))
        sqlalchemy.event.listen(sqlalchemy.Engine, "engine_connect", share)
        yield
        sqlalchemy.event.remove(sqlalchemy.Engine, "engine_connect", share)


@pytest.fixture(scope="session")
def empty_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pathlib.Path]:
    """A folder with the tables of MLflow and of Optuna: making them takes longer than a test."""
    import optuna
    from mlflow import MlflowClient
    from mlflow.store.db import utils as mlflow_databases
    from sweep_builders import store_uri

    folder = tmp_path_factory.mktemp("databases")
    MlflowClient(tracking_uri=store_uri(folder)).search_experiments()
    storage = optuna.storages.RDBStorage(f"sqlite:///{folder / 'optuna.db'}")
    # Both read every migration whenever they open a database, to learn which is the newest.
    newest = mlflow_databases._get_latest_schema_revision()
    head = storage.get_head_version()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlflow_databases, "_get_latest_schema_revision", lambda: newest)
        patch.setattr(type(storage._version_manager), "get_head_version", lambda _: head)
        yield folder


@pytest.fixture
def one_torch_thread() -> Iterator[None]:
    """Keep torch on one thread: small products on more than one only wait for each other."""
    from builders import torch_threads

    with torch_threads(1):
        yield


@pytest.fixture
def unregistered() -> Iterator[None]:
    """Forget every plugin that a test has imported, and what it has registered."""
    import sys

    from glorot_sweep.config.datasets import OWN_DATASETS
    from glorot_sweep.parts import plugin_import
    from glorot_sweep.parts.variants import PART_KINDS, VARIANTS

    registries = (*PART_KINDS.values(), VARIANTS, OWN_DATASETS)
    before = [set(registry) for registry in registries]
    finders, modules = list(sys.meta_path), set(sys.modules)
    yield
    for registry, names in zip(registries, before, strict=True):
        for name in registry.keys() - names:
            registry.remove(name)
    sys.meta_path[:] = finders
    plugin_import._IMPORTED.clear()
    for name in set(sys.modules) - modules:
        if name.startswith(("glorot_sweep_plugin_", "plugin_package")):
            del sys.modules[name]
