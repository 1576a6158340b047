"""Points of runs belong to no model that somebody has made MLflow's active one."""

import mlflow
import pytest
from mlflow.tracking import fluent

from glorot_sweep.host import environment
from glorot_sweep.interface.guest import as_guest
from glorot_sweep.tracking.runs import Point, RunStore


@pytest.fixture
def active():
    """A model that no store has is the active one of this thread."""
    before = fluent._ACTIVE_MODEL_CONTEXT.get()
    fluent._ACTIVE_MODEL_CONTEXT.set(fluent.ActiveModelContext("m-1"))
    yield
    fluent._ACTIVE_MODEL_CONTEXT.set(before)


def test_a_guest_writes_to_no_model_and_leaves_the_callers_active(place, active, monkeypatch):
    for name in environment.ELSEWHERE[1:]:
        monkeypatch.setenv(name, "m-1")
    with as_guest():
        assert mlflow.get_active_model_id() is None
        run = RunStore(place.client, place.experiment_id).create("a", {})
        run.add([Point("objective", 1.0, 0)])
        run.flush()
    assert mlflow.get_active_model_id() == "m-1"
    assert place.client.get_run(run.run_id).data.metrics == {"objective": 1.0}
