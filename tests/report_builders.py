"""Factories for tests of the report: cells, collected sweeps, and a finished sweep on a store."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mlflow.tracking._tracking_service import utils as mlflow_tracking
from sweep_builders import NOTE, config

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.sweep.records.recording import PREDICTIONS
from glorot_sweep.tracking.layer_table import layer_frame, write_layers
from glorot_sweep.tracking.place import DEFAULT_ARTIFACTS, Place
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter

N_EXAMPLES = 200
TEST_ERRORS = {"tanh": (40.0, 42.0), "tanh_n": (30.0, 31.0)}  # of replicates, percent


def record(kind="sweep", **tags):
    everything = {"kind": kind, "sweep": "small", "state": "complete", "config_hash": "h", **tags}
    params = {"depth": tags.pop("depth", "2"), "learning_rate": "0.1"}
    metrics = {"updates_done": 30.0}
    return RunRecord("r", "1", "n", "FINISHED", everything, params, metrics, "", 0)


def cell(variant, errors, dataset="shapeset", failed=0, diverged=0, n=N_EXAMPLES):
    """A cell whose replicate r has the wrong answers of `errors[r]` percent, at the front."""
    wrong = np.zeros((len(errors), n), dtype=bool)
    for row, error in zip(wrong, errors, strict=True):
        row[: round(error / 100 * n)] = True
    return Cell(
        dataset, variant, 2, 0.1, np.array(errors, dtype=float), wrong, np.zeros(n, np.uint8),
        diverged, failed, tuple(f"{variant}{r}" for r in range(len(errors) + failed)),
    )  # fmt: skip


def collected(cells, changes=None, trials=(), replicates=()):
    variants = list(dict.fromkeys(one.variant for one in cells))
    datasets = list(dict.fromkeys(one.dataset for one in cells))
    settings = config({"variants": variants, "datasets": datasets, **(changes or {})})
    both = {
        (role, one.dataset, one.variant): one
        for one in cells
        for role in ("table_depth", "best_depth")
    }
    return Collected(settings, record(), both, list(trials), list(replicates))


def finished_sweep(place, settings=None):
    """Write a finished sweep as the driver leaves it; return name to writer."""
    settings = settings or config()
    runs = RunStore(place.client, place.experiment_id)
    tags = {"sweep": settings.name, "config_hash": settings.hash()}
    writers = {"sweep": runs.create(settings.name, {**tags, "kind": "sweep"})}
    writers["sweep"].json(
        {"config": settings.identity(), "digests": {"shapeset": NOTE.digest}}, "config/sweep.json"
    )
    for variant, values in TEST_ERRORS.items():
        cell_tags = {**tags, "dataset": "shapeset", "variant": variant}
        for number in range(settings.search.trials):
            name = f"{variant}-shapeset-t{number:03d}"
            trial = {**cell_tags, "kind": "trial", "key": name}
            params = {"depth": 2 if number % 2 else 1, "learning_rate": 0.1}
            writers[name] = runs.create(name, trial, params)
            state = "pruned" if number == 4 else "complete"
            writers[name].add([Point("updates_done", 10.0 if number == 4 else 30.0, 30)])
            writers[name].add([Point("best/validation_error_percent", 50.0 + number, 0)])
            if state == "complete":
                writers[name].add([Point("objective", 50.0 + number, 0)])
            writers[name].finish("FINISHED", {"state": state})
        for seed, error in enumerate(values):
            name = f"{variant}-shapeset-seed{seed}"
            role = {"role": "table_depth+best_depth", "seed": str(seed)}
            params = {
                "depth": 2, "learning_rate": 0.1, "weight_seed": f"{variant}{seed}",
                "width": 16, "updates": 40,
            }  # fmt: skip
            writers[name] = runs.create(
                name, {**cell_tags, **role, "kind": "replicate", "key": name}, params
            )
            predictions = np.zeros(N_EXAMPLES, np.uint8)
            predictions[: round(error / 100 * N_EXAMPLES)] = 1
            labels = np.zeros(N_EXAMPLES, np.uint8)
            writers[name].arrays(PREDICTIONS, predictions=predictions, labels=labels)
            writers[name].add(
                [
                    Point("final/test_error_percent", error, 40),
                    Point("updates_done", 40.0, 40),
                    Point("validation/error_percent", error + 5, 20),
                    Point("validation/error_percent", error, 40),
                    Point("test/error_percent", error + 6, 20),
                    Point("test/error_percent", error, 40),
                ]
            )
            write_layers(writers[name], layer_frame(layer_rows(2)))
            writers[name].finish("FINISHED", {"state": "complete"})
        if settings.monitored is not None:
            name = f"monitored-{variant}"
            writers[name] = runs.create(
                name, {**cell_tags, "kind": "monitored", "key": name, "seed": "0"},
                {"depth": 2, "learning_rate": 0.05, "width": 16, "updates": 40},
            )  # fmt: skip
            writers[name].add(
                [Point("validation/loss", 2.0, 20), Point("validation/loss", 1.5, 40)]
            )
            write_layers(writers[name], layer_frame(layer_rows(2)))
            writers[name].finish("FINISHED", {"state": "complete"})
    writers["sweep"].finish("FINISHED", {"state": "complete"})
    return writers


@dataclass(frozen=True)
class FinishedSweep:
    """What `finished_sweep` wrote into the stores of a folder."""

    folder: Path
    writers: dict[str, RunWriter]

    def copy_to(self, folder: Path, place: Place) -> dict[str, RunWriter]:
        """Put the same runs into another folder's store; return name to writer there."""
        shutil.copytree(self.folder / DEFAULT_ARTIFACTS, folder / DEFAULT_ARTIFACTS)
        with (
            closing(sqlite3.connect(self.folder / "mlflow.db")) as ours,
            closing(sqlite3.connect(folder / "mlflow.db")) as theirs,
        ):
            ours.backup(theirs)
            addresses = (self.folder.as_uri(), folder.as_uri())
            for column in ("experiments set artifact_location", "runs set artifact_uri"):
                name = column.split()[-1]
                theirs.execute(f"update {column} = replace({name}, ?, ?)", addresses)
            theirs.commit()
        # MLflow keeps one address of artifacts per run id in a process, of whatever store.
        mlflow_tracking._artifact_repos_cache.clear()
        return {
            name: RunWriter(place.client, writer.run_id, writer.started)
            for name, writer in self.writers.items()
        }


