"""Writing runs and reading them back."""

import numpy as np
import pytest
from sweep_builders import NOTE, steps

from glorot_sweep.tracking import records
from glorot_sweep.tracking.ending import abandon_runs
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.records import (
    ArtifactError,
    find_runs,
    get_run,
    read_arrays,
    read_json,
    read_text,
)
from glorot_sweep.tracking.runs import Point, RunStore, RunWriter
from glorot_sweep.tracking.schema.fields import StoredRunError
from glorot_sweep.tracking.schema.names import Kind


@pytest.fixture
def runs(place):
    return RunStore(place.client, place.experiment_id)


def count_requests(client, monkeypatch):
    sizes = []
    original = client.log_batch

    def count(run_id, metrics=(), params=(), tags=(), **rest):
        sizes.append((len(metrics), len(tags)))
        return original(run_id, metrics=metrics, params=params, tags=tags, **rest)

    monkeypatch.setattr(client, "log_batch", count)
    return sizes


def test_of_many_tags_digests_and_labels_are_set_first_and_the_rest_at_once(place, monkeypatch):
    """Hash, growth and state of a sweep of 100 data sets that grows are in one request."""
    run = RunStore(place.client, place.experiment_id).create("a", {})
    real, requests = place.client.log_batch, []

    def noted(run_id, *args, tags=(), **options):
        requests.append([tag.key for tag in tags])
        real(run_id, *args, tags=tags, **options)

    monkeypatch.setattr(place.client, "log_batch", noted)
    last = {"config_hash": "ab", "growth/1": "{}", "state": "running"}
    run.tag({**last, **{f"digest.d{n}": "cd" for n in range(120)}})
    assert [len(request) for request in requests] == [23, 100]
    assert requests[-1][-3:] == [*last]
    requests.clear()
    run.tag(last)
    assert requests == [[*last]]


@pytest.mark.slow
def test_points_wait_for_the_flush_and_go_in_full_requests(place, runs, monkeypatch):
    writer = runs.create("a", {})
    sizes = count_requests(place.client, monkeypatch)
    writer.add(Point("loss", float(update), update) for update in range(2500))
    assert sizes == []
    writer.flush()
    assert sizes == [(999, 0), (999, 0), (502, 1)]  # the last one says when it was sent
    points = place.client.get_metric_history(writer.run_id, "loss")
    assert [(p.step, p.value) for p in points] == [(u, float(u)) for u in range(2500)]
    writer.flush()
    assert [size for size in sizes[3:] if size != (0, 0)] == []  # nothing is sent twice


def test_metrics_and_tags_of_a_request_stay_under_the_limit(place, runs, monkeypatch):
    writer = runs.create("a", {})
    sizes = count_requests(place.client, monkeypatch)
    writer.add(Point("loss", 1.0, update) for update in range(1000))
    writer.flush({"state": "complete", "note": "x"})
    assert all(metrics + tags <= 1000 for metrics, tags in sizes)
    assert sum(metrics for metrics, _ in sizes) == 1000
    assert get_run(place.client, writer.run_id).tags["state"] == "complete"


@pytest.mark.slow
def test_tags_come_with_the_last_request(place, runs, monkeypatch):
    """A run whose state is complete has all its points, wherever its writer was killed."""
    writer = runs.create("a", {})
    real, calls = place.client.log_batch, []

    def lost(*arguments, **keywords):
        calls.append(arguments)
        if len(calls) == 2:
            raise ConnectionError
        return real(*arguments, **keywords)

    writer.add(Point("loss", 1.0, update) for update in range(1500))
    with monkeypatch.context() as patch:
        patch.setattr(place.client, "log_batch", lost)
        with pytest.raises(ConnectionError):
            writer.flush({"state": "complete"})
    record = get_run(place.client, writer.run_id)
    assert ("loss" in record.metrics, record.tags.get("state")) == (True, None)
    writer.flush({"state": "complete"})
    assert get_run(place.client, writer.run_id).tags["state"] == "complete"


def test_a_point_written_twice_is_stored_once(place, runs):
    writer = runs.create("a", {})
    for _ in range(2):
        writer.add([Point("loss", 1.5, 10), Point("loss", 1.25, 20)])
        writer.flush()
    again = runs.reopen(writer.run_id, {})
    again.add([Point("loss", 1.5, 10), Point("loss", 1.0, 30)])
    again.flush()
    assert steps(place.client, writer.run_id, "loss") == [10, 20, 30]


def test_finish_sends_everything_before_the_status(place, runs, monkeypatch):
    writer = runs.create("a", {})
    writer.add([Point("loss", 1.0, 1)])

    def lost(*arguments, **keywords):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(place.client, "log_batch", lost)
        with pytest.raises(ConnectionError):
            writer.finish(State.COMPLETE)
    assert get_run(place.client, writer.run_id).status == "RUNNING"
    writer.finish(State.COMPLETE)
    record = get_run(place.client, writer.run_id)
    assert (record.status, record.metrics, record.tags["state"]) == (
        "FINISHED", {"loss": 1.0}, "complete",
    )  # fmt: skip


