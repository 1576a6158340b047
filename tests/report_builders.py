"""Factories for tests of the report: cells, collected sweeps, and a finished sweep on a store."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from mlflow.tracking._tracking_service import utils as mlflow_tracking
from run_builders import record, write, write_ended
from sweep_builders import NOTE, config, grouped_values

from glorot_sweep.config.factors import at_value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.evidence import SupportVectorMachine
from glorot_sweep.tracking.layer_table import layer_frame, write_layers
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import DEFAULT_ARTIFACTS, Place
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.names import Artifact, Curve

N_EXAMPLES = 200
TEST_ERRORS = {"tanh": (40.0, 42.0), "tanh_n": (30.0, 31.0)}  # of replicates, percent


def cell(variant, errors, dataset="shapeset", failed=0, diverged=0, n=N_EXAMPLES):
    """A cell whose replicate r has the wrong answers of `errors[r]` percent, at the front."""
    wrong = np.zeros((len(errors), n), dtype=bool)
    for row, error in zip(wrong, errors, strict=True):
        row[: round(error / 100 * n)] = True
    return Cell(
        dataset, variant, 2, 0.1, np.array(errors, dtype=float), wrong, np.zeros(n, np.uint8),
        diverged, failed, tuple(f"{variant}{r}" for r in range(len(errors) + failed)),
        label=VARIANTS[variant].label,
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


def over_depths(cells, changes=None):
    """A sweep with depth as a factor; `cells` are those at each depth, the table is at the last."""
    content = grouped_values({"replicates.depths": list(cells), "search.rungs": [],
                              "variants": [one.variant for one in cells[max(cells)]],
                              **(changes or {})})  # fmt: skip
    del content["search"]["depth"]
    whole = SweepConfig.model_validate(content)
    each = [
        replace(
            collected([replace(one, depth=value.number) for one in cells[value.number]]),
            config=at_value(whole, value),
            whole=whole,
        )
        for value in values_of(whole)
        if value is not None
    ]
    return replace(each[-1], others=tuple(each[:-1]))


def trials_of(variant, count):
    """Trials of both depths, of which the fifth was pruned."""
    for number in range(count):
        name, pruned = f"{variant}-shapeset-t{number:03d}", number == 4
        yield record(
            "trial", "pruned" if pruned else "complete", name=name, key=name, trial=number,
            variant=variant, depth=2 if number % 2 else 1, updates_done=10 if pruned else 30,
            best_validation_error=50.0 + number, objective=None if pruned else 50.0 + number,
        )  # fmt: skip


def answers(error):
    """Return predictions of which `error` percent are wrong, at the front, and their labels."""
    predictions, labels = np.zeros((2, N_EXAMPLES), np.uint8)
    predictions[: round(error / 100 * N_EXAMPLES)] = 1
    return {"predictions": predictions, "labels": labels}


def write_end_of_replicate(writer, error, window):
    """Write what a replicate leaves besides its values: predictions, curves, layers.

    Within the window errors fall by a point from one evaluation to the next, and the mean is
    `error`; before it they are larger.
    """
    last = error - (window - 1) / 2
    writer.arrays(Artifact.PREDICTIONS, **answers(last))
    within = [(40 - 40 * later // (10 * window), later, later) for later in range(window)]
    for update, validation, test in ((20, window + 4, window + 5), *within):
        writer.add([Point(Curve.VALIDATION_ERROR, last + validation, update)])
        writer.add([Point(Curve.TEST_ERROR, last + test, update)])
    write_layers(writer, layer_frame(layer_rows(2)))
    writer.finish(State.COMPLETE)


def finished_sweep(place, settings=None):
    """Write a finished sweep as the driver leaves it; return name to writer."""
    settings = settings or config()
    window = settings.replicates.window
    runs = RunStore(place.client, place.experiment_id)
    own = {"sweep": settings.name, "config_hash": settings.hash()}
    writers = {"sweep": write(runs, record("sweep", "running", name=settings.name, **own))}
    writers["sweep"].json(
        {"config": settings.identity(), "digests": {"shapeset": NOTE.digest}}, Artifact.IDENTITY
    )
    for variant, errors in TEST_ERRORS.items():
        for trial in trials_of(variant, settings.search.trials):
            writers[trial.name] = write_ended(runs, replace(trial, **own))
        for seed, error in enumerate(errors):
            name = f"{variant}-shapeset-seed{seed}"
            writers[name] = write(
                runs,
                record(
                    "replicate", name=name, key=name, variant=variant, seed=seed,
                    weight_seed=10 * len(variant) + seed, test_error=error, validation_error=error,
                    updates_done=40, window=window, **own,
                ),
            )  # fmt: skip
            write_end_of_replicate(writers[name], error, window)
        if settings.monitored is not None:
            name = f"monitored-{variant}"
            writers[name] = write(
                runs,
                record(
                    "monitored", name=name, key=name, variant=variant, learning_rate=0.05, **own
                ),
            )
            writers[name].add(
                [Point(Curve.VALIDATION_LOSS, 2.0, 20), Point(Curve.VALIDATION_LOSS, 1.5, 40)]
            )
            write_layers(writers[name], layer_frame(layer_rows(2)))
            writers[name].finish(State.COMPLETE)
    writers["sweep"].finish(State.COMPLETE)
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
    name = f"init_study-{dataset}"
    run = write(
        runs, record("init_study", "running", name=name, dataset=dataset, width=width, depth=depth)
    )
    networks = [
        {"activation": "tanh", "initialization": initialization, "gain": 1.0, "depth": 2,
         "width": 16, "seed": 0}
        for initialization in ("standard", "normalized")
    ]  # fmt: skip
    rows = [(network, row) for network in networks for row in layer_rows(2) if row.update == 0]
    write_layers(run, layer_frame([row for _, row in rows], [network for network, _ in rows]))
    grid = np.ones((1, 3, 3))
    run.arrays(
        Artifact.COST_SURFACES, axis=np.arange(3.0), log_likelihood=grid, quadratic=grid,
        log_likelihood_plateau=np.array([0.1]), quadratic_plateau=np.array([0.5]),
    )  # fmt: skip
    run.finish(State.COMPLETE)
    return run


def svm(error, examples=100_000):
    name = f"shapeset_finite_{examples}"
    return SupportVectorMachine(
        f"svm-{examples}", f"svm-{name}", name, examples, 3000, 16, 7.0, 0.02, error, error,
        error - 1, error + 1, examples - 10,
    )  # fmt: skip
