"""Where runs go: the store's URI and the experiment's name, known before MLflow is imported."""

import re
import shlex
import stat
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from glorot_sweep.errors import UserError
from glorot_sweep.host.environment import variable
from glorot_sweep.host.folders import lasting, why_unread
from glorot_sweep.tracking.hiding import shown_uri

URI_VARIABLE = "MLFLOW_TRACKING_URI"
REGISTRY_VARIABLE = "MLFLOW_REGISTRY_URI"
EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME"
DEFAULT_DATABASE = "mlflow.db"
DEFAULT_EXPERIMENT = "glorot_sweep"
LONGEST_EXPERIMENT = 500  # characters: what MLflow takes
PROJECT = ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID")  # set by `mlflow run`

MEMORY = re.compile(r"sqlite(\+\w+)?:/{0,3}(file:)?(:memory:.*|\?.*)?|sqlite.*[?&]mode=memory.*")
OPTIONS = re.compile(r"(?s)(.*?)(\?\w+=[^/]*)?")  # a path, and what SQLite is told besides
HOST_AND_PORT = re.compile(r"([\w.-]+|\[[\da-fA-F:.]+\]):\d+(/.*)?")


def tracking_uri(named: str | None = None) -> str:
    """Return the absolute tracking URI.

    The URI named on the command line comes first, then MLFLOW_TRACKING_URI, then `mlflow.db` in
    the current folder. A relative SQLite URI is made absolute: it would mean another file in
    every folder.

    Raises:
        UserError: the URI is none, or a store that cannot be used.
    """
    uri = named or variable(URI_VARIABLE) or f"sqlite:///{DEFAULT_DATABASE}"
    return usable(uri, "the tracking URI")


def registry_uri() -> str | None:
    """Return the absolute URI of the model registry; None: it is in the tracking store.

    Raises:
        UserError: MLFLOW_REGISTRY_URI is no URI, or a store that cannot be used.
    """
    named = variable(REGISTRY_VARIABLE)
    return None if named is None else usable(named, f"{REGISTRY_VARIABLE}, the model registry,")


