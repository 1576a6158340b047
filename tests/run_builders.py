"""Runs as typed records with everything that they must have, and the same written to a store."""

import math
from typing import Any

from glorot_sweep.tracking.life import State, state_of
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.beside import InitStudyRun, SvmRun
from glorot_sweep.tracking.schema.fields import metrics_of, params_of, tags_of
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.report import ReportRun
from glorot_sweep.tracking.schema.runs import StoredRun, SweepRun
from glorot_sweep.tracking.schema.studies import StudyRun
from glorot_sweep.tracking.schema.trained import MonitoredRun, ReplicateRun, TrialRun

TRAINED = {
    "dataset": "shapeset", "variant": "tanh", "activation": "tanh", "batch_size": 10,
    "data_seed": 1, "depth": 2, "initialization": "standard", "input_scaling": "unit",
    "learning_rate": 0.1, "log10_learning_rate": -1.0, "updates": 40, "weight_seed": 2,
    "width": 16, "updates_done": 30,
}  # fmt: skip
SIZE = {"width": 16, "depth": 2, "draws": 1, "examples": 1, "seed": 0}
RECORDS: dict[Kind, tuple[type[StoredRun], dict[str, Any]]] = {
    Kind.SWEEP: (SweepRun, {"digests": {}, "overlaps": {}, "labels": {}}),
    Kind.STUDY: (
        StudyRun,
        {"dataset": "shapeset", "variant": "tanh", "study": "s", "optuna_study": "o"},
    ),
    Kind.TRIAL: (TrialRun, TRAINED),
    Kind.REPLICATE: (ReplicateRun, {**TRAINED, "seed": 0, "role": "table_depth+best_depth"}),
    Kind.MONITORED: (MonitoredRun, {**TRAINED, "seed": 0}),
    Kind.REPORT: (ReportRun, {"table_1": {}, "results": {}, "beyond": {}}),
    Kind.INIT_STUDY: (
        InitStudyRun,
        {"dataset": "shapeset", "n_inputs": 32, "n_classes": 4, **SIZE,
         "mean_singular_value": {}, "activation_spread": {}, "gradient_spread": {}},
    ),
    Kind.BASELINE: (
        SvmRun,
        {"dataset": "shapeset", "variant": "svm", "requested": "shapeset", "examples": 200,
         "tuning_examples": 500, "trials": 4, "seed": 0, "n_inputs": 1024, "n_classes": 9},
    ),
}  # fmt: skip


def record(kind: str = "sweep", state: str = "complete", **changes: Any) -> Any:
    """A run of a kind in the state of this word, with anything changed."""
    made, start = RECORDS[Kind(kind)]
    where = {"run_id": "r", "name": "n", "started": 0, "sweep": "small", "config_hash": "h"}
    status = state_of(state).status
    values = {**where, "status": status, "word": state_of(state), **start, **changes}
    if "learning_rate" in changes and "log10_learning_rate" in values:
        values["log10_learning_rate"] = math.log10(changes["learning_rate"])
    return made(kind=Kind(kind), **values)


def write(runs: RunStore, run: StoredRun) -> RunWriter:
    """Create a run that a record describes; it is still RUNNING."""
    writer = runs.create(run.name, tags_of(run), params_of(run))
    writer.add(Point(name, value, 0) for name, value in metrics_of(run).items())
    return writer


def write_ended(runs: RunStore, run: StoredRun) -> RunWriter:
    """The same, ended as the record says."""
    writer = write(runs, run)
    writer.finish(State(run.state))
    return writer
