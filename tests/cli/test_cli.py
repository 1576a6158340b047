"""What the command line says and returns: exit codes, help, a single run."""

import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from optuna.exceptions import StorageInternalError
from sweep_builders import small_dataset

from glorot_sweep import errors
from glorot_sweep.cli import app as cli
from glorot_sweep.config.datasets import DATASETS, REDUCED
from glorot_sweep.engine.native import library
from glorot_sweep.parts.plugin import read_plugin
from glorot_sweep.sweep import single

PLUGIN = """from glorot_sweep.parts.registration import register_variant
from glorot_sweep.parts.variants import Variant
register_variant(Variant("mine", "Mine", "tanh", "he"))
"""
TINY = Path(__file__).parents[2] / "sweeps" / "tiny.yaml"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "lack", "engine", "line"),
    [
        pytest.param([], None, "native", "", marks=pytest.mark.slow),
        ([], "no compiler", "torch", "engine torch: the native core cannot be had: no compiler"),
        pytest.param(["--engine", "torch"], "no compiler", "torch", "", marks=pytest.mark.slow),
    ],
)
@pytest.mark.usefixtures("unregistered")
def test_a_single_run_is_trained_by_its_engine_and_says_so(
    command, here, monkeypatch, words, lack, engine, line
):
    """And names the plugins of the command, with the digests of their texts."""
    if lack:
        monkeypatch.setattr(library, "why_unavailable", lambda: lack)
    monkeypatch.setattr(single, "load_dataset", lambda *_: small_dataset())
    uri = f"sqlite:///{here / 'mlflow.db'}"
    short = ["--updates", 10, "--width", 8, "--depth", 1, "--tracking-uri", uri]
    (here / "own.py").write_text(PLUGIN, "utf-8")
    code, said, _ = command("train", *short, *words, "--plugin", "own.py")
    assert code == 0
    assert ("engine torch" in said, line in said) == (bool(line), True)
    client = MlflowClient(uri)
    (run,) = client.search_runs([one.experiment_id for one in client.search_experiments()])
    assert run.data.tags["engine"] == engine
    assert run.data.tags["plugins"] == f"own.py {read_plugin('own.py', here).digest}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (errors.UserError("wrong: x"), 2, "error: wrong: x\n"),
        (errors.SweepHeldError("process 7"), 3, "error: process 7\n"),
        (errors.StopRequested(2), 130, "stopped by signal 2; the same command continues.\n"),
        (errors.StopRequested(15), 143, "stopped by signal 15; the same command continues.\n"),
        (KeyboardInterrupt(), 130, None),
        (
            OSError(28, "No space left on device"),
            1,
            "error: OSError: [Errno 28] No space left on device. The same command continues once "
            "it is mended.\n",
        ),
        (
            StorageInternalError("the disk under optuna.db is full"),
            1,
            "error: Optuna's storage has failed: the disk under optuna.db is "
            "full. The same command continues once it is mended.\n",
        ),
    ],
)
def test_each_end_has_its_exit_code(command, monkeypatch, raised, code, message):
    def fail(*arguments):
        raise raised

    monkeypatch.setattr("glorot_sweep.sweep.job.run_sweep", fail)
    found, _, said = command("sweep", TINY)
    assert found == code
    assert message is None or said == message


def test_a_bug_keeps_its_traceback(here, monkeypatch):
    def fail(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("glorot_sweep.sweep.job.run_sweep", fail)
    monkeypatch.setattr(sys, "argv", ["glorot-sweep", "sweep", str(TINY)])
    with pytest.raises(ZeroDivisionError):
        cli.main()


@pytest.mark.parametrize("name", ["sweep", "report", "train", "svm"])
def test_help(command, here, name):
    code, text, _ = command(name, "--help")
    assert code == 0
    assert "--tracking-uri" in text
    assert command("--help")[1].count(name) >= 1
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", ["train", "init-study"])
def test_help_names_every_data_set(command, name):
    words = command(name, "--help")[1].replace("│", " ").replace(",", " ").replace(";", " ").split()
    assert set(DATASETS) <= set(words)
    for example in ("small_imagenet-6x2000", "shapeset_finite_10000"):
        assert example in words or f"{example}." in words
        assert REDUCED.fullmatch(example)
