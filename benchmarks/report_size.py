"""Time, memory and requests of a report, against the number of runs of its sweep.

Run from the repository: `python benchmarks/report_size.py`. For each size it writes a finished
sweep on a new SQLite store, as the driver leaves one (random errors, real sizes: predictions on
10,000 examples, curves, layer statistics of five layers at twelve updates), and compiles its report
in a process of its own: wall time from the start of that process, its largest memory, and the calls
to MLflow's client.
"""

import argparse
import functools
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from mlflow import MlflowClient
from workload import surroundings

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics, Quantity
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.sweep.contents.schedule import log_spaced
from glorot_sweep.tracking.layer_table import layer_frame, layer_points, write_layers
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.fields import Part, metrics_of, params_of, tags_of
from glorot_sweep.tracking.schema.names import Artifact, Curve, Kind
from glorot_sweep.tracking.schema.runs import Mark, Origin
from glorot_sweep.tracking.schema.trained import (
    Finals,
    ReplicateMark,
    Specified,
    Studied,
    TrialMark,
)

QUICK = Path(__file__).parents[1] / "sweeps" / "quick.yaml"
LIMITS = {"seconds": 40.0, "megabytes": 1000.0}
N_TEST = 10_000
DATASETS = ["shapeset", "mnist"]
CALLS = ("search_runs", "get_run", "download_artifacts", "get_metric_history", "log_batch",
         "log_artifacts", "log_text", "create_run", "set_terminated")  # fmt: skip


def config(runs: int) -> SweepConfig:
    """Return the quick sweep on two data sets, with the trials and seeds that give so many runs."""
    values = read_sweep_file(QUICK).config.model_dump()
    each = runs // (len(DATASETS) * len(values["variants"]))
    seeds = each // 5  # as many replicates at the best depth
    values.update(name=f"report-{runs}", datasets=DATASETS, monitored=None)
    values["search"].update(trials=each - 2 * seeds, depth_trials=0, groups=1)
    values["replicates"].update(seeds=seeds, window=1)
    return SweepConfig.model_validate(values)


