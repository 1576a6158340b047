"""Where runs go: the store's URI and the experiment's name, known before MLflow is imported."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from glorot_sweep.errors import UserError

URI_VARIABLE = "MLFLOW_TRACKING_URI"
DEFAULT_DATABASE = "mlflow.db"
DEFAULT_EXPERIMENT = "glorot_sweep"
PROJECT = ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID")  # set by `mlflow run`


def tracking_uri(named: str | None = None) -> str:
    """Return the absolute tracking URI.

    The URI named on the command line comes first, then MLFLOW_TRACKING_URI, then `mlflow.db` in
    the current folder. A relative SQLite URI is made absolute: it would mean another file in
    every folder.

    Raises:
        UserError: the URI is none, or a file store, which MLflow no longer opens.
    """
    uri = named or os.environ.get(URI_VARIABLE) or f"sqlite:///{DEFAULT_DATABASE}"
    refuse_no_uri(uri, "the tracking URI")
    if urlsplit(uri).scheme in {"", "file"}:
        raise UserError(
            f"the tracking URI {uri!r} is a file store, which MLflow no longer opens. Use "
            "sqlite:///mlflow.db, or the http(s) address of a tracking server."
        )
    return absolute_sqlite(uri)


def refuse_no_uri(uri: str, what: str) -> None:
    """Refuse what cannot be taken apart; it is not shown, since it may hold a password.

    Args:
        uri: a URI.
        what: it is, for the message.

    Raises:
        UserError: says how a URI is written.
    """
    try:
        _ = urlsplit(uri).port
    except ValueError:
        raise UserError(
            f"{what} {uri.partition('://')[0]}://... cannot be read. The form is "
            "scheme://user:password@host:port/path; in user and password write @ as %40, : as "
            "%3A, / as %2F."
        ) from None


def absolute_sqlite(uri: str) -> str:
    """Return a SQLite URI with an absolute path, any other URI as it is."""
    prefix = "sqlite:///"
    if not uri.startswith(prefix) or uri == prefix or ":memory:" in uri:
        return uri
    path, mark, query = uri.removeprefix(prefix).partition("?")
    return f"{prefix}{Path(path).absolute()}{mark}{query}"


def hide_password(uri: str) -> str:
    """Return the URI as it may be shown.

    Example:
        >>> hide_password("https://ann:secret@host:5000/x")
        'https://ann:***@host:5000/x'
    """
    password = urlsplit(uri).password
    return uri.replace(f":{password}@", ":***@", 1) if password else uri


def database_file(uri: str) -> Path:
    """Return the file of a SQLite URI."""
    return Path(uri.removeprefix("sqlite:///").partition("?")[0])


def refuse_missing_folder(uri: str) -> None:
    """Refuse a SQLite store in a folder that does not exist.

    Raises:
        UserError: names the store.
    """
    if uri.startswith("sqlite:///") and not database_file(uri).parent.is_dir():
        raise UserError(f"the tracking store {uri} lies in a folder that does not exist.")


def is_missing(uri: str) -> bool:
    """Return whether a SQLite store is yet to be made: opening it creates it."""
    return uri.startswith("sqlite:///") and not database_file(uri).exists()


def refuse_missing_store(uri: str) -> None:
    """Refuse a store in which something is to be found, and which is not there.

    Raises:
        UserError: names the store.
    """
    if is_missing(uri):
        refuse_foreign_run(os.environ.get(PROJECT[0]), uri)
        raise UserError(
            f"there is no tracking store {uri}. Run a sweep first, or name the store with "
            "--tracking-uri."
        )


def refuse_foreign_run(project_run: str | None, uri: str) -> None:
    """Refuse a store that the run of `mlflow run`, if there is one, is not in.

    Args:
        project_run: id of that run.
        uri: of the store.

    Raises:
        UserError: says how both come to one store.
    """
    if project_run:
        raise UserError(
            f"the run {project_run} that `mlflow run` made is not in {hide_password(uri)}. A "
            "relative SQLite URI means another file in every folder: set MLFLOW_TRACKING_URI to "
            "an absolute one, sqlite:////folder/mlflow.db."
        )


def experiment_name(named: str | None = None) -> str:
    """Return the experiment's name: as named, else MLFLOW_EXPERIMENT_NAME, else the default."""
    return named or os.environ.get("MLFLOW_EXPERIMENT_NAME") or DEFAULT_EXPERIMENT
