"""A SQLite database as a file: what it holds, and how one is made that is never half made."""

import sqlite3
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from pathlib import Path

BESIDE = ("-journal", "-wal", "-shm")  # what SQLite keeps beside a database
UNFINISHED = "_alembic_tmp_"  # begins the name of a table that alembic was rewriting
VERSION = "alembic_version"
QUIET_SECONDS = 5.0  # while tables are made, the file changes several times a second


def make_beside(database: Path, make: Callable[[Path], object]) -> None:
    """Make a database under another name in the same folder; it gets its own name when whole.

    A kill leaves the old file, none, or the whole new one. What stood there before is lost: only
    for a database that is missing or holds nothing. One process at a time.

    Args:
        database: its file.
        make: makes it under the path that it is given, and leaves no connection open.
    """
    database = database.resolve()  # of a link, what it leads to is made
    beside = database.with_name(f".{database.name}.making")
    _remove(beside)
    make(beside)
    _remove(database)  # a journal that is left of the old file would be played back into the new
    beside.replace(database)


def _remove(database: Path) -> None:
    for name in ("", *BESIDE):
        Path(f"{database}{name}").unlink(missing_ok=True)


def tables_of(database: Path) -> set[str]:
    """Return the names of a database's tables.

    Raises:
        sqlite3.Error: it cannot be read, or is none.
    """
    with closing(_opened(database)) as connection:
        return _tables(connection)


def is_unfinished(tables: Collection[str]) -> bool:
    """Return whether a change of the tables was begun and not ended, by their names."""
    return any(name.startswith(UNFINISHED) for name in tables)


def is_whole(database: Path, tables: Collection[str], version: str | None = None) -> bool:
    """Return whether a database has all of these tables, none of them in the middle of a change.

    Args:
        database: its file.
        tables: names.
        version: of the tables; None: any.

    Raises:
        sqlite3.Error: it cannot be read, or is none.
    """
    with closing(_opened(database)) as connection:
        found = _tables(connection)
        if not found.issuperset({*tables, VERSION}) or is_unfinished(found):
            return False
        versions = [one for (one,) in connection.execute(f"SELECT version_num FROM {VERSION}")]
    return bool(versions) if version is None else versions == [version]


def holds_nothing(database: Path, made_with_it: Mapping[str, str]) -> bool:
    """Return whether a database has no rows but those that it is made with.

    Args:
        database: its file.
        made_with_it: by table, a condition in SQL that such rows fulfil.

    Raises:
        sqlite3.Error: it cannot be read, or is none.
    """
    with closing(_opened(database)) as connection:
        for table in _tables(connection) - {VERSION}:
            condition = made_with_it.get(table.removeprefix(UNFINISHED), "0")
            query = f'SELECT 1 FROM "{table}" WHERE NOT ({condition}) LIMIT 1'
            if connection.execute(query).fetchone() is not None:
                return False
    return True


def has_rows(database: Path, table: str) -> bool:
    """Return whether a table of a database has a row.

    Raises:
        sqlite3.Error: it cannot be read, is none, or has no such table.
    """
    with closing(_opened(database)) as connection:
        return connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() is not None


def _opened(database: Path) -> sqlite3.Connection:
    """Open a database; a journal that a kill has left is played back first."""
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def is_left(database: Path) -> bool:
    """Return whether nobody is at work on a file, having watched it for some seconds if need be."""
    before = database.stat()
    if time.time() - before.st_mtime > QUIET_SECONDS:
        return True
    time.sleep(QUIET_SECONDS)
    after = database.stat()
    return (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
