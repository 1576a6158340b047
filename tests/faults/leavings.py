"""What a sweep leaves besides its runs and points: artifacts, models, files, processes."""

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mlflow.entities import LoggedModelStatus

from faults.processes import members_of_session, wait_until_gone

ENDING_SECONDS = 60.0
LOCK = ".lock"  # an empty or released lock file may stay; it holds nobody
DIGEST = "sha256/"  # the tag of an artifact's SHA-256 begins so


def artifacts(run):
    """Yield path and file of each artifact of a run in a local store."""
    folder = Path(unquote(urlsplit(run.info.artifact_uri).path))
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file


def digests(run):
    """Return the SHA-256 that a run's tags say of its artifacts."""
    return {key: value for key, value in run.data.tags.items() if key.startswith(DIGEST)}


def assert_artifacts_are_those_written(run):
    """Every local artifact whose digest a tag holds is there, with that content."""
    if urlsplit(run.info.artifact_uri).scheme not in {"", "file"}:
        return
    there = {DIGEST + name: hashlib.sha256(file.read_bytes()).hexdigest()
             for name, file in artifacts(run)}  # fmt: skip
    for key, value in digests(run).items():
        assert there.get(key) == value, (run.info.run_name, key)


def registered(sweep, runs):
    """Return the names of the runs behind the versions of each registered model.

    A version of a run that was deleted may stay beside them.
    """
    client, names = sweep.place.client, {run.info.run_id: run.info.run_name for run in runs}
    return {
        model.name: [
            names[version.run_id]
            for version in client.search_model_versions(f"name = '{model.name}'")
            if version.run_id in names
        ]
        for model in client.search_registered_models()
    }


def assert_models_are_whole(sweep, runs):
    """One version for each registered model, under its alias, and one logged model, not pending."""
    client, found = sweep.place.client, registered(sweep, runs)
    names = {run.info.run_id: run.info.run_name for run in runs}
    for model, behind in found.items():
        assert len(behind) == 1, f"{model} has versions of {behind}"
        winner = client.get_model_version_by_alias(model, "winner")
        assert [names.get(winner.run_id)] == behind, f"the alias of {model} is elsewhere"
    logged = client.search_logged_models([sweep.place.experiment_id])
    assert {model.status for model in logged} <= {LoggedModelStatus.READY}, "a model is pending"
    made = [names[one.source_run_id] for one in logged if one.source_run_id in names]
    assert sorted(made) == sorted(name for behind in found.values() for name in behind)


def contents(folder):
    """Return the SHA-256 of every file below a folder, by its path."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*")) if file.is_file()
    }  # fmt: skip


def files_beside(sweep):
    """Return the names of what lies in a sweep's folder, without locks."""
    return {entry.name for entry in sweep.folder.iterdir() if not entry.name.endswith(LOCK)}


def assert_no_process_is_left(sweep):
    """Every process that was started has ended, with all that it has started itself."""
    for process in sweep.started:
        left = wait_until_gone(members_of_session(process.pid), ENDING_SECONDS)
        assert not left, [one.command for one in left]
