"""What the version before has left is read, reported and repaired."""

import pytest

from glorot_sweep.tracking.records import find_runs
from glorot_sweep.tracking.sweeps import find_sweep, read_config

RUNS = {"finished": 19, "stopped": 11, "killed": 7}


@pytest.fixture(params=RUNS)
def store(request):
    return request.getfixturevalue(request.param)


def test_artifacts_are_found_where_the_store_lies_now(store):
    place = store.place()
    runs = find_runs(place.client, [place.experiment_id])
    assert len(runs) == RUNS[store.folder.name]
    assert all(run.artifact_uri.startswith(store.folder.as_uri()) for run in runs)
    assert read_config(place, find_sweep(place, "micro")).name == "micro"
