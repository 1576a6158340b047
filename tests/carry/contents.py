"""All that the stores of a folder hold of a sweep, with ids as they were where it was made."""

import re

import optuna
from stored_sweep import storage_in
from sweep_builders import all_runs

from glorot_sweep.sweep.storage.database import opened_storage
from glorot_sweep.tracking.copies import artifact_paths
from glorot_sweep.tracking.records import read_text
from glorot_sweep.tracking.schema.names import Artifact, Param

NOT_CARRIED = ("lease", "saved_in/", "mlflow.user", "mlflow.source.name", "exported_run",
               "mlflow.note.content", "mlflow.gitRepoURL")  # fmt: skip


def first_ids(place):
    """The id of each run where it was made, by its id here."""
    return {
        run.info.run_id: run.data.tags.get("exported_run", run.info.run_id)
        for run in all_runs(place)
    }


def with_first_ids(text, ids):
    return re.sub("[0-9a-f]{32}", lambda found: ids.get(found[0], found[0]), text)


def runs_of(place):
    """Every run but reports: times, status, tags, params, points, inputs and artifacts' paths."""
    ids = first_ids(place)
    found = {}
    for run in all_runs(place):
        if run.data.tags["kind"] == "report":
            continue
        run_id, info = run.info.run_id, run.info
        points = {
            key: sorted((p.step, p.timestamp, repr(p.value))
                        for p in place.client.get_metric_history(run_id, key))
            for key in run.data.metrics
        }  # fmt: skip
        own = next(other for other in all_runs(place) if other.data.tags["kind"] == "sweep")
        tags = {
            key: with_first_ids(value, ids).replace(own.info.run_id[:8], ids[own.info.run_id][:8])
            for key, value in run.data.tags.items()
            if not key.startswith(NOT_CARRIED) and key not in {"left_out", "sweep_run"}
        }
        inputs = [
            (one.dataset.name, one.dataset.digest, one.dataset.source, one.tags[0].value)
            for one in run.inputs.dataset_inputs
        ]
        paths = [
            path for path in artifact_paths(place.client, run_id)
            if "weights" not in path and path != Artifact.ENVIRONMENT
        ]  # fmt: skip
        params = {key: value for key, value in run.data.params.items() if key in set(Param)}
        texts = [read_text(place.client, run_id, path) for path in paths if "config" in path]
        found[ids[run_id]] = (
            info.run_name, info.status, info.start_time, info.end_time, tags,
            params, points, inputs, paths, texts,
        )  # fmt: skip
    return found


def studies_of(folder):
    """Every study by the last parts of its name: attributes and trials."""
    found = {}
    with opened_storage(storage_in(folder)) as storage:
        for name in optuna.get_all_study_names(storage):
            study = optuna.load_study(study_name=name, storage=storage)
            found[tuple(name.split("/")[2:])] = [
                (t.number, t.state, repr(t.values), t.params, t.distributions,
                 repr(t.intermediate_values), t.datetime_start, t.datetime_complete)
                for t in study.get_trials()
            ]  # fmt: skip
    return found
