"""Factories for tests of the report: cells, collected sweeps, and a finished sweep on a store."""

import numpy as np
from sweep_builders import NOTE, config

from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.sweep.recording import PREDICTIONS
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.runs import Point, RunStore

N_EXAMPLES = 200


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


def finished_sweep(place, settings=None, errors=None):
    """Write a finished sweep as the driver leaves it; return name to writer.

    `errors` maps variants to the test errors of their replicates, percent.
    """
    settings = settings or config()
    errors = errors or {"tanh": (40.0, 42.0), "tanh_n": (30.0, 31.0)}
    runs = RunStore(place.client, place.experiment_id)
    tags = {"sweep": settings.name, "config_hash": settings.hash()}
    writers = {"sweep": runs.create(settings.name, {**tags, "kind": "sweep"})}
    writers["sweep"].json(
        {"config": settings.identity(), "digests": {"shapeset": NOTE.digest}}, "config/sweep.json"
    )
    for variant, values in errors.items():
        cell_tags = {**tags, "dataset": "shapeset", "variant": variant}
        for number in range(settings.search.trials):
            name = f"{variant}-shapeset-t{number:03d}"
            trial = {**cell_tags, "kind": "trial", "key": name}
            params = {"depth": 2 if number % 2 else 1, "learning_rate": 0.1}
            writers[name] = runs.create(name, trial, params)
            state = "pruned" if number == 4 else "complete"
            writers[name].add([Point("updates_done", 10.0 if number == 4 else 30.0, 30)])
            writers[name].finish("FINISHED", {"state": state})
        for seed, error in enumerate(values):
            name = f"{variant}-shapeset-seed{seed}"
            role = {"role": "table_depth+best_depth", "seed": str(seed)}
            params = {"depth": 2, "learning_rate": 0.1, "weight_seed": f"{variant}{seed}"}
            writers[name] = runs.create(
                name, {**cell_tags, **role, "kind": "replicate", "key": name}, params
            )
            predictions = np.zeros(N_EXAMPLES, np.uint8)
            predictions[: round(error / 100 * N_EXAMPLES)] = 1
            labels = np.zeros(N_EXAMPLES, np.uint8)
            writers[name].arrays(PREDICTIONS, predictions=predictions, labels=labels)
            writers[name].add(
                [Point("final/test_error_percent", error, 40), Point("updates_done", 40.0, 40)]
            )
            writers[name].finish("FINISHED", {"state": "complete"})
    writers["sweep"].finish("FINISHED", {"state": "complete"})
    return writers