class Builder:
    """Writes a finished sweep."""

    def __init__(self, settings: SweepConfig, place: Place) -> None:
        self.settings, self.random = settings, np.random.default_rng(0)
        self.runs = RunStore(place.client, place.experiment_id)
        self.origin = Origin(sweep=settings.name, config_hash=settings.hash())
        self.count = 0
        self.labels = self.random.integers(0, 10, N_TEST).astype(np.uint8)
        looks = (0, *log_spaced(settings.replicates.updates))
        quantities: tuple[Quantity, ...] = (
            "activation", "backpropagated_gradient", "weight_gradient",
        )  # fmt: skip
        bins = tuple(self.random.random(200) / 200)
        self.rows = [
            LayerStatistics(
                update, quantity, layer, 30_000, 0.0, 0.1, p98=0.2, saturation=0.0,
                histogram_low=-1.0, histogram_high=1.0,
                histogram=bins if update in {looks[0], looks[-1]} else None,
            )
            for update in looks for quantity in quantities for layer in range(1, 6)
        ]  # fmt: skip

    def write(self) -> int:
        """Write everything; return the number of runs."""
        settings = self.settings
        sweep = self.runs.create(settings.name, tags_of(self.origin, Mark(kind=Kind.SWEEP)))
        sweep.json({"config": settings.identity(), "digests": {}}, Artifact.IDENTITY)
        count = 1
        for dataset in settings.datasets:
            for variant in settings.variants:
                for number in range(settings.search.group_trials):
                    self._trial(dataset, variant, number)
                for role in ("table_depth", "best_depth"):
                    for seed in range(settings.replicates.seeds):
                        self._replicate(dataset, variant, role, seed)
                count += settings.search.group_trials + 2 * settings.replicates.seeds
        sweep.finish(State.COMPLETE)
        return count

    def _create(self, mark: Mark, studied: Studied, depth: int, *more: Part) -> RunWriter:
        rate = float(10 ** self.random.uniform(-2, -1))
        self.count += 1
        specified = Specified(
            activation="tanh", batch_size=10, data_seed=0, depth=depth, initialization="standard",
            input_scaling="unit", learning_rate=rate, log10_learning_rate=math.log10(rate),
            updates=40_000, weight_seed=self.count, width=100,
        )  # fmt: skip
        tags = tags_of(self.origin, mark, studied, *more)
        return self.runs.create(str(mark.key), tags, params_of(studied, specified))

    def _trial(self, dataset: str, variant: str, number: int) -> None:
        key = f"{variant}-{dataset}-t{number:03d}"
        mark = Mark(kind=Kind.TRIAL, key=key)
        studied = Studied(dataset=dataset, variant=variant)
        run = self._create(mark, studied, 1 + number % 5, TrialMark(trial=number, group=0))
        error = float(self.random.uniform(60, 70))
        self._finish(run, self._finals(error))

    def _replicate(self, dataset: str, variant: str, role: str, seed: int) -> None:
        key = f"{variant}-{dataset}-{role}-seed{seed}"
        mark = Mark(kind=Kind.REPLICATE, key=key)
        studied = Studied(dataset=dataset, variant=variant)
        run = self._create(mark, studied, 5, ReplicateMark(role=role, seed=seed, group=0))
        wrong = self.random.random(N_TEST) < 0.65
        answers = np.where(wrong, 0, self.labels)
        run.arrays(Artifact.PREDICTIONS, predictions=answers, labels=self.labels)
        looks = (1000, 4000, 10_000, 20_000, 40_000)
        error = float(100 * wrong.mean())
        run.add(Point(name, error, update) for name in Curve for update in looks)
        self._finish(run, replace(self._finals(error), test_error=error, best_test_error=error))

    def _finals(self, error: float) -> Finals:
        return Finals(
            objective=error, validation_error=error, best_validation_error=error,
            updates_done=40_000,
        )  # fmt: skip

    def _finish(self, run: RunWriter, finals: Finals) -> None:
        write_layers(run, layer_frame([replace(row) for row in self.rows]))
        run.add(layer_points(self.rows))
        run.add(Point(name, value, 0) for name, value in metrics_of(finals).items())
        run.finish(State.COMPLETE)


def report_once(uri: str, name: str) -> None:
    """Compile and store a report; print calls to MLflow's client and the memory as JSON."""
    calls: Counter[str] = Counter()

    def counted(method: Any, call: str) -> Any:
        @functools.wraps(method)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            calls[call] += 1
            return method(*args, **kwargs)

        return wrapper

    for call in CALLS:
        setattr(MlflowClient, call, counted(getattr(MlflowClient, call), call))
    from rich.console import Console

    from glorot_sweep.report.job import run_report

    run_report(open_place(uri, None, create=False), name, PAPER, Console(quiet=True))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"megabytes": memory, "calls": dict(calls)}))


def measure(runs: int) -> dict[str, Any]:
    """Build a sweep of so many runs, and report it in another process."""
    settings = config(runs)
    with tempfile.TemporaryDirectory() as folder:
        uri = f"sqlite:///{folder}/mlflow.db"
        count = Builder(settings, open_place(uri, None, create=True)).write()
        started = time.perf_counter()
        command = [sys.executable, __file__, "--report", uri, settings.name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        seconds = time.perf_counter() - started
    return {"runs": count, "seconds": seconds, **json.loads(done.stdout.splitlines()[-1])}


def main() -> None:
    """Measure each size; print a line for each; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[100, 500, 1000])
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    parser.add_argument("--report", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.report:
        report_once(*arguments.report)
        return
    sizes = [measure(runs) for runs in arguments.runs]
    for one in sizes:
        calls = sum(one["calls"].values())
        print(
            f"{one['runs']:5} runs: {one['seconds']:.1f} s, {one['megabytes']:.0f} MB, {calls} "
            f"calls, {calls / one['runs']:.2f} a run"
        )
    if arguments.json:
        measured = {**surroundings(), "limits": LIMITS, "sizes": sizes}
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
