"""Signals, kills and second drivers, against real processes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from mlflow import MlflowClient
from sweep_builders import all_runs, store_uri

from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.tracking.place import open_place

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 240.0  # seconds for what needs a few on a machine that does nothing else
GRACE = 30.0  # seconds between a signal and the end


class Sweep:
    """A sweep file with its stores in a folder of its own, and the processes on it."""

    def __init__(self, folder):
        self.folder = folder
        content = yaml.safe_load((ROOT / "sweeps" / "tiny.yaml").read_text())
        content["variants"] = ["tanh", "tanh_n"]
        content["search"].update(trials=4, updates=6000, rungs=[2000])
        content["replicates"].update(seeds=2, updates=400)
        content["execution"]["threads"] = 1
        self.file = folder / "tiny.yaml"
        self.file.write_text(yaml.safe_dump(content))
        self.storage = f"sqlite:///{folder / 'optuna.db'}"
        self.started = []

    def lengthen(self):
        """For a test that never waits for the end."""
        content = yaml.safe_load(self.file.read_text())
        content["search"]["updates"] = 1_000_000
        self.file.write_text(yaml.safe_dump(content))

    @property
    def command(self):
        return [
            sys.executable, "-m", "glorot_sweep", "sweep", str(self.file),
            "--tracking-uri", store_uri(self.folder), "--experiment", "tests",
            "--storage", self.storage,
        ]  # fmt: skip

    def start(self, command=None, **environment):
        process = subprocess.Popen(
            command or self.command, cwd=ROOT, env={**os.environ, **environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def finish(self):
        """Run the command to its end and return the table."""
        process = self.start()
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        return self.table()

    @property
    def place(self):
        return open_place(store_uri(self.folder), "tests", create=False)

    def table(self):
        return report_files(compile_report(self.place, "tiny"))["table1.csv"]

    def wait_until_training(self, process):
        """Wait for a trial's run: from then on a signal meets a pack in training."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()[1]
            if (self.folder / "optuna.db").exists():
                kinds = [run.data.tags.get("kind") for run in all_runs(self.place)]
                if "trial" in kinds:
                    time.sleep(0.5)
                    return
            time.sleep(0.3)
        raise TimeoutError("no trial was started")

    def driver(self):
        """Process id of whoever holds the sweep."""
        return int(json.loads((self.folder / "optuna.db.tiny.lock").read_text())["pid"])

    def outcomes(self):
        return {(run.info.status, run.data.tags["state"]) for run in all_runs(self.place)}

    def assert_whole(self):
        """Every trial and replicate has one run, and nothing is left running."""
        runs = all_runs(self.place)
        names = [run.info.run_name for run in runs]
        trials = [name for name in names if "-t0" in name]
        assert len(trials) == len(set(trials)) == 8
        assert len([name for name in names if name.count("-seed")]) >= 4
        kept = [name for name in names if name != "tiny-report"]
        assert len(kept) == len(set(kept))
        assert all(run.info.status in {"FINISHED", "KILLED"} for run in runs)
        assert not {"running", "killed", "failed"} & {state for _, state in self.outcomes()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The table of the sweep that nothing disturbs."""
    sweep = Sweep(tmp_path_factory.mktemp("undisturbed"))
    MlflowClient(tracking_uri=store_uri(sweep.folder)).search_experiments()
    return sweep.finish()


@pytest.fixture
def sweep(tmp_path):
    sweep = Sweep(tmp_path)
    MlflowClient(tracking_uri=store_uri(tmp_path)).create_experiment(
        "tests", artifact_location=(tmp_path / "mlartifacts").as_uri()
    )
    yield sweep
    for process in sweep.started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_cleanly_and_the_same_command_continues(sweep, expected, signum, code):
    process = sweep.start()
    sweep.wait_until_training(process)
    process.send_signal(signum)
    _, said = process.communicate(timeout=GRACE)
    assert process.returncode == code
    assert f"stopped by signal {int(signum)}; the same command continues." in said
    assert "Traceback" not in said
    outcomes = sweep.outcomes()
    assert ("KILLED", "killed") in outcomes
    assert "RUNNING" not in {status for status, _ in outcomes}
    assert sweep.finish() == expected
    sweep.assert_whole()


def test_after_kill_9_the_same_command_continues(sweep, expected):
    process = sweep.start()
    sweep.wait_until_training(process)
    process.kill()
    process.communicate()
    assert ("RUNNING", "running") in sweep.outcomes()  # nobody could tell MLflow
    assert sweep.finish() == expected
    sweep.assert_whole()


def test_a_second_driver_is_refused_and_told_who_holds_the_sweep(sweep):
    sweep.lengthen()
    first = sweep.start()
    sweep.wait_until_training(first)
    before = {run.info.run_name for run in all_runs(sweep.place)}
    second = sweep.start()
    _, said = second.communicate(timeout=PATIENCE)
    assert first.poll() is None, "the first ended too soon to be in the way"
    assert second.returncode == 3
    assert f"process {first.pid} on " in said
    assert {run.info.run_name for run in all_runs(sweep.place)} == before
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=GRACE)
    assert first.returncode == 143


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_when_mlflow_run_is_terminated_the_sweep_ends_too(sweep):
    """`mlflow run` does not pass SIGTERM on: the sweep must notice that its parent died."""
    binaries = Path(sys.executable).parent
    sweep.lengthen()
    command = [
        str(binaries / "mlflow"), "run", str(ROOT), "-e", "sweep", "--env-manager", "local",
        "--experiment-name", "tests", "-P", f"file={sweep.file}", "-P", f"storage={sweep.storage}",
    ]  # fmt: skip
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    process = sweep.start(command, MLFLOW_TRACKING_URI=store_uri(sweep.folder), PATH=path)
    sweep.wait_until_training(process)
    driver = sweep.driver()
    assert driver != process.pid
    process.terminate()
    deadline = time.monotonic() + GRACE
    while is_alive(driver) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not is_alive(driver)
    assert {status for status, _ in sweep.outcomes()} <= {"KILLED", "FINISHED"}
    kinds = {run.data.tags["kind"]: run for run in all_runs(sweep.place)}
    assert kinds["sweep"].data.tags["state"] == "killed"
    assert "mlflow.project.entryPoint" in kinds["sweep"].data.tags  # it is MLflow's own run
