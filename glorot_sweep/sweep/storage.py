"""Where Optuna keeps the studies."""

import logging
import os
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy
from optuna.storages import RDBStorage

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.store import absolute_sqlite, hide_password

DEFAULT_DATABASE = "optuna.db"


def storage_uri(named: str | None, tracking: str) -> str:
    """Return the absolute URI of Optuna's storage: the one named, or `optuna.db` here.

    Raises:
        UserError: it is no database that can be used, or it is MLflow's own.
    """
    uri = absolute_sqlite(named or f"sqlite:///{DEFAULT_DATABASE}")
    if not urlsplit(uri).scheme:
        raise UserError(
            f"--storage must be a database URI such as sqlite:///optuna.db, got {uri!r}"
        )
    if uri == tracking:
        raise UserError(
            f"Optuna and MLflow cannot share the database {hide_password(uri)}: both keep their "
            "version in one table of the same name. Name another with --storage."
        )
    if uri.startswith("sqlite:///"):
        _check_file(Path(uri.removeprefix("sqlite:///").partition("?")[0]))
    else:
        _check_server(uri)
    return uri


def _check_file(database: Path) -> None:
    """Refuse a SQLite file that could not be used, before anything is created."""
    if not database.parent.is_dir():
        raise UserError(f"Optuna's storage {database} lies in a folder that does not exist.")
    if not os.access(database if database.exists() else database.parent, os.W_OK):
        raise UserError(f"Optuna's storage {database} cannot be written. Change its rights.")
    if database.exists() and (not database.is_file() or not _is_sqlite(database)):
        raise UserError(f"Optuna's storage {database} is no SQLite database; name another file.")


def _is_sqlite(database: Path) -> bool:
    with database.open("rb") as file:
        return file.read(16) in {b"", b"SQLite format 3\x00"}


def _check_server(uri: str) -> None:
    try:
        sqlalchemy.create_engine(uri).connect().close()
    except Exception as error:
        raise UserError(_cannot_open(uri, error)) from None


def open_storage(uri: str) -> RDBStorage:
    """Open the storage, creating its tables if they are missing.

    Raises:
        UserError: the database cannot be opened.
    """
    logging.getLogger("optuna").setLevel(logging.WARNING)
    try:
        return RDBStorage(uri, engine_kwargs={"pool_pre_ping": True})
    except Exception as error:
        raise UserError(_cannot_open(uri, error)) from None


def _cannot_open(uri: str, error: Exception) -> str:
    reason = str(error).splitlines()[0][:300]
    return (
        f"cannot open Optuna's storage {hide_password(uri)}: {reason}. "
        "Check the URI and the rights; --storage names another."
    )
