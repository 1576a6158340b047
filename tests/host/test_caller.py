"""`mlflow run` starts a command in the project; where it was called is where it still is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from glorot_sweep.host.caller import STARTED_BY_MLFLOW, caller_folder

ROOT = Path(__file__).parents[2]
ASK = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom glorot_sweep.host.caller import *\n"


@pytest.mark.parametrize(
    ("started_in", "works_in"), [(ROOT, "the caller's"), (ROOT / "tests", "its own")]
)
def test_a_command_of_the_project_works_in_the_callers_folder(tmp_path, started_in, works_in):
    """As MLflow does it: a shell in another folder, whose command says `exec`.

    What the project's own code starts elsewhere stays where it was started.
    """
    start = (
        "import subprocess, sys; subprocess.run(['bash', '-c', 'exec \"$0\" -c \"$1\"', "
        f"sys.executable, {ASK + 'go_to_caller(); print(Path.cwd())'!r}], cwd={str(started_in)!r}, "
        f"env={{{STARTED_BY_MLFLOW!r}: 'a'}}, check=True)"
    )
    found = subprocess.run(
        [sys.executable, "-c", start], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    expected = tmp_path.resolve() if works_in == "the caller's" else started_in
    assert found.stdout.strip() == str(expected)


def test_whoever_was_not_started_by_mlflow_has_none(monkeypatch):
    monkeypatch.delenv(STARTED_BY_MLFLOW, raising=False)
    assert caller_folder() is None


def test_in_a_folder_that_was_deleted_there_is_no_caller(tmp_path, monkeypatch):
    monkeypatch.setenv(STARTED_BY_MLFLOW, "a")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert caller_folder() is None


@pytest.mark.slow
def test_mlflow_run_takes_the_callers_sweep_file(tmp_path):
    """One with a mistake, which ends the command before anything heavy begins."""
    (tmp_path / "mine.yaml").write_text("name: mine\nseed: early\n")
    here = Path(sys.executable).parent
    words = ["run", str(ROOT), "-e", "sweep", "--env-manager", "local", "-P", "file=mine.yaml"]
    environment = {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db",
    }
    ended = subprocess.run(
        [here / "mlflow", *words],
        check=False, cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "mine.yaml breaks" in ended.stderr
    assert "line 2, seed" in ended.stderr
