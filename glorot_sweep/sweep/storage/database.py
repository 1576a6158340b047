"""Where Optuna keeps the studies."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy
from optuna.storages import BaseStorage, RDBStorage
from sqlalchemy import Connection
from sqlalchemy.pool import NullPool

from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import obstacle
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.host.sqlite_file import (
    holds_nothing,
    is_left,
    is_whole,
    make_beside,
    tables_of,
)
from glorot_sweep.sweep.storage.lock import creating
from glorot_sweep.sweep.storage.postgres import (
    CONNECT_SECONDS,
    PROBE_SECONDS,
    connect_arguments,
    is_postgres,
    parse,
    reason,
    same_database,
    search_path,
    with_driver,
)
from glorot_sweep.tracking.address import (
    absolute_sqlite,
    database_file,
    is_sqlite,
    refuse_no_uri,
    sqlite_uri,
)
from glorot_sweep.tracking.hiding import shown_uri

DEFAULT_DATABASE = "optuna.db"
Storage = RDBStorage
"""Where studies are kept, for rooms that hand it on and do not know Optuna."""

AnyStorage = BaseStorage
"""The same, of any kind: one in memory too."""

FIRST = "studies"  # the table that Optuna makes first
MADE_WITH_IT = {"version_info": "1"}
MLFLOW_TABLES = ("alembic_version", "experiments", "runs")


def storage_uri(named: str | None, tracking: str, *, write: bool = True) -> str:
    """Return the absolute URI of Optuna's storage: the one named, or `optuna.db` here.

    A bare `postgresql://` gets the driver that the extra `postgres` installs.

    Args:
        named: on the command line.
        tracking: URI of the tracking store.
        write: refuse a file that cannot be written.

    Raises:
        UserError: it is no database that can be used, or it is MLflow's own.
    """
    uri = absolute_sqlite(named or f"sqlite:///{DEFAULT_DATABASE}")
    refuse_no_uri(uri, "the database URI")
    if not urlsplit(uri).scheme:
        raise UserError(
            f"--storage must be a database URI such as sqlite:///optuna.db, got {shown_uri(uri)!r}"
        )
    if is_postgres(uri):
        uri = with_driver(uri)
    if uri == tracking or same_database(uri, tracking):
        raise UserError(_shared(uri))
    if is_sqlite(uri):
        _check_file(database_file(uri), uri, write)
    else:
        _check_server(uri)
    return uri


def _shared(uri: str) -> str:
    own = "a database of its own"
    if is_postgres(uri):
        own += ", or a schema of its own (?options=-csearch_path%3Doptuna)"
    return (
        f"Optuna and MLflow cannot share the database {shown_uri(uri)}: both keep their version in "
        f"one table of the same name, alembic_version. Name {own} with --storage."
    )


def _check_file(database: Path, uri: str, write: bool) -> None:
    """Refuse a SQLite file that could not be used, before anything is created."""
    if not database.parent.is_dir():
        raise UserError(f"Optuna's storage {database} lies in a folder that does not exist.")
    if write:
        _refuse_read_only(database.resolve())
    if database.exists() and (not database.is_file() or not _is_sqlite(database)):
        raise UserError(f"Optuna's storage {database} is no SQLite database; name another file.")
    if database.exists():
        _check_server(uri)


def _refuse_read_only(database: Path) -> None:
    """SQLite makes its journal beside the file, and the sweep's lock lies there too."""
    if database.exists() and not os.access(database, os.W_OK):
        raise UserError(f"Optuna's storage {database} cannot be written. Change its rights.")
    if (blocked := obstacle(database.parent)) is not None:
        raise UserError(
            f"Optuna's storage {database} cannot be written ({blocked} is no folder in which this "
            "user may create files). Change its rights, or name another with --storage."
        )


def _is_sqlite(database: Path) -> bool:
    with database.open("rb") as file:
        return file.read(16) in {b"", b"SQLite format 3\x00"}


def _check_server(uri: str) -> None:
    """Refuse a database that does not answer, is MLflow's, or where no table may be created."""
    try:
        engine = sqlalchemy.create_engine(
            uri, poolclass=NullPool, connect_args=connect_arguments(uri, PROBE_SECONDS)
        )
        with engine.connect() as connection:
            _refuse_mlflows(connection, uri)
            if is_postgres(uri):
                _refuse_schema(connection, uri)
    except UserError:
        raise
    except Exception as error:
        raise _cannot_open(uri, error) from None


