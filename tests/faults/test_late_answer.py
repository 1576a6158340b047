"""A worker that was taken for dead, wakes up, and finds its trial given to another."""

import dataclasses

import pytest
from sweep_builders import NOTE, by_name, small_dataset, spec

from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.records.recording import RunPlan, SupersededError
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.runs import origin_here

pytestmark = pytest.mark.faults

TAGS = tags_of(origin_here("small", "abc"))


def job(trial, existing=None):
    return PackJob(PackSpec((trial,)), {trial.key: RunPlan(None, TAGS, existing)}, NOTE)


def left_by(place, key):
    """Everything that a run has: status, tags, values, every point, artifacts."""
    run = by_name(place)[key]
    client, run_id = place.client, run.info.run_id
    points = {
        name: [(point.step, point.value) for point in client.get_metric_history(run_id, name)]
        for name in run.data.metrics
    }
    files = [file.path for file in client.list_artifacts(run_id)]
    return run.info.status, run.data.tags, run.data.metrics, points, files


class Wakes:
    """Called after each chunk: at its first call another worker trains the trial to its end."""

    def __init__(self, place, trial, error=None):
        self.place, self.trial, self.error = place, trial, error
        self.left = None

    def __call__(self, updates, trials):
        if self.left is not None:
            return
        store = RunStore(self.place.client, self.place.experiment_id)
        late = by_name(self.place)[self.trial.key]
        run_job(job(self.trial, late.info.run_id), store, small_dataset(), lambda *_: None)
        self.left = left_by(self.place, self.trial.key)
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("purpose", ["trial", "replicate"])
@pytest.mark.parametrize(
    ("error", "ends"),
    [(None, SupersededError), (ValueError("late"), ValueError), (StopRequested(15), StopRequested)],
)
def test_a_late_worker_writes_nothing_however_it_ends(place, purpose, error, ends):
    trial = dataclasses.replace(spec("a"), purpose=purpose)
    wakes = Wakes(place, trial, error)
    store = RunStore(place.client, place.experiment_id)
    with pytest.raises(ends):
        run_job(job(trial), store, small_dataset(), wakes)
    status, tags, metrics, points, _ = wakes.left
    assert status == "FINISHED"
    assert (tags["state"], tags["attempt"]) == ("complete", "2")
    assert metrics["updates_done"] == 30
    assert [step for step, _ in points["validation/loss"]] == [10, 20, 30]
    assert left_by(place, trial.key) == wakes.left
