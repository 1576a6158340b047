"""The runs of a support vector machine in MLflow: one for it, below it one for each trial."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.description import profile
from glorot_sweep.errors import UserError
from glorot_sweep.significance import proportion_interval
from glorot_sweep.svm.problem import SvmProblem
from glorot_sweep.svm.request import SvmRequest
from glorot_sweep.svm.search import SvmTrial
from glorot_sweep.tracking.dataset_note import DatasetNote, note_of
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import find_runs, get_run
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.same_params import lacking_params
from glorot_sweep.tracking.schema.beside import (
    SvmFinals,
    SvmMark,
    SvmParams,
    SvmRun,
    SvmTrialMark,
    SvmTrialRun,
    pair,
)
from glorot_sweep.tracking.schema.fields import metrics_of, params_of, tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind
from glorot_sweep.tracking.schema.runs import Mark, origin_here, read, standing

VARIANT = "svm"  # what it has in the place of a network's variant


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
    was_complete: SvmRun | None
    trials: Mapping[str, SvmTrialRun]

    def lacks(self, number: int) -> bool:
        """Return whether there is no finished run of a trial, of this or an earlier attempt."""
        found = self.trials.get(self._key_of(number))
        return found is None or found.state is not State.COMPLETE

    def open_trial(self, trial: SvmTrial, examples: int) -> RunWriter:
        """Create a trial's run, or re-open that of an earlier attempt."""
        key = self._key_of(trial.number)
        mark = SvmTrialMark(dataset=self.note.name, variant=VARIANT, baseline=self.run.run_id)
        tags = {**self.tags, **tags_of(Mark(kind=Kind.TRIAL, key=key), mark)}
        params = params_of(pair(trial.c, trial.gamma, examples))
        found = self.trials.get(key)
        if found is not None:
            return self.store.reopen(found.run_id, tags, params)
        return self.store.create(key, tags, params, parent=self.run.run_id)

    def _key_of(self, number: int) -> str:
        return f"{self.key}-t{number:03d}"

    def finish(self, result: SvmResult, test: Examples) -> None:
        """Write what the machine is and what it is worth."""
        low, high = proportion_interval(result.test_error, len(test))
        finals = SvmFinals(
            test_error=result.test_error,
            low=low,
            high=high,
            validation_error=result.validation_error,
            best_validation_error=result.trial.error,
            support_vectors=result.support_vectors,
            c=result.trial.c,
            gamma=result.trial.gamma,
            fit_seconds=result.fit_seconds,
            test_seconds=result.test_seconds,
        )
        arrays = {"predictions": result.predictions, "labels": test.labels.numpy()}
        self.run.arrays(Artifact.PREDICTIONS, **{k: v.astype(np.uint8) for k, v in arrays.items()})
        self.run.add(Point(key, value, 0) for key, value in metrics_of(finals).items())
        for run in filter(None, (self.run, self.invocation)):
            run.finish(State.COMPLETE)


def open_svm_runs(request: SvmRequest, problem: SvmProblem, place: Place) -> SvmRuns:
    """Find the machine that was asked for before with the same numbers, or create its run.

    Raises:
        UserError: the run that `mlflow run` made is not in this store, or the machine's run has
            other params than were asked for, or a run of it is not as it was written. No run was
            changed.
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
    found = find_runs(
        place.client, [place.experiment_id], kind=Kind.BASELINE, config_hash=config_hash
    )
    machines = [read(SvmRun, run) for run in found]
    mark = SvmMark(dataset=problem.dataset.name, variant=VARIANT)
    tags = tags_of(origin_here(config_hash=config_hash), mark, standing(State.RUNNING))
    params = params_of(
        SvmParams(
            requested=request.dataset,
            examples=request.examples,
            tuning_examples=request.tuning_examples,
            trials=request.trials,
            seed=request.seed,
            n_inputs=problem.dataset.n_inputs,
            n_classes=problem.dataset.n_classes,
        )
    )
    by_key: dict[str, SvmTrialRun] = {}
    if machines:
        run_id = machines[0].run_id
        params = lacking_params(run_id, key, place.client.get_run(run_id).data.params, params)
        found = find_runs(place.client, [place.experiment_id], baseline=run_id)
        by_key = {str(trial.key): trial for trial in (read(SvmTrialRun, run) for run in found)}
    note = note_of(problem.dataset, digest, profile(problem.dataset))
    run, invocation, complete = _open(store, machines, place, key, tags)
    with true_statuses(*filter(None, (run, invocation))):
        have = place.client.get_run(run.run_id).data.params  # `mlflow run` logs its own
        run.params({name: value for name, value in params.items() if name not in have})
        run.inputs(note)  # again, if an attempt before came so far: MLflow keeps one
    return SvmRuns(store, run, key, note, tags, invocation, complete, by_key)


def _open(
    store: RunStore, found: list[SvmRun], place: Place, key: str, tags: dict[str, str]
) -> tuple[RunWriter, RunWriter | None, SvmRun | None]:
    """Return the machine's run, that of `mlflow run` if it is another, and what is complete."""
    tags = {**tags, **tags_of(Mark(kind=Kind.BASELINE, key=key))}
    if not found:
        adopted = place.project_run
        run = store.adopt(adopted, key, tags) if adopted else store.create(key, tags)
        return run, None, None
    record, invocation = found[0], None
    if place.project_run and place.project_run != record.run_id:
        again = {**tags, **tags_of(Mark(kind=Kind.INVOCATION, key=key))}
        invocation = store.adopt(place.project_run, f"{key}-again", again)
    if record.state is State.COMPLETE:
        return RunWriter(place.client, record.run_id, record.started), invocation, record
    return store.reopen(record.run_id, tags), invocation, None
