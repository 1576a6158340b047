"""One driver per sweep: a lock beside Optuna's database, or in it where that is PostgreSQL."""

import fcntl
import hashlib
import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from glorot_sweep.errors import SweepHeldError
from glorot_sweep.host.file_lock import one_at_a_time
from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.storage.advisory_lock import AdvisoryLock, lock_holder, one_creates
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.sweep.storage.postgres import is_postgres
from glorot_sweep.tracking.address import database_file, is_sqlite

LOOK_SECONDS = 0.02  # longer than `holder` looks
TRIES = 5


class Held(Protocol):
    """A sweep that this process drives."""

    def still_held(self) -> None:
        """Check that it is still ours; call before each generation.

        Raises:
            SweepHeldError: another driver took it over during an outage of the database.
            ServiceLostError: an outage of the database has lasted too long.
        """


class _FileHeld:
    """The kernel takes a file lock from nobody."""

    def still_held(self) -> None:
        """Check nothing: the lock lasts as long as this process."""


@contextmanager
def hold(
    storage: str, sweep: str, patience: Patience | None = None, *, scope: str = ""
) -> Iterator[Held]:
    """Hold the sweep; it is given back when the process ends, however it ends.

    Args:
        storage: URI of Optuna's database.
        sweep: name of the sweep.
        patience: with outages of the database.
        scope: where the sweep's runs are; a sweep of the same name elsewhere is another one.

    Raises:
        SweepHeldError: another process holds it; the message names that process.
    """
    if is_postgres(storage):
        with AdvisoryLock(storage, sweep, patience or Patience(), scope=scope) as held:
            yield held
    else:
        with _hold_file(lock_path(storage, sweep, scope), sweep):
            yield _FileHeld()


def lock_path(storage: str, sweep: str, scope: str = "") -> Path:
    """Return the lock file of a sweep in a storage: beside a SQLite file, else a temporary one.

    A SQLite file has one lock, whatever symbolic links lead to it.
    """
    if is_sqlite(storage):
        database = database_file(storage).resolve()
        where = f".{hashlib.sha256(scope.encode()).hexdigest()[:8]}" if scope else ""
        return database.with_name(f"{database.name}.{sweep}{where}.lock")
    folder = Path(tempfile.gettempdir())
    return folder / f"glorot_sweep-{derive_seed(storage, sweep, scope)}.lock"


@contextmanager
def _hold_file(path: Path, sweep: str) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(descriptor):
            raise SweepHeldError(
                f"the sweep {sweep!r} is being driven by {_holder(descriptor)}. One driver works "
                "on a sweep; wait for it, or stop it."
            )
        os.ftruncate(descriptor, 0)
        os.write(
            descriptor, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode()
        )
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Lock a file; return False if another process has it, and not only looks at it."""
    for _ in range(TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_SECONDS)
        else:
            return True
    return False


def holder(storage: str, sweep: str, scope: str = "") -> str | None:
    """Return which process drives a sweep, in words; None: none does. Nothing is created.

    Args:
        storage: URI of Optuna's database.
        sweep: name of the sweep.
        scope: where its runs are.
    """
    if is_postgres(storage):
        return lock_holder(storage, sweep, scope)
    try:
        descriptor = os.open(lock_path(storage, sweep, scope), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # given back at once
    except BlockingIOError:
        return _holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def _holder(descriptor: int) -> str:
    try:
        owner = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {owner['pid']} on {owner['host']}"
    except (ValueError, KeyError):
        return "another process"


@contextmanager
def creating(storage: str) -> Iterator[None]:
    """Let one process at a time look for Optuna's tables and create them; the others wait.

    Two sweeps that start on an empty database hold different sweeps; without this, one of them
    would meet half-made tables.
    """
    if is_postgres(storage):
        with one_creates(storage):
            yield
        return
    with one_at_a_time(creation_lock(storage)):
        yield


def creation_lock(storage: str) -> Path:
    """Return the lock file under which a storage is made; no sweep's lock has its name."""
    if not is_sqlite(storage):
        return lock_path(storage, ".creation")
    database = database_file(storage).resolve()
    return database.with_name(f".{database.name}.creation.lock")
