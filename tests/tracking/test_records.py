"""Artifacts read back: with how many requests, and what one is told that is not there."""

import numpy as np
import pytest
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from run_builders import record, write

from glorot_sweep.tracking.records import ArtifactError, find_runs, has_arrays, read_arrays
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


def test_runs_of_one_millisecond_stand_in_the_order_of_their_keys(place):
    """Their ids are other ones wherever the sweep was carried to."""
    keys = ["c", "a", "e", "b", "d"]
    for key in keys:
        place.client.create_run(place.experiment_id, 1000, {"key": key})
    place.client.create_run(place.experiment_id, 999, {"key": "z"})
    found = find_runs(place.client, [place.experiment_id])
    assert [run.tags["key"] for run in found] == ["z", *sorted(keys)]
