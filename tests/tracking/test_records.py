"""Artifacts read back: with how many requests, and what one is told that is not there."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from free_ports import free_port
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from rights import as_others
from run_builders import record, write

from glorot_sweep.tracking import artifact_content
from glorot_sweep.tracking.models import is_registered
from glorot_sweep.tracking.records import (
    ArtifactError,
    find_runs,
    get_run,
    has_arrays,
    read_arrays,
)
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Artifact


@pytest.fixture
def run(place):
    """A run whose artifact says 1, 2, 3."""
    made = write(RunStore(place.client, place.experiment_id), record("replicate", "running"))
    made.arrays(Artifact.PREDICTIONS, labels=np.arange(1, 4))
    return made


def read(client, run):
    return read_arrays(client, run.run_id, Artifact.PREDICTIONS)["labels"].tolist()


def test_one_request_tells_where_an_artifact_is(place, run, monkeypatch):
    asked = []

    def count(method, real):
        def counted(*arguments, **keywords):
            asked.append(method)
            return real(*arguments, **keywords)

        monkeypatch.setattr(SqlAlchemyStore, method, counted)

    for method in ("get_run", "search_logged_models"):
        count(method, getattr(SqlAlchemyStore, method))
    assert read(place.client, run) == [1, 2, 3]
    assert asked == ["get_run"]


def test_what_is_not_there_is_one_error(place, run):
    with pytest.raises(ArtifactError, match=rf"weights.* of the run {run.run_id} is missing"):
        read_arrays(place.client, run.run_id, Artifact.WEIGHTS)
    assert not has_arrays(place.client, run.run_id, Artifact.WEIGHTS, None)
    assert has_arrays(place.client, run.run_id, Artifact.PREDICTIONS, None)


def test_a_server_that_is_away_says_nothing_of_a_run_or_its_artifacts(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    away = MlflowClient(tracking_uri=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(MlflowException, match="API request to"):
        get_run(away, "0" * 32)
    with pytest.raises(MlflowException, match="API request to"):
        read_arrays(away, "0" * 32, Artifact.PREDICTIONS)
    with pytest.raises(MlflowException, match="API request to"):
        is_registered(away, "a", "0" * 32)


@pytest.mark.parametrize("closed", ["predictions/test.npz", "predictions", "."])
def test_a_closed_folder_says_nothing_of_an_artifact(place, run, stores, closed):
    path = next(stores.rglob(f"{run.run_id}/artifacts")) / closed
    rights = path.stat().st_mode
    path.chmod(0)
    try:
        for reads in (read_arrays, partial(has_arrays, sha256=None)):
            with pytest.raises(PermissionError):
                as_others(partial(reads, place.client, run.run_id, Artifact.PREDICTIONS))
    finally:
        path.chmod(rights)
    assert read(place.client, run) == [1, 2, 3]


@pytest.mark.parametrize(
    ("listed", "error"), [([Artifact.PREDICTIONS], MlflowException), ([], ArtifactError)]
)
def test_a_download_that_fails_is_an_outage_unless_the_file_is_not_listed(
    place, run, monkeypatch, listed, error
):
    """What a server says of a missing file depends on where it keeps its files."""

    def download(path, folder):
        raise MlflowException("500 Server Error")

    repository = SimpleNamespace(
        download_artifacts=download,
        list_artifacts=lambda _: [SimpleNamespace(path=str(path)) for path in listed],
    )
    monkeypatch.setattr(artifact_content, "get_artifact_repository", lambda *_, **__: repository)
    with pytest.raises(error, match="500 Server Error"):
        read(place.client, run)


def test_runs_of_one_millisecond_stand_in_the_order_of_their_keys(place):
    """Their ids are other ones wherever the sweep was carried to."""
    keys = ["c", "a", "e", "b", "d"]
    for key in keys:
        place.client.create_run(place.experiment_id, 1000, {"key": key})
    place.client.create_run(place.experiment_id, 999, {"key": "z"})
    found = find_runs(place.client, [place.experiment_id])
    assert [run.tags["key"] for run in found] == ["z", *sorted(keys)]
