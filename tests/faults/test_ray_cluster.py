"""Machines that leave and join a Ray cluster during a sweep, as nodes on this machine."""

import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from free_ports import free_port

from faults.mlflow_server import Server
from faults.processes import descendants, kill_all
from faults.sweep_process import INJECTION, ROOT, Sweep
from faults.wholeness import assert_whole

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning"),
]


class Machines:
    """A cluster as docs/cluster says: `ray start` on each machine, with one token.

    Attributes:
        address: where the head listens.
    """

    def __init__(self, folder, faults):
        self.folder, self._nodes = Path(folder), []
        self.address = f"127.0.0.1:{free_port()}"
        token = self.folder / "token"
        token.write_bytes(base64.b64encode(os.urandom(32)))
        self.environment = {
            **os.environ,
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(token),
            "RAY_TMPDIR": str(self.folder),
            "PYTHONPATH": os.pathsep.join([str(INJECTION), str(ROOT)]),
            "GLOROT_SWEEP_FAULT": faults,
            "OMP_NUM_THREADS": "1",
        }
        self.add("--head", "--port", self.address.partition(":")[2], "--include-dashboard=false")

    def add(self, *options):
        """Start a machine with one core; return the process on which all of it hangs."""
        options = options or ("--address", self.address)
        program = str(Path(sys.executable).with_name("ray"))
        node = subprocess.Popen(
            [program, "start", "--num-cpus", "1", "--block", *options],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._nodes.append(node)
        return node

    @staticmethod
    def cut(node):
        """Take away a machine as a power cut does."""
        kill_all(descendants(node.pid))
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()

    def end(self):
        for node in reversed(self._nodes):
            if node.poll() is None:
                self.cut(node)


@pytest.fixture
def machines(tmp_path):
    """A cluster of one machine with one core; its processes get the injection's variables."""
    pytest.importorskip("ray", reason="Ray is not installed")
    folder = tempfile.mkdtemp(prefix="ray_", dir="/tmp")  # a socket's path has 107 characters
    faults = f"slow:4,count:{tmp_path / 'counts'},until:{tmp_path / 'hurry'}"
    machines = Machines(folder, faults)
    yield machines
    machines.end()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_machine_dies_another_joins_and_is_used(tmp_path, machines, undisturbed):
    second = machines.add()
    with Server(tmp_path) as server:
        sweep = Sweep(tmp_path, server.uri, server.backend)
        sweep.use_ray("--address", machines.address)
        names = ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN_PATH")
        process = sweep.start(**{name: machines.environment[name] for name in names})
        try:
            sweep.wait_for(lambda: len(workers(sweep)) == 2, process)
            sweep.wait_for(lambda: len(sweep.checkpoints()) == 2, process)
            before = workers(sweep)
            machines.cut(second)
            machines.add()
            sweep.wait_for(lambda: workers(sweep) - before, process)
            sweep.hurry()
            assert "lost a worker" in sweep.finish(process=process)
            assert_whole(sweep, undisturbed)
        finally:
            sweep.end_all()


def workers(sweep):
    return {pid for pid, *_ in sweep.chunks()}
