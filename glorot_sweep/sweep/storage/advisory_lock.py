"""The lock of a sweep inside PostgreSQL: it is held as long as one connection lives."""

import hashlib
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import sqlalchemy
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from glorot_sweep.errors import SweepHeldError
from glorot_sweep.sweep.storage.patience import Patience, is_storage_outage
from glorot_sweep.sweep.storage.postgres import connect_arguments

CREATION_SECONDS = 60  # how long one process may need to create Optuna's tables
TAKEOVER_TRIES = 50
NAME = re.compile(r"glorot_sweep driver (\d+)@(.*)")

# An advisory lock is known by its database and a number of 64 bits, which the view shows as two
# halves; objsubid 1 means a lock with one number.
HOLDER = text("""
    SELECT a.pid, a.backend_start, a.application_name
    FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (l.classid::bigint << 32) | l.objid::bigint = :key
""")
# Ends our own lost connection, whose end the server has not noticed yet.
END = text("SELECT pg_terminate_backend(:pid), pg_sleep(0.1)")
SESSION = text("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")


class AdvisoryLock:
    """Holds a sweep by a PostgreSQL connection of its own.

    The lock ends with the connection: when the process dies, and when the database restarts.
    After a restart `still_held` takes it anew.

    Args:
        uri: of Optuna's database.
        sweep: name of the sweep.
        patience: with outages of the database.
        connect: opens a connection of its own to a database.
        scope: where the sweep's runs are; a sweep of the same name elsewhere is another one.
    """

    def __init__(
        self,
        uri: str,
        sweep: str,
        patience: Patience,
        connect: Callable[[str], Connection] | None = None,
        *,
        scope: str = "",
    ) -> None:
        self._uri, self._sweep, self._patience, self._scope = uri, sweep, patience, scope
        self._connect = connect or _connect
        self._connection: Connection | None = None
        self._session: tuple[object, ...] | None = None  # process and start of our server process

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            SweepHeldError: another driver has it.
            ServiceLostError: an outage of the database has lasted too long.
        """
        self.still_held()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the lock back."""
        self._disconnect()

    def still_held(self) -> None:
        """Check that the lock is ours; take it anew if the connection was lost.

        Raises:
            SweepHeldError: another driver has it.
            ServiceLostError: an outage of the database has lasted too long.
        """
        self._patience(self._hold)

    def _hold(self) -> None:
        if self._connection is not None and self._answers(self._connection):
            return
        self._disconnect()
        connection = self._connect(self._uri)
        try:
            self._take(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _answers(self, connection: Connection) -> bool:
        """Return whether the connection lives, and with it the lock."""
        try:
            connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            if not is_storage_outage(error):
                raise
            return False
        return True

    def _take(self, connection: Connection) -> None:
        key = _key(connection, self._sweep, self._scope)
        name = None
        for _ in range(TAKEOVER_TRIES):
            if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                self._session = tuple(connection.execute(SESSION).one())
                return
            holder = connection.execute(HOLDER, {"key": key}).one_or_none()
            name = holder[2] if holder else None
            if holder is None or tuple(holder[:2]) != self._session:
                break
            connection.execute(END, {"pid": holder[0]})
        raise SweepHeldError(
            f"the sweep {self._sweep!r} is being driven by {_named(name)}. One driver works on a "
            "sweep; wait for it, or stop it."
        )

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # closes it even if the server is gone
            connection.close()


def lock_holder(uri: str, sweep: str, scope: str = "") -> str | None:
    """Return which process drives a sweep, in words; None: none does."""
    with _connect(uri) as connection:
        found = connection.execute(HOLDER, {"key": _key(connection, sweep, scope)}).one_or_none()
    return None if found is None else _named(found[2])


def _key(connection: Connection, sweep: str, scope: str) -> int:
    """The lock's number; two schemas of one database are two storages."""
    schema = connection.scalar(text("SELECT current_schema()"))
    return _number(f"glorot_sweep driver\x1f{schema}\x1f{sweep}\x1f{scope}")


@contextmanager
def one_creates(uri: str) -> Iterator[None]:
    """Wait until no other process creates Optuna's tables in this database, then be that one."""
    with _connect(uri) as connection:
        connection.execute(text(f"SET lock_timeout = '{CREATION_SECONDS}s'"))
        key = _number("glorot_sweep creation")
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
        yield


def _connect(uri: str) -> Connection:
    """Connect outside of any pool and of any transaction, under the name of this process."""
    arguments = connect_arguments(uri)
    arguments["application_name"] = f"glorot_sweep driver {os.getpid()}@{socket.gethostname()}"
    engine = sqlalchemy.create_engine(
        uri, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=arguments
    )
    return engine.connect()


def _number(words: str) -> int:
    """A number in [0, 2**63) that depends on the words alone."""
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8]) >> 1


def _named(application: str | None) -> str:
    found = NAME.fullmatch(application or "")
    return f"process {found[1]} on {found[2]}" if found else "another process"
