"""A command speaks, or refuses, before anything that takes seconds to import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

SWEEPS = Path(__file__).parents[2] / "sweeps"
HEAVY = (
    "matplotlib", "mlflow", "optuna", "pandas", "pytorch_lightning", "ray", "scipy", "sklearn",
    "sqlalchemy", "torch",
)  # fmt: skip
# Runs the command line, and says which heavy modules there are when it first prints (and then
# ends), or when it has ended by itself.
PROBE = f"""
import json, os, sys, time
from glorot_sweep.cli import app

def end(code):
    found = [name for name in {HEAVY!r} if name in sys.modules]
    print(json.dumps([code, time.process_time(), found]), file=sys.__stderr__)
    sys.stderr.flush()
    os._exit(0)

class First:
    def __init__(self, stream): self.stream = stream
    def __getattr__(self, name): return getattr(self.stream, name)
    def write(self, text):
        self.stream.write(text)
        if "\\n" in text:
            self.stream.flush()
            end(None)

sys.argv = ["glorot-sweep", *sys.argv[1:]]
if sys.argv.pop(1) == "first": sys.stdout = First(sys.stdout)
try: app.main()
except SystemExit as ended: end(ended.code or 0)
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def probe(until, *words):
    """Output, messages, exit code, seconds of processor time, heavy modules."""
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, until, *map(str, words)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    *said, last = ended.stderr.strip().splitlines()
    return (ended.stdout, "\n".join(said), *json.loads(last))


@pytest.mark.slow
def test_a_sweep_says_what_it_will_do_at_once(here):
    text, _, _, seconds, heavy = probe("first", "sweep", SWEEPS / "quick.yaml")
    assert text == (
        "sweep 'quick': 5 variants on shapeset, 100 trials, 25 replicates, 6 monitored runs; "
        "loading PyTorch and MLflow ...\n"
    )
    assert heavy == []
    assert seconds < 1.5
    assert list(here.iterdir()) == []


def changed(**changes):
    return {**yaml.safe_load((SWEEPS / "tiny.yaml").read_text()), **changes}


MISTAKES = {
    "syntax": ("a: [", "no valid YAML"),
    "key": (changed(colour="red"), "unknown key"),
    "variant": (changed(variants=["tahn"]), "did you mean 'tanh'"),
    "data set": (changed(datasets=["shapset"]), "did you mean 'shapeset'"),
    "value": (changed(seed=-1), "greater than or equal to 0"),
}


@pytest.mark.parametrize(("content", "part"), MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize(
    "command",
    ["sweep", *(pytest.param(word, marks=pytest.mark.slow) for word in ("plan", "validate"))],
)
def test_a_mistake_in_the_file_is_found_at_once(here, tmp_path, command, content, part):
    file = tmp_path / "wrong.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    text, message, code, seconds, heavy = probe("end", command, file)
    assert (text, code, heavy) == ("", 2, [])
    assert message.startswith("error: ")
    assert part in message
    assert seconds < 1.5
    assert list(here.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["sweep", "none.yaml"], "no such sweep file"),
        (["sweep", SWEEPS / "tiny.yaml", "--executor", "rya"], "did you mean 'ray'"),
        (["sweep", SWEEPS / "tiny.yaml", "--workers", "2"], "need --executor ray"),
        (["sweep", SWEEPS / "tiny.yaml", "--tracking-uri", "file:x"], "file store"),
        (["report", "tiny"], "no tracking store"),
        (["verify", "tiny"], "no tracking store"),
        (["repair", "tiny"], "no tracking store"),
        (["report", "tiny", "--tracking-uri", "mlruns"], "file store"),
        (["train", "--variant", "tahn"], "did you mean 'tanh'"),
        (["train", "--dataset", "mnits"], "did you mean 'mnist'"),
        (["init-study", "--dataset", "mnits"], "did you mean 'mnist'"),
        (["init-study", "--tracking-uri", "mlruns"], "file store"),
        (["svm", "--dataset", "mnits"], "did you mean 'mnist'"),
        (["svm", "--trials", "0"], "must be at least 1"),
        (["small-imagenet", "x", "--classes", "brid"], "did you mean 'bird'"),
    ],
)
def test_so_is_a_mistake_on_the_command_line(here, words, part):
    text, message, code, _, heavy = probe("end", *words)
    assert (text, code, heavy) == ("", 2, [])
    assert message.startswith("error: ")
    assert part in message
    assert list(here.iterdir()) == []


@pytest.mark.slow
def test_a_sweep_file_may_be_a_pipe(here):
    shell = f"exec {sys.executable} -m glorot_sweep validate <(cat {SWEEPS / 'tiny.yaml'})"
    ended = subprocess.run(
        ["bash", "-c", shell], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0
    assert "sweep 'tiny', 3 variants on shapeset" in ended.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--version"], ["variants"], ["--help"]])
def test_what_needs_nothing_heavy_takes_nothing_heavy(here, words):
    _, _, code, seconds, heavy = probe("end", *words)
    assert (code, heavy) == (0, [])
    assert seconds < 1.5
