"""Machines that leave and join a Ray cluster during a sweep, as nodes on this machine."""

import os
import shutil
import tempfile

import pytest

from faults.mlflow_server import Server
from faults.sweep_process import INJECTION, ROOT, Sweep
from faults.wholeness import assert_whole

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skip(reason="has not been seen to pass: its cluster's workers did not answer"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning"),
]


@pytest.fixture
def machines(monkeypatch, tmp_path):
    """A cluster of one machine with one core; its processes get the injection's variables."""
    utils = pytest.importorskip("ray.cluster_utils", reason="Ray is not installed")
    folder = tempfile.mkdtemp(prefix="ray_", dir="/tmp")  # a socket's path has 107 characters
    monkeypatch.setenv("RAY_TMPDIR", folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(INJECTION), str(ROOT)]))
    monkeypatch.setenv("GLOROT_SWEEP_FAULT", f"slow:2,count:{tmp_path / 'counts'}")
    machines = utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    yield machines
    machines.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_machine_dies_another_joins_and_is_used(tmp_path, machines, undisturbed):
    second = machines.add_node(num_cpus=1)
    with Server(tmp_path) as server:
        sweep = Sweep(tmp_path, server.uri, server.backend)
        sweep.use_ray("--address", machines.address)
        process = sweep.start()
        try:
            sweep.wait_for(lambda: len(sweep.checkpoints()) == 2, process)
            before = workers(sweep)
            assert len(before) == 2
            machines.remove_node(second, allow_graceful=False)
            machines.add_node(num_cpus=1)
            sweep.wait_for(lambda: workers(sweep) - before, process)
            assert "lost a worker" in sweep.finish(process=process)
            assert_whole(sweep, undisturbed)
        finally:
            sweep.end_all()


def workers(sweep):
    return {pid for pid, *_ in sweep.chunks()}
