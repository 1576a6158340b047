"""A signal ends the command in one line, also while it is being loaded."""

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from glorot_sweep.cli import start

ROOT = Path(__file__).parents[2]
# Gets the signal in the middle of its imports, as if somebody had pressed Ctrl-C just then.
STOPPED = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path, target=None):
        if name == "typer":
            os.kill(os.getpid(), int(sys.argv.pop()))

from glorot_sweep.cli.start import main
sys.meta_path.insert(0, Finder())
main()
"""


@pytest.fixture(autouse=True)
def heard():
    """Under nohup a process and its children would hear no SIGHUP."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def stopped(signum, prepared=""):
    return subprocess.run(
        [sys.executable, "-c", f"{prepared}\n{STOPPED}", "--help", str(int(signum))],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("signum", "said"),
    [
        (signal.SIGINT, "interrupted\n"),
        (signal.SIGTERM, "stopped by signal 15\n"),
        (signal.SIGHUP, "stopped by signal 1\n"),
    ],
)
def test_while_it_is_loaded(signum, said):
    ended = stopped(signum)
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signum, "", said)


def test_nobody_need_be_there_to_read_it():
    assert stopped(signal.SIGINT, "import os; os.close(2)").returncode == 130


@pytest.mark.slow
def test_what_was_to_be_ignored_stays_so():
    ignored = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"  # as nohup does
    ended = stopped(signal.SIGHUP, ignored)
    assert ended.returncode == 0
    assert "Usage:" in ended.stdout


def test_once_it_is_loaded_signals_are_answered_as_before(monkeypatch):
    def run():
        assert [signal.getsignal(each) for each in start.SIGNALS] == before
        raise KeyboardInterrupt

    before = [signal.getsignal(each) for each in start.SIGNALS]
    monkeypatch.setattr("glorot_sweep.cli.app.main", run)
    with pytest.raises(SystemExit, match="130"):
        start.main()


def test_both_ways_to_start_it_begin_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"glorot-sweep": "glorot_sweep.cli.start:main"}
    as_module = (ROOT / "glorot_sweep" / "__main__.py").read_text()
    assert "from glorot_sweep.cli.start import main\n" in as_module
