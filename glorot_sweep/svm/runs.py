"""The runs of a support vector machine in MLflow: one for it, below it one for each trial."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.data.dataset import Examples
from glorot_sweep.errors import UserError
from glorot_sweep.host.provenance import provenance_tags
from glorot_sweep.significance import proportion_interval
from glorot_sweep.svm.request import SvmProblem, SvmRequest
from glorot_sweep.svm.search import SvmTrial
from glorot_sweep.sweep.records.recording import PREDICTIONS
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs, get_run
from glorot_sweep.tracking.runs import DatasetNote, Point, RunStore, RunWriter


@dataclass(frozen=True)
class SvmResult:
    """A machine that was fitted on all examples.

    Attributes:
        trial: the best trial, whose C and gamma it has.
        validation_error: percent.
        predictions: of the test examples [n].
        test_error: percent.
        support_vectors: how many examples are support vectors.
        fit_seconds, test_seconds: what the fit and the predictions took.
    """

    trial: SvmTrial
    validation_error: float
    predictions: NDArray[np.int64]
    test_error: float
    support_vectors: int
    fit_seconds: float
    test_seconds: float


@dataclass
class SvmRuns:
    """The runs of one request.

    Attributes:
        store: creates runs.
        run: of the machine.
        key: its name.
        invocation: the run of `mlflow run`, if that is another one.
        was_complete: the machine as it stands on the server, if nothing is left to do.
        trials: runs of earlier attempts by their tag `key`.
    """

    store: RunStore
    run: RunWriter
    key: str
    note: DatasetNote
    tags: dict[str, str]
    invocation: RunWriter | None
    was_complete: RunRecord | None
    trials: Mapping[str, RunRecord]

    def open_trial(self, trial: SvmTrial, examples: int) -> RunWriter:
        """Create a trial's run, or re-open that of an earlier attempt."""
        key = f"{self.key}-t{trial.number:03d}"
        tags = {**self.tags, "kind": "trial", "key": key, "baseline": self.run.run_id}
        params = {
            "c": trial.c,
            "gamma": trial.gamma,
            "log10_c": f"{math.log10(trial.c):.6f}",
            "log10_gamma": f"{math.log10(trial.gamma):.6f}",
            "examples": examples,
        }
        found = self.trials.get(key)
        if found is not None:
            return self.store.reopen(found.run_id, tags, params)
        return self.store.create(key, tags, params, parent=self.run.run_id)

    def finish(self, result: SvmResult, test: Examples) -> None:
        """Write what the machine is and what it is worth."""
        low, high = proportion_interval(result.test_error, len(test))
        values = {
            "final/test_error_percent": result.test_error,
            "final/test_error_low_percent": low,
            "final/test_error_high_percent": high,
            "final/validation_error_percent": result.validation_error,
            "best/validation_error_percent": result.trial.error,
            "support_vectors": result.support_vectors,
            "c": result.trial.c,
            "gamma": result.trial.gamma,
            "fit_seconds": result.fit_seconds,
            "test_seconds": result.test_seconds,
        }
        arrays = {"predictions": result.predictions, "labels": test.labels.numpy()}
        self.run.arrays(PREDICTIONS, **{k: v.astype(np.uint8) for k, v in arrays.items()})
        self.run.add(Point(key, float(value or 0.0), 0) for key, value in values.items())
        for run in filter(None, (self.run, self.invocation)):
            run.finish("FINISHED", {"state": "complete"})


def open_svm_runs(request: SvmRequest, problem: SvmProblem, place: Place) -> SvmRuns:
    """Find the machine that was asked for before with the same numbers, or create its run.

    Raises:
        UserError: the run that `mlflow run` made is not in this store.
    """
    if place.project_run and get_run(place.client, place.project_run) is None:
        raise UserError(
            f"the run {place.project_run} that `mlflow run` made is not in {place.shown_uri}; set "
            "MLFLOW_TRACKING_URI to an absolute one, sqlite:////folder/mlflow.db."
        )
    store = RunStore(place.client, place.experiment_id)
    digest = problem.dataset.digest()
    identity = {**request.identity(), "digest": digest}
    config_hash = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:12]
    key = f"svm-{problem.dataset.name}"
    tags = {
        **provenance_tags(), "sweep": "-", "dataset": problem.dataset.name, "variant": "svm",
        "config_hash": config_hash, "state": "running",
    }  # fmt: skip
    known = {"kind": "baseline", "config_hash": config_hash}
    found = find_runs(place.client, [place.experiment_id], **known)
    run, invocation, complete = _open(store, found, place, key, {**tags, **known, "key": key})
    params = {**request.identity(), "n_inputs": problem.dataset.n_inputs,
              "n_classes": problem.dataset.n_classes}  # fmt: skip
    have = place.client.get_run(run.run_id).data.params  # `mlflow run` logs its own parameters
    run.params({name: value for name, value in params.items() if name not in have})
    note = DatasetNote(problem.dataset.name, digest, f"glorot_sweep.data {problem.dataset.name}")
    run.inputs(note)  # again, if an attempt before came so far: MLflow keeps one
    trials = find_runs(place.client, [place.experiment_id], baseline=run.run_id)
    by_key = {trial.tags["key"]: trial for trial in trials}
    return SvmRuns(store, run, key, note, tags, invocation, complete, by_key)


def _open(
    store: RunStore, found: list[RunRecord], place: Place, key: str, tags: dict[str, str]
) -> tuple[RunWriter, RunWriter | None, RunRecord | None]:
    """Return the machine's run, that of `mlflow run` if it is another, and what is complete."""
    if not found:
        adopted = place.project_run
        run = store.adopt(adopted, key, tags) if adopted else store.create(key, tags)
        return run, None, None
    record, invocation = found[0], None
    if place.project_run and place.project_run != record.run_id:
        again = {**tags, "kind": "invocation"}
        invocation = store.adopt(place.project_run, f"{key}-again", again)
    if record.tags["state"] == "complete":
        return RunWriter(place.client, record.run_id, record.started), invocation, record
    return store.reopen(record.run_id, tags), invocation, None
