"""Signals, kills and second drivers, against real processes on the local executor."""

import os
import signal
import sys
from pathlib import Path

import pytest
from sweep_builders import all_runs, store_uri

from faults.processes import descendants, wait_until_gone
from faults.sweep_process import GRACE, OUTLASTING, PATIENCE, ROOT
from faults.wholeness import assert_whole

pytestmark = pytest.mark.faults

SLOW = "slow:1"


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_cleanly_and_the_same_command_continues(sweep, undisturbed, signum, code):
    process = sweep.start(SLOW, sweep.counts)
    sweep.wait_until_training(process)
    process.send_signal(signum)
    _, said = process.communicate(timeout=GRACE)
    assert process.returncode == code
    assert f"stopped by signal {int(signum)}; the same command continues." in said
    assert "Traceback" not in said
    outcomes = sweep.outcomes()
    assert ("KILLED", "killed") in outcomes
    assert "RUNNING" not in {status for status, _ in outcomes}
    sweep.finish()
    assert_whole(sweep, undisturbed)


def test_a_reader_that_leaves_costs_what_is_shown_and_not_the_sweep(sweep, undisturbed):
    """`sweep ... | head -1`."""
    pipe = ["bash", "-o", "pipefail", "-c", '"$@" | head -1', "bash", *sweep.command]
    shown, said = (process := sweep.start(command=pipe)).communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (0, "")
    assert shown.startswith("sweep 'tiny': ")
    assert shown.count("\n") == 1
    assert_whole(sweep, undisturbed)


def test_a_second_driver_is_refused_and_told_who_holds_the_sweep(sweep):
    first = sweep.start(OUTLASTING, sweep.counts)
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


def test_when_mlflow_run_is_terminated_the_sweep_ends_too(sweep):
    """`mlflow run` does not pass SIGTERM on: the sweep must notice that its parent died."""
    binaries = Path(sys.executable).parent
    command = [
        str(binaries / "mlflow"), "run", str(ROOT), "-e", "sweep", "--env-manager", "local",
        "--experiment-name", "tests", "-P", f"file={sweep.file}", "-P", f"storage={sweep.storage}",
    ]  # fmt: skip
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    environment = {"MLFLOW_TRACKING_URI": store_uri(sweep.folder), "PATH": path}
    process = sweep.start("slow:5", sweep.counts, command=command, **environment)
    sweep.wait_until_training(process)
    driver = next(one for one in descendants(process.pid) if one.pid == sweep.driver())
    process.terminate()
    assert not wait_until_gone([driver], GRACE)
    assert {status for status, _ in sweep.outcomes()} <= {"KILLED", "FINISHED"}
    kinds = {run.data.tags["kind"]: run for run in all_runs(sweep.place)}
    assert kinds["sweep"].data.tags["state"] == "killed"
    assert "mlflow.project.entryPoint" in kinds["sweep"].data.tags  # it is MLflow's own run
