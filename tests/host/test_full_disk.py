"""A disk without room, whoever says it and however deep."""

import errno
import os
import sqlite3
from types import SimpleNamespace

import pytest
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import OperationalError

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.host import full_disk
from glorot_sweep.host.full_disk import has_no_room, is_disk_full, tell_full_disk

FULL = [
    OSError(errno.ENOSPC, "Auf dem Gerät ist kein Speicherplatz mehr verfügbar"),
    OSError(errno.EDQUOT, "Disk quota exceeded"),
    sqlite3.OperationalError("database or disk is full"),
    OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full")),
    MlflowException("(psycopg.errors.DiskFull) could not extend file: No space left on device"),
]
OTHERS = [
    PermissionError(errno.EACCES, "Permission denied"),
    sqlite3.OperationalError("unable to open database file"),
    ValueError("full"),
]


@pytest.mark.parametrize("error", FULL)
def test_a_full_disk_is_told_whatever_wraps_it(error):
    assert is_disk_full(error)
    wrapped = RuntimeError("a value may be too long")
    wrapped.__cause__ = error
    assert is_disk_full(wrapped)
    with pytest.raises(ServiceLostError, match="the disk of x is full"):
        tell_full_disk(error, "x")


@pytest.mark.parametrize("error", OTHERS)
def test_nothing_else_is(error, tmp_path):
    assert not is_disk_full(error)
    tell_full_disk(error, "x", tmp_path)


@pytest.mark.parametrize(
    ("blocks", "files", "free_files", "full"),
    [(0, 9, 9, True), (9, 9, 0, True), (9, 0, 0, False), (1, 9, 1, False)],
)
def test_a_disk_is_full_of_bytes_or_of_files(
    monkeypatch, tmp_path, blocks, files, free_files, full
):
    disk = SimpleNamespace(f_bavail=blocks, f_files=files, f_favail=free_files)
    monkeypatch.setattr(full_disk.os, "statvfs", lambda _: disk)
    assert has_no_room(tmp_path) == full
    if full:
        with pytest.raises(ServiceLostError):
            tell_full_disk(OTHERS[1], "x", tmp_path)


def test_the_disk_of_a_test_has_room(tmp_path):
    assert os.statvfs(tmp_path).f_bavail
    assert not has_no_room(tmp_path)