def layer_rows(depth):
    """Rows as a run has them, with histograms, of no particular network."""
    shares = tuple([0.005] * 200)
    return [
        LayerStatistics(update, quantity, layer, 100, 0.0, 0.1 * layer, p98=0.2, saturation=0.0,
                        histogram_low=-1.0, histogram_high=1.0, histogram=shares)
        for update in (0, 40)
        for quantity in ("activation", "backpropagated_gradient", "weight_gradient")
        for layer in range(1, depth + 1)
    ]  # fmt: skip


def init_study(place, dataset="shapeset", width=16, depth=2):
    """Write an initialization study as its job leaves it; return its writer."""
    runs = RunStore(place.client, place.experiment_id)
    params = {"n_inputs": 32, "n_classes": 4, "width": width, "depth": depth}
    run = runs.create(f"init_study-{dataset}", {"kind": "init_study", "dataset": dataset}, params)
    networks = [
        {"activation": "tanh", "initialization": initialization, "gain": 1.0, "depth": 2,
         "width": 16, "seed": 0}
        for initialization in ("standard", "normalized")
    ]  # fmt: skip
    rows = [(network, row) for network in networks for row in layer_rows(2) if row.update == 0]
    write_layers(run, layer_frame([row for _, row in rows], [network for network, _ in rows]))
    grid = np.ones((1, 3, 3))
    run.arrays(
        "statistics/cost_surfaces.npz", axis=np.arange(3.0), log_likelihood=grid, quadratic=grid,
        log_likelihood_plateau=np.array([0.1]), quadratic_plateau=np.array([0.5]),
    )  # fmt: skip
    run.finish("FINISHED", {"state": "complete"})
    return run
