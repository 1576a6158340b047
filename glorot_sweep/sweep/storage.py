"""Where Optuna keeps the studies."""

import logging
from pathlib import Path
from urllib.parse import urlsplit

import optuna
from optuna.storages import RDBStorage

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.store import absolute_sqlite, hide_password

DEFAULT_DATABASE = "optuna.db"


def storage_uri(named: str | None, tracking: str) -> str:
    """Return the absolute URI of Optuna's storage: the one named, or `optuna.db` here.

    Raises:
        UserError: it is no database URI, its folder is missing, or it is MLflow's own database.
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
        folder = Path(uri.removeprefix("sqlite:///").partition("?")[0]).parent
        if not folder.is_dir():
            raise UserError(f"Optuna's storage {uri} lies in a folder that does not exist.")
    return uri


def open_storage(uri: str) -> RDBStorage:
    """Open the storage, creating its tables if they are missing.

    Raises:
        UserError: the database cannot be opened.
    """
    logging.getLogger("optuna").setLevel(logging.WARNING)
    try:
        return RDBStorage(uri, engine_kwargs={"pool_pre_ping": True})
    except Exception as error:
        reason = str(error).splitlines()[0][:300]
        raise UserError(
            f"cannot open Optuna's storage {hide_password(uri)}: {reason}. "
            "Check the URI and the rights; --storage names another."
        ) from None


def versions() -> str:
    """Return the version of Optuna, for the record."""
    return str(optuna.__version__)