def usable(uri: str, what: str) -> str:
    """Return a store's URI, absolute if it is SQLite's.

    Args:
        uri: as a person gave it.
        what: it is, for messages.

    Raises:
        UserError: it is none, or that of a store which MLflow no longer opens, or which ends with
            the process.
    """
    refuse_no_uri(uri, what)
    if HOST_AND_PORT.fullmatch(uri):
        shown = shown_uri(uri)
        raise UserError(
            f"{what} {shown!r} has no scheme. Write http://{shown}, or https://{shown}."
        )
    if urlsplit(uri).scheme in {"", "file"}:
        raise UserError(
            f"{what} {shown_uri(uri)!r} is a file store, which MLflow no longer opens. Use "
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


def is_sqlite(uri: str) -> bool:
    """Return whether a URI is that of a SQLite database."""
    return uri.partition(":")[0].partition("+")[0] == "sqlite"


def absolute_sqlite(uri: str) -> str:
    """Return a SQLite URI in its one form, any other URI as it is.

    Raises:
        UserError: it names no file: a database in memory ends with its process, and a folder or
            a device is none; or the file has other names besides.
    """
    if not is_sqlite(uri):
        return uri
    shown = shown_uri(uri)
    if MEMORY.fullmatch(uri):
        raise UserError(
            f"{shown} is a database in the memory of one process: nothing in it would be found "
            "again. Name a file: sqlite:///mlflow.db, or sqlite:////folder/mlflow.db."
        )
    if not uri.startswith(("sqlite:///", "sqlite+pysqlite:///")):
        raise UserError(
            f"{shown} names no file. A SQLite URI has three slashes and a path: "
            "sqlite:///mlflow.db in this folder, sqlite:////folder/mlflow.db in another."
        )
    written, options = _parts(uri)
    if written.startswith("file:"):
        raise UserError(
            f"{shown} is SQLite's own form of a URI. Name the path: sqlite:////folder/x.db."
        )
    file = _as_written(written)
    _refuse_no_file(file, shown)
    return f"{sqlite_uri(file)}{options}"


def _refuse_no_file(file: Path, shown: str) -> None:
    """Refuse what is there and is no file, or one with other names besides.

    Args:
        file: of a SQLite URI.
        shown: the URI, for messages.
    """
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise UserError(
            f"{shown} names a file that cannot be looked at: {why_unread(error)}. Name another one."
        ) from None
    if not stat.S_ISREG(found.st_mode):  # a device reads as an empty file, and would be lost
        raise UserError(
            f"{shown} names {file}, which is a folder, a device or a pipe. Name a file, or one "
            "that is yet to be made: sqlite:////folder/mlflow.db."
        )
    if (names := found.st_nlink) > 1:
        name = shlex.quote(str(file))
        raise UserError(
            f"{shown} names {file}, which has {names} names (hard links). SQLite keeps its journal "
            "beside the name by which it was opened, so that a database with several is damaged "
            "when it is used by two. While nothing uses it, make it a file of its own "
            f"(cp {name} x.db && mv x.db {name}), or delete the other names."
        )


def sqlite_uri(file: Path) -> str:
    """Return the URI of a SQLite file; `database_file` is its inverse.

    SQLAlchemy reads a path up to the first ?, and %40 in it as @. Where a path has one of these
    signs all of it is quoted, its slashes too: MLflow makes the folders that it sees in a URI, and
    does not unquote them.

    Example:
        >>> sqlite_uri(Path("/my runs/mlflow.db")), sqlite_uri(Path("/what?/mlflow.db"))
        ('sqlite:////my runs/mlflow.db', 'sqlite:///%2Fwhat%3F%2Fmlflow.db')
    """
    path = str(lasting(file))
    return f"sqlite:///{quote(path, safe='') if {'%', '?'} & set(path) else path}"


def database_file(uri: str) -> Path:
    """Return the file of a SQLite URI.

    Example:
        >>> database_file("sqlite:///%2Fwhat%3F%2Fmlflow.db")
        PosixPath('/what?/mlflow.db')
    """
    return Path(unquote(_parts(uri)[0]))


def _parts(uri: str) -> tuple[str, str]:
    """Return the path of a SQLite URI as it is written there, and its options with their ?."""
    found = OPTIONS.fullmatch(uri.partition(":///")[2])
    assert found is not None  # every text matches
    return found[1], found[2] or ""


def _as_written(path: str) -> Path:
    """Return what a person means by a path in a URI: a folder may have %20 in its own name."""
    literal, unquoted = Path(path).absolute(), Path(unquote(path)).absolute()
    return literal if literal.parent.is_dir() and not unquoted.parent.is_dir() else unquoted


def refuse_missing_folder(uri: str) -> None:
    """Refuse a SQLite store in a folder that does not exist.

    Raises:
        UserError: names the store.
    """
    if is_sqlite(uri) and not database_file(uri).parent.is_dir():
        raise UserError(
            f"the tracking store {shown_uri(uri)} lies in a folder that does not exist."
        )


def is_missing(uri: str) -> bool:
    """Return whether a SQLite store is yet to be made: opening it creates it."""
    return is_sqlite(uri) and not database_file(uri).exists()


def refuse_missing_store(uri: str) -> None:
    """Refuse a store in which something is to be found, and which is not there.

    Raises:
        UserError: names the store.
    """
    if is_missing(uri):
        refuse_foreign_run(variable(PROJECT[0]), uri)
        raise UserError(
            f"there is no tracking store {shown_uri(uri)}. Run a sweep first, or name the store "
            "with --tracking-uri."
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
            f"the run {project_run} that `mlflow run` made is not in {shown_uri(uri)}. A "
            "relative SQLite URI means another file in every folder: set MLFLOW_TRACKING_URI to "
            "an absolute one, sqlite:////folder/mlflow.db."
        )


def experiment_name(named: str | None = None) -> str:
    """Return the experiment's name: as named, else MLFLOW_EXPERIMENT_NAME, else the default.

    Raises:
        UserError: it is longer than MLflow takes.
    """
    name = named or variable(EXPERIMENT_VARIABLE) or DEFAULT_EXPERIMENT
    if len(name) > LONGEST_EXPERIMENT:
        raise UserError(
            f"the name of an experiment has at most {LONGEST_EXPERIMENT} characters, got "
            f"{len(name)}: {name[:40]}... Name another with --experiment or {EXPERIMENT_VARIABLE}."
        )
    return name


def where_it_is(uri: str) -> str:
    """Return what tells a store from its copies: the file that links lead to, or the address."""
    return str(database_file(uri).resolve()) if is_sqlite(uri) else shown_uri(uri)