def test_reopening_counts_the_attempt_and_keeps_params_in_their_spelling(place, runs):
    writer = runs.create("a", {"state": "x"}, {"rate": "0.1"})
    writer.finish(State.FAILED, "why")
    runs.reopen(writer.run_id, {"state": "running"}, {"rate": "0.10", "depth": 2}, "b")
    record = get_run(place.client, writer.run_id)
    assert (record.status, record.name) == ("RUNNING", "b")
    assert record.params == {"rate": "0.1", "depth": "2"}
    assert record.tags["attempt"] == "2"
    assert record.tags["state"] == "running"
    assert "reason" not in record.tags


def test_a_run_that_has_ended_or_was_opened_again_is_not_abandoned(place, runs):
    """As when two fit the same machine: one finishes it, the other is stopped."""
    writers = [runs.create(name, {"state": "running"}) for name in ("ended", "again", "left")]
    RunWriter(place.client, writers[0].run_id, 0).finish(State.COMPLETE)
    runs.reopen(writers[1].run_id, {"state": "running"})
    abandon_runs(writers, State.KILLED, "stopped")
    states = [get_run(place.client, writer.run_id).tags["state"] for writer in writers]
    assert states == ["complete", "running", "killed"]


def test_the_project_run_is_named_and_counts_as_first_attempt(place, runs):
    project = place.client.create_run(place.experiment_id, run_name="bold-ape-1")
    runs.adopt(project.info.run_id, "small", {"kind": "sweep"})
    record = get_run(place.client, project.info.run_id)
    assert (record.name, record.tags["kind"], record.tags["attempt"]) == ("small", "sweep", "1")


def test_a_run_that_holds_something_else_is_not_adopted(place, runs):
    other = runs.create("other", {"kind": "sweep", "sweep": "other"})
    foreign = runs.create("of somebody", {})
    foreign.add([Point("accuracy", 1.0, 1)])
    foreign.flush()
    for writer in (other, foreign):
        before = get_run(place.client, writer.run_id)
        with pytest.raises(StoredRunError, match="is not one that `mlflow run` has just made"):
            runs.adopt(writer.run_id, "small", {"kind": "sweep", "sweep": "small"})
        assert get_run(place.client, writer.run_id) == before
    runs.adopt(other.run_id, "other", {"kind": "sweep", "sweep": "other"})  # its own, killed


@pytest.mark.parametrize(
    ("there", "wanted", "sweep"),
    [("baseline", "init_study", "-"), ("report", "init_study", "-"), ("trial", "report", "small")],
)
def test_a_run_of_another_kind_is_not_adopted(place, runs, there, wanted, sweep):
    """All runs that belong to no sweep have the same tag `sweep`."""
    run_id = runs.create("other", {"kind": there, "sweep": sweep}).run_id
    with pytest.raises(StoredRunError, match="is not one that `mlflow run` has just made"):
        runs.adopt(run_id, "mine", {"kind": wanted, "sweep": sweep})
    assert get_run(place.client, run_id).tags["kind"] == there


def test_inputs_are_stored_once_with_their_contexts(place, runs):
    writer = runs.create("a", {})
    for _ in range(2):
        writer.inputs(NOTE)
    inputs = place.client.get_run(writer.run_id).inputs.dataset_inputs
    assert [(i.dataset.name, i.dataset.digest) for i in inputs] == [("shapeset", NOTE.digest)]
    assert [tag.value for tag in inputs[0].tags] == ["training, validation, testing"]


def test_artifacts_come_back_as_they_went(place, runs):
    writer = runs.create("a", {})
    writer.text("größer", "notes/a.txt")
    writer.json({"a": [1, None]}, "notes/a.json")
    numbers = np.arange(6, dtype=np.float32).reshape(2, 3)
    writer.arrays("deep/er/x.npz", numbers=numbers)
    assert read_text(place.client, writer.run_id, "notes/a.txt") == "größer"
    assert read_json(place.client, writer.run_id, "notes/a.json") == {"a": [1, None]}
    back = read_arrays(place.client, writer.run_id, "deep/er/x.npz")["numbers"]
    assert back.dtype == np.float32
    assert np.array_equal(back, numbers)


def test_pickled_arrays_are_refused(place, runs):
    writer = runs.create("a", {})
    writer.arrays("x.npz", thing=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ArtifactError, match=r"thing\.npy is no array of numbers"):
        read_arrays(place.client, writer.run_id, "x.npz")


@pytest.mark.slow
def test_more_runs_than_a_page_are_all_found_oldest_first(place, runs, monkeypatch):
    for number in range(5):
        runs.create(f"r{number}", {"kind": "trial", "sweep": "odd" if number % 2 else "even"})
    monkeypatch.setattr(records, "PAGE", 2)
    ids = [place.experiment_id]
    assert [r.name for r in find_runs(place.client, ids, kind=Kind.TRIAL)] == [
        f"r{number}" for number in range(5)
    ]
    found = find_runs(place.client, ids, kind=Kind.TRIAL, sweep="even")
    assert [r.name for r in found] == ["r0", "r2", "r4"]


def test_deleted_and_unknown_runs_are_none(place, runs):
    writer = runs.create("a", {"kind": "trial"})
    runs.delete(writer.run_id)
    assert get_run(place.client, writer.run_id) is None
    assert get_run(place.client, "0" * 32) is None
    assert find_runs(place.client, [place.experiment_id], kind=Kind.TRIAL) == []
