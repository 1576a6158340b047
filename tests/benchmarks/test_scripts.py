"""Every script of `benchmarks/` runs to its end, with all that takes time made small."""

import importlib
import json
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import driver
import optuna
import own_question
import pytest
import report_size
import scaling_sweep
import torch
import workers
from cases import Case
from performance_costs import COSTS, cost_rows
from workload import Size

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.data.small_imagenet.wordnet import DEFAULT_FOLDER, FILE, VARIABLE
from glorot_sweep.engine import engines

SCRIPTS = Path(__file__).parents[2] / "benchmarks"
TINY_SWEEP = SCRIPTS.parent / "sweeps" / "tiny.yaml"
TINY = Size.parse("16-16x2-3")
FOUND = "found.json"
JSON = ("--json", FOUND)
ONE_ROUND = ("--rounds", "1", *JSON)


@dataclass(frozen=True)
class Small:
    """How a script is made small.

    Attributes:
        options: of its command line; paths are within a folder of the test's own.
        instead: what constants of its module are instead.
    """

    options: tuple[str, ...] = ()
    instead: Mapping[str, object] = field(default_factory=dict)


SMALL = {
    "aims": Small(),
    "driver": Small(JSON, {
        "EARLIER": 20, "ASKED": 20, "DEVICES": 4, "PACKS": 8, "RESUMED": 20, "BEFORE_THE_END": 2,
    }),
    "error_grid": Small((), {
        "RESULTS": Path("grid.jsonl"), "RATES": (0.02, 0.05), "STREAMS": 2, "EVALUATIONS": (20, 40),
    }),
    "feeding": Small(ONE_ROUND, {
        "SIZES": {"small": (1000, TINY)}, "TRIALS": 5, "CHUNKS": 1,
    }),
    "growth_start": Small(("--runs", "20", "--times", "1", *JSON), {
        "VARIANTS": ["tanh", "tanh_n"], "GROUPS": 2,
    }),
    "level_and_power": Small(("--draws", "50", *JSON, "--page", "page.md"), {"NORMAL": 1000}),
    "logging_cost": Small(("--scale", "1000", *ONE_ROUND), {"FILE": TINY_SWEEP}),
    "paper_width": Small(
        ("--seconds", "1", "--output", ".", "--width", "16", "--rates", "0.01", "0.05",
         "--device", "cpu", "--engine", "torch"),
        {"SEEDS": 1, "EVERY": 100, "CHOSEN_AT": 200, "TRIED": 100, "BLOCK": 1 << 10},
    ),
    "paper_width_table": Small(),
    "performance_page": Small(("--docs", ".")),
    "pretraining": Small(("--sizes", str(TINY), *ONE_ROUND), {
        "TRIALS": {str(TINY): 2}, "UPDATES": {str(TINY): 20},
    }),
    "report_size": Small(("--runs", "100", *JSON)),
    "scaling": Small(("--seconds", "0.01", "--sweep-updates", "20", *ONE_ROUND), {
        "SMALL": TINY, "PAPER": TINY, "PACK_SIZES": (1, 20), "WIDTHS": (16, 32),
        "MEMORY_TRIALS": (1,),
    }),
    "scaling_memory": Small((str(TINY), "2")),
    "sequential_design": Small(("--draws", "20", *JSON, "--page", "page.md")),
    "shapeset": Small((), {"COUNTS": (100,), "REPETITIONS": 1}),
    "small_imagenet": Small(("--per-class", "20", "--workers", "1", *ONE_ROUND), {
        "SIZES": ((64, 64),), "DIFFERENT": 3,
    }),
    "statistics_cost": Small(ONE_ROUND, {"QUICK": TINY_SWEEP, "PAPER_WIDTH": 16}),
    "step_rules": Small(ONE_ROUND, {"SIZES": {str(TINY): (2, 1)}}),
    "training": Small(
        ("--case", str(TINY), "--seconds", "0.02", "--tuning-seconds", "0.02", "--tuning-rounds",
         "1", "--beside", "1", *ONE_ROUND),
    ),
}  # fmt: skip
LONG = {"driver", "growth_start", "logging_cost", "scaling", "training"}
EVERY = "GLOROT_SWEEP_EVERY_SCRIPT"
LEFT_OUT = {
    "own_question": "the README's whole sweep",
    "quick_sweep": "a whole sweep through mlflow run",
    "reduced_precision": "whole sweeps, and a report of each",
    "workers": "whole sweeps by Ray",
    "gpu": "needs CUDA",
    "jax_peer": "started by training, in an environment of its own",
    "side_by_side": "started by training",
}


@pytest.fixture
def as_before(monkeypatch, tmp_path, one_torch_thread):
    """Undo what a script changes in its process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setattr(engines, "STEPPERS", dict(engines.STEPPERS))
    monkeypatch.setattr("cases.CASES", {str(TINY): Case(TINY, 2)})
    for name in ("bmm", "baddbmm"):
        monkeypatch.setattr(torch, name, getattr(torch, name))
    verbosity = optuna.logging.get_verbosity()
    yield
    optuna.logging.set_verbosity(verbosity)
    logging.disable(logging.NOTSET)


def test_no_script_is_forgotten():
    scripts = {
        file.stem
        for file in SCRIPTS.glob("*.py")
        if '__name__ == "__main__"' in file.read_text(encoding="utf-8")
    }
    assert scripts == {*SMALL, *LEFT_OUT}


def test_what_scripts_sweep_is_a_sweep(tmp_path):
    files = [
        workers.sweep_file(tmp_path, 300.0),
        scaling_sweep.sweep_file(tmp_path, 10_000, 20, "cpu"),
        driver.resumed_file(tmp_path),
        *SCRIPTS.glob("*.yaml"),
    ]
    trials = [read_sweep_file(file).config.search.group_trials for file in files]
    assert trials[:3] == [workers.TRIALS, scaling_sweep.TRIALS, driver.RESUMED]
    (tmp_path / "photos.yaml").write_text(own_question.question())
    assert read_sweep_file(tmp_path / "photos.yaml").config.comparisons
    assert driver.settings(40).search.group_trials == 40
    assert report_size.config(100).search.groups == 1


def script_of(name, monkeypatch):
    """Load a script, though a folder of tests may have its name and have been loaded first."""
    monkeypatch.syspath_prepend(SCRIPTS)
    loaded = sys.modules.get(name)
    if loaded is not None and SCRIPTS not in Path(str(loaded.__file__)).parents:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module(name)


@pytest.mark.slow
@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("name", SMALL)
def test_a_script_runs_to_its_end(name, monkeypatch, capsys):
    if (
        name == "small_imagenet"
        and not Path(os.environ.get(VARIABLE, DEFAULT_FOLDER), FILE).exists()
    ):
        pytest.skip("WordNet is not installed")
    if name in LONG and not os.environ.get(EVERY):
        pytest.skip(f"takes most of a minute; {EVERY}=1 runs it")
    script, small = script_of(name, monkeypatch), SMALL[name]
    for constant, value in small.instead.items():
        monkeypatch.setattr(script, constant, value)
    monkeypatch.setattr(sys, "argv", [str(SCRIPTS / f"{name}.py"), *small.options])
    script.main()
    assert capsys.readouterr().out
    if FOUND in small.options:
        found = json.loads(Path(FOUND).read_text(encoding="utf-8"))
        assert found
        if name in COSTS:
            assert cost_rows(name, found)
