"""Opening a tracking store: whether it answers, whether artifacts can be written."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sqlalchemy.pool import NullPool

from glorot_sweep.errors import UserError, first_line
from glorot_sweep.host.file_lock import one_at_a_time
from glorot_sweep.host.folders import obstacle
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.tracking.address import (
    database_file,
    is_sqlite,
    refuse_missing_folder,
    registry_uri,
)
from glorot_sweep.tracking.hiding import hide_secrets, shown_uri
from glorot_sweep.tracking.making import make_whole
from glorot_sweep.tracking.moved import artifact_folder, follow_artifacts
from glorot_sweep.tracking.outage import PROBE_SECONDS, impatient

DATABASES = {"mssql", "mysql", "postgresql", "sqlite"}  # that MLflow opens itself


def open_store(uri: str) -> MlflowClient:
    """Return a client of the store behind the URI, once it has answered.

    Raises:
        UserError: the store cannot be reached (within 15 s), refuses the credentials, is no
            store, or holds Optuna's studies.
        ServiceLostError: its disk is full.
    """
    shown = shown_uri(uri)
    refuse_missing_folder(uri)
    _refuse_silent_host(uri)
    try:
        with impatient(), _alone(uri):
            _refuse_optunas(uri)
            if is_sqlite(uri):
                make_whole(uri)
            client = MlflowClient(uri, registry_uri())  # brings an older store's tables up to date
            client.search_experiments(max_results=1)
            if is_sqlite(uri):
                opened = follow_artifacts(uri, may_write=database_obstacle(uri) is None)
                client = client if opened == uri else MlflowClient(opened, registry_uri())
    except UserError:
        raise
    except Exception as error:
        folder = database_file(uri).parent if is_sqlite(uri) else None
        tell_full_disk(error, f"the tracking store {shown}", folder)
        if isinstance(error, MlflowException):
            raise UserError(_explain(uri, error)) from None
        reason = hide_secrets(first_line(error), uri)[:300]
        raise UserError(
            f"cannot open the tracking store {shown}: {reason}. Check the URI and the rights; "
            "--tracking-uri or MLFLOW_TRACKING_URI names another."
        ) from None
    return client


@contextmanager
def _alone(uri: str) -> Iterator[None]:
    """Let one process at a time open a SQLite store, and create its tables; the others wait.

    Several that create them at once leave a store that can never be opened again.
    """
    if not is_sqlite(uri):
        yield
        return
    database = database_file(uri).resolve()  # one lock, whatever links lead to it
    lock = database.with_name(f".{database.name}.opening.lock")
    with one_at_a_time(lock):
        yield


def _refuse_optunas(uri: str) -> None:
    """MLflow would make its tables between Optuna's, and neither could be opened again."""
    if urlsplit(uri).scheme.partition("+")[0] not in DATABASES:
        return
    if is_sqlite(uri) and not database_file(uri).exists():
        return
    engine = sqlalchemy.create_engine(uri, poolclass=NullPool)
    with engine.connect() as connection:
        tables = sqlalchemy.inspect(connection)
        if tables.has_table("studies") and not tables.has_table("experiments"):
            raise UserError(
                f"the database {shown_uri(uri)} holds Optuna's studies, and MLflow cannot "
                "share it. Name the tracking store with --tracking-uri or MLFLOW_TRACKING_URI; "
                "this one is for --storage."
            )


def _refuse_silent_host(uri: str) -> None:
    """A database driver would wait minutes for a host that does not answer."""
    parts = urlsplit(uri)
    if parts.scheme.startswith("http") or not (parts.hostname and parts.port):
        return
    try:
        socket.create_connection((parts.hostname, parts.port), PROBE_SECONDS).close()
    except OSError as error:
        raise UserError(
            f"cannot reach the tracking store {shown_uri(uri)}: {error}. Check the address, "
            "and that the database runs."
        ) from None


def _explain(uri: str, error: MlflowException) -> str:
    shown, text = shown_uri(uri), str(error)
    if error.error_code in {"UNAUTHENTICATED", "PERMISSION_DENIED"} or any(
        code in text for code in ("code 401", "code 403", "error code 401", "error code 403")
    ):
        return (
            f"the tracking server {shown} refuses these credentials. Set "
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD (or MLFLOW_TRACKING_TOKEN) "
            "to an account that may write, and check the server's allowed hosts."
        )
    cause = re.search(r"\[Errno -?\d+\] [^'\")]+|[Tt]imed out|Read timed out", text)
    reason = cause.group() if cause else hide_secrets(text, uri).splitlines()[0][:300]
    return (
        f"cannot reach the tracking store {shown}: {reason}. Check the address, and that the "
        "server runs; --tracking-uri or MLFLOW_TRACKING_URI names another."
    )


def database_obstacle(uri: str) -> str | None:
    """Return what keeps this user from writing to a SQLite store, in words; None: nothing does.

    SQLite makes its journal beside the file. Of another store that cannot be seen from here.
    """
    if not is_sqlite(uri):
        return None
    file = database_file(uri).resolve()
    if file.exists() and not os.access(file, os.W_OK):
        return f"the tracking store {shown_uri(uri)} cannot be written (by this user, or at all)"
    if (blocked := obstacle(file.parent)) is None:
        return None
    return f"the tracking store {shown_uri(uri)} cannot be written ({_no_folder(blocked)})"


def artifact_obstacle(location: str) -> str | None:
    """Return what keeps this user from writing to a local artifact folder; None: nothing does."""
    folder = artifact_folder(location)
    if folder is None or (blocked := obstacle(folder)) is None:
        return None
    return f"the artifact folder {folder} cannot be written ({_no_folder(blocked)})"


def _no_folder(blocked: Path) -> str:
    return f"{blocked} is no folder in which this user may create files"


def refuse_read_only(uri: str, location: str) -> None:
    """Refuse a store or a local artifact folder that cannot be written, before anything is made.

    Args:
        uri: of the store.
        location: of an experiment's artifacts.

    Raises:
        UserError: names what cannot be written.
    """
    if blocked := database_obstacle(uri):
        raise UserError(
            f"{blocked}. Change its rights, or name another with --tracking-uri. It can still be "
            "looked at: `list`, `status`, `report`, `verify`, `compare` and "
            "`export` write nothing to it."
        )
    if blocked := artifact_obstacle(location):
        raise UserError(
            f"{blocked}. Change its rights, or use an experiment with another artifact location."
        )
