"""Fixtures of the fault tests; what an undisturbed sweep leaves is made once."""

import fcntl
import importlib.util
import os
import pickle
import shutil
import signal

import pytest
from sweep_fixtures import clean_process, dataset, place, stores

from faults.postgres_cluster import NAMES, Cluster
from faults.sweep_process import Sweep
from faults.wholeness import assert_nothing_is_left_to_do, read_sweep
from glorot_sweep.sweep.storage.database import storage_uri

__all__ = ["clean_process", "dataset", "place", "stores"]


@pytest.fixture(scope="session", autouse=True)
def hang_ups_are_heard():
    """Under `nohup` every process that a test starts would ignore them."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture(scope="session")
def cluster():
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def database(cluster):
    """The URI of an empty database of its own, as the driver uses it."""
    return storage_uri(cluster.create(next(NAMES)), "http://h")


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """What a sweep leaves that nothing disturbs, trained in one process, for all of pytest-xdist's.

    The first of its workers that needs it makes it; they share the parent of their folders.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    kept = folder / "undisturbed.pickle"
    with (folder / "undisturbed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(train_undisturbed(tmp_path_factory.mktemp("whole"))))
    return pickle.loads(kept.read_bytes())


def train_undisturbed(folder):
    sweep = Sweep(folder, cold=True)
    sweep.make_experiment()
    sweep.finish()
    whole = read_sweep(sweep)
    assert_nothing_is_left_to_do(sweep)
    return whole


@pytest.fixture
def sweep(tmp_path, empty_databases):
    """A sweep with databases of its own, on the local executor."""
    shutil.copy(empty_databases / "mlflow.db", tmp_path)
    sweep = Sweep(tmp_path)
    sweep.make_experiment()
    yield sweep
    sweep.end_all()


@pytest.fixture
def ray_sweep(sweep):
    """The same with one worker of Ray."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    sweep.use_ray()
    return sweep