def _refuse_mlflows(connection: Connection, uri: str) -> None:
    """Look for MLflow's tables: behind a server or an alias its URI says nothing."""
    tables = sqlalchemy.inspect(connection)
    if all(tables.has_table(name) for name in MLFLOW_TABLES):
        raise UserError(_shared(uri))


def _refuse_schema(connection: Connection, uri: str) -> None:
    """Since PostgreSQL 15 an ordinary user may create nothing in the schema public."""
    schema = connection.scalar(sqlalchemy.text("SELECT current_schema()"))
    if schema is None:
        missing = search_path(parse(uri))[0]
        raise UserError(
            f"Optuna's storage {shown_uri(uri)} has no schema {missing!r} that this user may use. "
            f"Its owner makes it: CREATE SCHEMA {missing} AUTHORIZATION <user>."
        )
    may_create = connection.scalar(
        sqlalchemy.text("SELECT has_schema_privilege(:schema, 'CREATE')"), {"schema": schema}
    )
    if not may_create and not sqlalchemy.inspect(connection).has_table("studies"):
        raise UserError(
            f"Optuna's storage {shown_uri(uri)} has no tables, and this user may create none in "
            f"the schema {schema!r}. Its owner allows it: GRANT CREATE ON SCHEMA {schema} TO "
            "<user>."
        )


def open_storage(uri: str) -> Storage:
    """Open the storage, creating its tables if they are missing.

    Several processes may open an empty database at once: one creates, the others wait.

    Raises:
        UserError: the database cannot be opened, or MLflow has made its tables there.
        ServiceLostError: its disk is full.
    """
    logging.getLogger("optuna").setLevel(logging.WARNING)
    connect = connect_arguments(uri, CONNECT_SECONDS)
    try:
        with creating(uri):
            if is_sqlite(uri):
                _make_whole(database_file(uri))
            _check_server(uri)
            return RDBStorage(uri, engine_kwargs={"pool_pre_ping": True, "connect_args": connect})
    except UserError:
        raise
    except Exception as error:
        raise _cannot_open(uri, error) from None


def is_empty(uri: str) -> bool:
    """Return whether a storage has no studies for want of tables; `open_storage` would make them.

    Of what cannot be looked at it is not said: opening it says why.
    """
    connect = connect_arguments(uri, PROBE_SECONDS)
    try:
        if is_sqlite(uri):
            return not tables_of(database_file(uri))
        engine = sqlalchemy.create_engine(uri, poolclass=NullPool, connect_args=connect)
        with engine.connect() as connection:
            return not sqlalchemy.inspect(connection).has_table(FIRST)
    except (sqlalchemy.exc.SQLAlchemyError, sqlite3.Error, OSError):
        return False


def _make_whole(file: Path) -> None:
    """Make the file if it is missing, or if it holds nothing and is not whole, as after a kill."""
    while not file.exists() or _is_worthless(file):
        if not file.exists() or is_left(file):
            make_beside(file, lambda beside: RDBStorage(sqlite_uri(beside)).engine.dispose())
            return


def _is_worthless(file: Path) -> bool:
    """Whether a file is a storage that is not whole, and in which nothing was stored."""
    if not file.is_file():
        return False
    tables = tables_of(file)
    if tables and FIRST not in tables:
        return False  # of another program
    return holds_nothing(file, MADE_WITH_IT) and not is_whole(file, (FIRST, *MADE_WITH_IT))


@contextmanager
def opened_storage(uri: str) -> Iterator[Storage]:
    """Open the storage for a while; afterwards no connection to it is left.

    Raises:
        UserError: see `open_storage`.
    """
    storage = open_storage(uri)
    try:
        yield storage
    finally:
        storage.engine.dispose()


def _cannot_open(uri: str, error: Exception) -> UserError:
    folder = database_file(uri).parent if is_sqlite(uri) else None
    tell_full_disk(error, f"Optuna's storage {shown_uri(uri)}", folder)
    return UserError(
        f"cannot open Optuna's storage {shown_uri(uri)}: {reason(uri, error)}. "
        "Check the URI and the rights; --storage names another."
    )
