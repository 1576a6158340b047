"""One driver per sweep: an advisory lock on a file beside Optuna's database."""

import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glorot_sweep.errors import SweepHeldError
from glorot_sweep.seeds import derive_seed


def lock_path(storage: str, sweep: str) -> Path:
    """Return the lock file of a sweep in a storage: beside a SQLite file, else a temporary one."""
    if storage.startswith("sqlite:///"):
        database = Path(storage.removeprefix("sqlite:///").partition("?")[0])
        return database.with_name(f"{database.name}.{sweep}.lock")
    folder = Path(tempfile.gettempdir())
    return folder / f"glorot_sweep-{derive_seed(storage, sweep)}.lock"


@contextmanager
def hold(path: Path, sweep: str) -> Iterator[None]:
    """Hold the lock; the kernel gives it back when the process ends, however it ends.

    Raises:
        SweepHeldError: another process holds it; the message names that process.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SweepHeldError(
                f"the sweep {sweep!r} is being driven by {_holder(descriptor)}. One driver works "
                "on a sweep; wait for it, or stop it."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(
            descriptor, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode()
        )
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    try:
        owner = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {owner['pid']} on {owner['host']}"
    except (ValueError, KeyError):
        return "another process"
