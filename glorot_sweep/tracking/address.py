"""Where a tracking store is: its URI, read and checked before MLflow is imported."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from glorot_sweep.errors import UserError

URI_VARIABLE = "MLFLOW_TRACKING_URI"
DEFAULT_DATABASE = "mlflow.db"


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
