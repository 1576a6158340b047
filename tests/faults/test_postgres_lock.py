"""The driver's lock in a real PostgreSQL: refused, lost in a restart, taken over."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.pool import NullPool

from faults.postgres_cluster import NAMES, missing
from glorot_sweep.errors import SweepHeldError
from glorot_sweep.sweep.storage.lock import hold, holder
from glorot_sweep.sweep.storage.patience import Patience

pytestmark = [
    pytest.mark.faults,
    pytest.mark.filterwarnings("ignore::FutureWarning:torch"),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

TESTS = Path(__file__).parents[1]


def test_a_second_driver_is_refused_and_named_and_takes_over_after_a_kill(database):
    program = f"""
        import time
        from glorot_sweep.sweep.storage.lock import hold
        with hold({database!r}, "small"):
            print("held", flush=True)
            time.sleep(600)
    """
    first = start(program)
    try:
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(SweepHeldError, match=rf"driven by process {first.pid} on \S+\. "),
            hold(database, "small"),
        ):
            pass
        with hold(database, "other"):
            pass  # another sweep of the same database is free
        assert holder(database, "small").startswith(f"process {first.pid} on ")
        assert holder(database, "other") is None
    finally:
        first.kill()
        first.communicate()
    deadline = time.monotonic() + 10
    while True:
        try:
            with hold(database, "small") as held:
                held.still_held()
            break
        except SweepHeldError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_the_lock_is_taken_anew_after_a_restart(cluster, database):
    with hold(database, "small", Patience(60)) as held:
        outage = cluster.outage(2)
        held.still_held()
        outage.join()
        with pytest.raises(SweepHeldError, match=f"process {os.getpid()} on "):
            hold(database, "small").__enter__()
    with hold(database, "small"):
        pass


def test_a_driver_that_took_over_during_the_restart_keeps_the_sweep(cluster, database):
    with hold(database, "small", Patience(60)) as held:
        cluster.stop()
        cluster.start()
        with hold(database, "small"), pytest.raises(SweepHeldError, match="being driven by"):
            held.still_held()
        held.still_held()


def test_an_own_connection_that_the_server_believes_alive_is_no_other_driver(database):
    """After a silent network failure the server still holds the lock for the old connection."""
    with hold(database, "small") as held:
        lost = held._connection
        engine = sqlalchemy.create_engine(database, poolclass=NullPool)
        held._connection = engine.connect()
        held._connection.connection.dbapi_connection.close()
        held.still_held()
        with pytest.raises(SweepHeldError):
            hold(database, "small").__enter__()
        lost.invalidate()


def test_five_first_starts_at_once_all_succeed(cluster):
    """Five sweeps hold different locks, and meet on an empty database."""
    name = next(NAMES)
    uri = cluster.create(name)
    programs = [
        f"""
        from study_builders import drive, open_study
        from glorot_sweep.sweep.storage.lock import hold
        from glorot_sweep.sweep.storage.database import open_storage, storage_uri
        print("imported", flush=True)
        input()
        uri = storage_uri({uri!r}, "http://h")
        with hold(uri, "sweep{number}"):
            study = open_study(open_storage(uri), {{"name": "sweep{number}"}})
            drive(study)
            print(study.finished())
        """
        for number in range(5)
    ]
    started = [start(program) for program in programs]
    for process in started:
        assert process.stdout.readline() == "imported\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        said, complained = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "6\n"), complained


def start(program):
    folders = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": folders, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
