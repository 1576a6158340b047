"""A tiny sweep with its stores in a folder of its own, and the real processes that work on it."""

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml
from mlflow import MlflowClient
from sweep_builders import all_runs, store_uri

from faults.processes import descendants, kill_all
from faults.warm import Warm
from glorot_sweep.tracking.place import open_place

ROOT = Path(__file__).parent.parent.parent
INJECTION = Path(__file__).parent / "injection"
PATIENCE = 400.0  # seconds for what needs a few on a machine that does nothing else
PROGRAM = [sys.executable, "-m", "glorot_sweep"]
GRACE = 60.0  # seconds between a signal and the end, of which 30 are promised
OUTLASTING = "slow:60"  # a sweep that is there for as long as the start of a second one takes
WORKER = "ray::RemoteWorker"  # how Ray calls the process of a worker; then what it does
SEARCH = {  # one search, so that few packs are in work and each fault has its place
    "trials": 4,
    "generation": 2,
    "learning_rate": {"low": 0.01, "high": 0.5},
    "depth": {"low": 1, "high": 3},
    "updates": 600,
    "rungs": [200, 400],
    "table_depth": 3,
    "table_depth_share": 0.5,
    "pruner": {"kind": "median", "startup_trials": 2},
}

warm = functools.cache(Warm)  # one for all sweeps of a process, started by the first


class Sweep:
    """Two variants with four trials each in generations of two, and six replicates.

    Args:
        folder: holds everything.
        tracking: tracking URI; default a SQLite file in the folder.
        backend: database behind it, where the tracking URI is a server's.
        storage: Optuna's database; default a SQLite file in the folder.
        cold: whether its commands import all by themselves, as a user's do; else they are forked
            from a Python that has the libraries.
    """

    def __init__(self, folder, tracking=None, backend=None, storage=None, cold=False):
        self.started, self.cold = [], cold
        self.stay(folder, tracking, backend, storage)
        self.use_one_process()
        content = yaml.safe_load((ROOT / "sweeps" / "tiny.yaml").read_text())
        content["variants"] = ["tanh", "tanh_n"]
        content["search"] = SEARCH
        content["replicates"].update(seeds=2, updates=400)
        content["execution"]["threads"] = 1
        del content["monitored"]
        self.file.write_text(yaml.safe_dump(content))

    def stay(self, folder, tracking=None, backend=None, storage=None):
        """Take everything from this folder from now on."""
        self.folder, self.file = folder, folder / "tiny.yaml"
        self.tracking = tracking or store_uri(folder)
        self.backend = backend or self.tracking
        self.storage = storage or f"sqlite:///{folder / 'optuna.db'}"

    def use_ray(self, *options, workers=1):
        """Train by Ray; each worker takes as long to import as a tiny sweep takes to train."""
        self.executor = ["--executor", "ray", *(options or ("--workers", str(workers)))]

    def use_one_process(self):
        self.executor = ["--executor", "local"]

    def change(self, part, **values):
        content = yaml.safe_load(self.file.read_text())
        content[part].update(values)
        self.file.write_text(yaml.safe_dump(content))

    @property
    def stores(self):
        return ["--tracking-uri", self.tracking, "--experiment", "tests", "--storage", self.storage]

    @property
    def arguments(self):
        """What follows the name of the program."""
        folder = ["--checkpoints", str(self.folder / "checkpoints")]
        return ["sweep", str(self.file), *self.stores, *folder, *self.executor]

    @property
    def command(self):
        return [*PROGRAM, *self.arguments]

    def start(self, *faults, command=None, **environment):
        """Start the command; each fault is a line of the injection."""
        if faults:
            faults = (*faults, f"until:{self.folder / 'hurry'}")
        path = os.pathsep.join([str(INJECTION), str(ROOT)])
        inherited = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        environment = {**inherited, "GLOROT_SWEEP_FAULT": ",".join(faults), **environment}
        command = command or self.command
        if command[: len(PROGRAM)] == PROGRAM and not self.cold:
            process = warm().start(command[len(PROGRAM) :], ROOT, environment)
        else:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, text=True, start_new_session=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        self.started.append(process)
        return process

    def hurry(self):
        """End what the fault `slow` does: that which it waits for has happened."""
        (self.folder / "hurry").touch()

    def finish(self, *faults, process=None):
        """Run the command to its end; return what it said."""
        process = process or self.start(*faults)
        shown, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, shown + said
        return shown + said

    def end_all(self):
        """Kill every process that was started here, and those that these have started."""
        for process in self.started:
            if process.poll() is not None and Path(f"/proc/{process.pid}").exists():
                continue  # the id belongs to a stranger by now; an ended driver has no such group
            kill_all(descendants(process.pid))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    @property
    def place(self):
        return open_place(self.tracking, "tests", create=False)

    def make_experiment(self):
        MlflowClient(tracking_uri=self.tracking).create_experiment(
            "tests", artifact_location=(self.folder / "mlartifacts").as_uri()
        )

    @property
    def counts(self):
        return f"count:{self.folder / 'counts'}"

    def chunks(self):
        """What was trained under `counts`: process id, updates, trials of each chunk."""
        file = self.folder / "counts"
        lines = file.read_text().splitlines() if file.exists() else []
        return [tuple(int(word) for word in line.split()) for line in lines]

    def model_updates(self):
        return sum(updates * trials for _, updates, trials in self.chunks())

    def checkpoints(self, pattern="*/*.checkpoint"):
        return sorted((self.folder / "checkpoints").glob(pattern))

    def wait_for(self, condition, process, seconds=PATIENCE):
        """Wait until something is the case, and return it; the process must not end before."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return found

    def wait_until_training(self, process):
        """Wait for a pack's first chunk: from then on a fault meets a pack in training."""
        self.wait_for(self.chunks, process)

    def wait_for_checkpoint(self, process):
        self.wait_for(self.checkpoints, process)

    def driver(self):
        """Process id of whoever holds the sweep."""
        (lock,) = self.folder.glob("optuna.db.tiny.*.lock")
        return int(json.loads(lock.read_text())["pid"])

    def outcomes(self):
        return {(run.info.status, run.data.tags["state"]) for run in all_runs(self.place)}
