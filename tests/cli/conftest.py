"""Fixtures of the tests of the command line: a folder, and a command run in it."""

import os
import sys

import pytest

from glorot_sweep.cli import app as cli


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, and no address from outside."""
    for name in os.environ:
        if name.startswith(("MLFLOW_TRACKING", "MLFLOW_EXPERIMENT", "MLFLOW_RUN", "GLOROT_")):
            monkeypatch.delenv(name)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")
    return folder


@pytest.fixture
def command(here, monkeypatch, capsys):
    """Runs a command line; returns its exit code, output and messages."""

    def run(*words, start=cli.main):
        monkeypatch.setattr(sys, "argv", ["glorot-sweep", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            start()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run
