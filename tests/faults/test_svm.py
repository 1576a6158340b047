"""Signals and kills against a real process that fits a support vector machine."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sweep_builders import by_name, place_in, store_uri

from faults.sweep_process import GRACE, PATIENCE, ROOT

pytestmark = pytest.mark.faults

TRIALS = 3
# Rows on demand, in a memory too small for the kernel: the last fit alone takes many seconds.
LONG = ["--examples", "6000", "--tuning-examples", "300", "--memory", "0.75"]
SHORT = ["--examples", "600", "--tuning-examples", "300"]


def start(folder, options):
    stores = ["--tracking-uri", store_uri(folder), "--experiment", "tests"]
    stores += ["--storage", f"sqlite:///{folder / 'optuna.db'}", "--trials", str(TRIALS)]
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "glorot_sweep", "svm", *stores, *options], cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def read_until(process, words):
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"it ended without {words!r}: {process.communicate()[1]}")


def finish(folder, options):
    process = start(folder, options)
    said, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return said


def test_a_signal_ends_it_although_libsvm_does_not_look(tmp_path):
    process = start(tmp_path, LONG)
    read_until(process, "fit on 6,000 examples")
    time.sleep(2)  # in LIBSVM by now
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=GRACE)
    assert process.returncode == 143
    assert "the same command continues." in said
    assert "Traceback" not in said
    machine = by_name(place_in(tmp_path))["svm-shapeset_finite_6000"]
    assert (machine.info.status, machine.data.tags["state"]) == ("KILLED", "killed")


def test_after_kill_9_the_same_command_continues(tmp_path):
    folders = [tmp_path / name for name in ("killed", "whole")]
    for folder in folders:
        folder.mkdir()
    process = start(folders[0], SHORT)
    read_until(process, "trial 2/3")
    process.kill()
    process.communicate()
    said = finish(folders[0], SHORT)
    assert "trial 2/3" not in said
    assert "trial 3/3" in said
    finish(folders[1], SHORT)
    killed, whole = (by_name(place_in(folder)) for folder in folders)
    assert set(killed) == set(whole)
    assert all(run.info.status == "FINISHED" for run in killed.values())
    for name in whole:
        ours, theirs = killed[name].data.metrics, whole[name].data.metrics
        assert set(ours) == set(theirs)
        assert all(ours[k] == theirs[k] for k in theirs if not k.endswith("seconds"))
    assert "nothing to do" in finish(folders[0], SHORT)
