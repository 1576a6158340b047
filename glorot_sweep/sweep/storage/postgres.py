"""Addresses of PostgreSQL databases: driver, schema, whether two mean the same place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.hiding import hide_secrets, shown_uri

DRIVER = "psycopg"  # what the extra `postgres` installs, and what SQLAlchemy 2.1 takes by default
EXTRA = "glorot-sweep[postgres]"
DEFAULT_PORT = 5432
PROBE_SECONDS = 5  # to connect before anything is created; two addresses of a host fit into 15 s
CONNECT_SECONDS = 10  # to connect later
LOCAL = {"", "localhost", "127.0.0.1", "::1"}


def is_postgres(uri: str) -> bool:
    """Return whether the URI names a PostgreSQL database, with whatever driver."""
    return urlsplit(uri).scheme.partition("+")[0] in {"postgresql", "postgres"}


def parse(uri: str) -> URL:
    """Return the parts of a database URI.

    Raises:
        UserError: it cannot be read; the message does not show it, as it may hold a password.
    """
    try:
        url = make_url(uri)
    except (ArgumentError, ValueError):
        raise UserError(_unreadable(uri)) from None
    is_file = url.get_backend_name() == "sqlite"  # of which any folder may have an @
    if not is_file and "@" in f"{url.host}{url.database}":  # the rest of an unquoted password
        raise UserError(_unreadable(uri))
    return url


def _unreadable(uri: str) -> str:
    return (
        f"the database URI {urlsplit(uri).scheme}://... cannot be read. The form is "
        "postgresql://user:password@host:5432/database; in user and password write @ as %40, "
        ": as %3A, / as %2F."
    )


def with_driver(uri: str) -> str:
    """Return a PostgreSQL URI that names its driver: a bare one gets the driver of our extra.

    Example:
        >>> with_driver("postgresql://ann:s%40crt@host/studies")
        'postgresql+psycopg://ann:s%40crt@host/studies'

    Raises:
        UserError: it cannot be read, or its driver is not installed.
    """
    url = parse(uri)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername=f"postgresql+{DRIVER}")
    try:
        sqlalchemy.create_engine(url)
    except ImportError:
        raise UserError(
            f"the storage {shown_uri(uri)} needs the PostgreSQL driver {url.get_driver_name()}, "
            f"which is not installed. Install the extra: pip install '{EXTRA}'."
        ) from None
    except Exception as error:
        raise UserError(f"cannot use the storage {shown_uri(uri)}: {reason(uri, error)}") from None
    return url.render_as_string(hide_password=False)


def connect_arguments(uri: str, seconds: int = CONNECT_SECONDS) -> dict[str, Any]:
    """Return what the driver is told so that a silent network is noticed; the URI's own win.

    Args:
        uri: of the database.
        seconds: how long to wait for a connection.
    """
    url = parse(uri)
    if not is_postgres(uri) or url.get_driver_name() not in {"psycopg", "psycopg2"}:
        return {}
    wanted = {
        "connect_timeout": seconds,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,  # milliseconds
    }
    return {name: value for name, value in wanted.items() if name not in url.query}


def same_database(one: str, other: str) -> bool:
    """Return whether two PostgreSQL URIs mean one schema of one database.

    Driver, user, password, default port and the order of the query make no difference; a schema
    named first in `?options=-csearch_path%3D...` does.

    Example:
        >>> same_database("postgresql://ann@h/x", "postgresql+psycopg2://bob:s@h:5432/x")
        True
        >>> same_database("postgresql://h/x", "postgresql://h/x?options=-csearch_path%3Doptuna")
        False
    """
    return is_postgres(one) and is_postgres(other) and _identity(one) == _identity(other)


def _identity(uri: str) -> tuple[str, str, str, str]:
    url = parse(uri)
    host = (url.host or _first(url.query, "host")).lower()
    local = host in LOCAL or host.startswith("/")
    port = url.port or _first(url.query, "port") or DEFAULT_PORT
    database = url.database or _first(url.query, "dbname") or url.username or ""
    return "localhost" if local else host, str(port), database, search_path(url)[0]


def search_path(url: URL) -> list[str]:
    """Return the schemas that the URI's options name, in order; PostgreSQL's default if none."""
    found = re.findall(r"(?:-c\s*|--)search_path=((?:\\.|\S)+)", _first(url.query, "options"))
    names = found[-1].replace("\\", "").split(",") if found else []
    kept = [name.strip().strip('"') for name in names]
    return [name for name in kept if name not in {"", "$user"}] or ["public"]


def _first(query: Mapping[str, str | Sequence[str]], name: str) -> str:
    value = query.get(name, "")
    return value if isinstance(value, str) else ",".join(value)


def reason(uri: str, error: BaseException) -> str:
    """Return what a driver said, in one line of at most 300 characters without a secret."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return hide_secrets(" ".join(str(said).split()), uri)[:300].rstrip(".")
