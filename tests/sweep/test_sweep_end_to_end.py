"""A whole sweep in this process: nothing is missing, nothing is done twice, nothing depends on
how often it was stopped or how it was packed."""

import json
import os
import sqlite3
from pathlib import Path

import mlflow
import numpy as np
import pytest
from small_sweep import ONE_PACK, ONE_VARIANT, StopAfter, numbers, of_variant, sweep
from sweep_builders import all_runs, by_name, place_in, small_dataset, steps, store_uri

from glorot_sweep.errors import StopRequested, SweepHeldError, UserError
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import compiled
from glorot_sweep.report.collect import collect
from glorot_sweep.sweep.execution.devices import LocalDevices
from glorot_sweep.sweep.records import completeness
from glorot_sweep.sweep.storage.lock import hold, lock_path
from glorot_sweep.tracking.records import has_arrays, read_arrays
from glorot_sweep.tracking.schema.names import Artifact
from glorot_sweep.tracking.views.keeping import saved_views

N_TRIALS, N_STUDIES = 12, 2


class NoDevices(LocalDevices):
    """Devices that must not be started."""

    def start(self, config, datasets, begun):
        pytest.fail("the devices were started")


class Followed(StopSignal):
    """Counts how often the parent was to be followed."""

    times = 0

    def follow_parent(self):
        Followed.times += 1


def rows(folder: Path):
    """Number of rows of each table of both databases."""
    counts = {}
    for name in ("mlflow.db", "optuna.db"):
        connection = sqlite3.connect(folder / name)
        tables = connection.execute("select name from sqlite_master where type = 'table'")
        for (table,) in tables.fetchall():
            counts[name, table] = connection.execute(f"select count(*) from {table}").fetchone()
        connection.close()
    return counts


def test_every_trial_and_replicate_has_one_run_and_a_true_status(finished):
    _, outcome, found = finished
    kinds = [run.data.tags["kind"] for run in all_runs(outcome.place)]
    winners = {key.rpartition("-seed")[0] for key in found if "seed" in key}
    assert kinds.count("sweep") == 1
    assert kinds.count("study") == N_STUDIES
    assert kinds.count("trial") == N_TRIALS
    assert kinds.count("replicate") == 2 * len(winners)
    assert len(kinds) == len(found)
    names = {f"{v}-shapeset-t{n:03d}" for v in ("tanh", "tanh_n") for n in range(6)}
    assert names <= found.keys()
    expected = {("FINISHED", "complete"), ("FINISHED", "diverged"), ("KILLED", "pruned")}
    assert {outcome for outcome, _, _ in found.values()} <= expected
    assert any(outcome == ("KILLED", "pruned") for outcome, _, _ in found.values())


@pytest.mark.slow
def test_its_views_are_in_mlflow_with_the_models(finished):
    _, outcome, _ = finished
    run_id = by_name(outcome.place)[outcome.config.name].info.run_id
    titles = [view.title for view in saved_views(outcome.place, run_id)]
    assert titles == ["trials, best first", "replicates, charts", "models"]


def test_the_tree_has_one_level_and_every_run_its_sweep(finished):
    _, outcome, _ = finished
    runs = by_name(outcome.place)
    for run in runs.values():
        assert run.data.tags["sweep"] == "small"
        assert run.data.tags["engine"] == "native"
        assert run.data.tags["config_hash"] == outcome.config.hash()
        parent = run.data.tags.get("mlflow.parentRunId")
        if run.data.tags["kind"] in {"trial", "replicate"}:
            study = f"{run.data.tags['variant']}-{run.data.tags['dataset']}"
            assert parent == runs[study].info.run_id
        else:
            assert parent is None


@pytest.mark.slow
def test_every_step_of_every_metric_is_stored_once(finished):
    _, outcome, _ = finished
    client = outcome.place.client
    for run in by_name(outcome.place).values():
        for key in run.data.metrics:
            found = steps(client, run.info.run_id, key)
            assert len(found) == len(set(found)), (run.info.run_name, key)
        if run.data.tags["kind"] == "replicate":
            assert steps(client, run.info.run_id, "test/error_percent") == [20, 40]


def test_the_study_runs_name_their_winners(finished):
    _, outcome, _ = finished
    runs = by_name(outcome.place)
    for variant in ("tanh", "tanh_n"):
        study = runs[f"{variant}-shapeset"].data.metrics
        complete = [
            run.data.metrics["objective"]
            for name, run in runs.items()
            if name.startswith(f"{variant}-shapeset-t") and run.data.tags["state"] == "complete"
        ]
        assert study["best/validation_error_percent"] == min(complete)
        assert study["table_depth/depth"] == 2
        assert study["table_depth/validation_error_percent"] >= min(complete)


@pytest.mark.slow
def test_registered_models_answer_like_the_stored_predictions(finished, monkeypatch):
    folder, outcome, _ = finished
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store_uri(folder))
    client, planes = outcome.place.client, small_dataset().test.images.numpy()
    images = np.moveaxis(planes.reshape(-1, 2, 4, 4), 1, -1)
    for variant in ("tanh", "tanh_n"):
        name = f"small~shapeset~{variant}~{outcome.place.experiment_id}"
        version = client.get_model_version_by_alias(name, "winner")
        model = mlflow.pyfunc.load_model(f"models:/{name}@winner")
        assert json.loads(version.tags["class_names"]) == ["a", "b", "c", "d"]
        answers = model.predict(images)["label"]
        stored = read_arrays(client, version.run_id, Artifact.PREDICTIONS)
        assert answers.tolist() == ["abcd"[label] for label in stored["predictions"]]
        run = client.get_run(version.run_id)
        assert run.data.tags["variant"] == variant
        assert "table_depth" in run.data.tags["role"]


def test_its_numbers_are_those_that_its_predictions_and_curves_tell(finished):
    _, outcome, _ = finished
    found = collect(outcome.place, "small")
    assert found.doubts == ()
    digests = [run.sha256.keys() for run in found.replicates]
    assert all(each >= {Artifact.PREDICTIONS, Artifact.WEIGHTS} for each in digests)


@pytest.mark.slow
def test_again_does_nothing(finished):
    folder, _, _ = finished
    before = rows(folder)
    again = sweep(folder)
    assert again.was_complete
    assert rows(folder) == before


@pytest.mark.slow
def test_to_see_that_nothing_is_left_each_replicates_predictions_are_read_once(
    finished, monkeypatch
):
    folder, _, found = finished
    looked_at = []

    def noted(client, run_id, *rest):
        looked_at.append(run_id)
        return has_arrays(client, run_id, *rest)

    monkeypatch.setattr(completeness, "has_arrays", noted)
    assert sweep(folder).was_complete
    assert len(looked_at) == len(set(looked_at)) == sum("seed" in name for name in found)


@pytest.mark.slow
def test_no_device_is_started_where_nothing_is_left_to_do(finished):
    folder, _, _ = finished
    assert sweep(folder, devices=NoDevices()).was_complete


@pytest.mark.slow
def test_execution_may_be_edited_but_nothing_else(finished):
    folder, _, _ = finished
    before = rows(folder)
    assert sweep(folder, {"execution.pack_size": 2}).was_complete
    with pytest.raises(UserError) as caught:
        sweep(folder, {"search.updates": 31, "variants": ["tanh"]})
    message = str(caught.value)
    assert "search.updates: 30 -> 31" in message
    assert "variants: ['tanh', 'tanh_n'] -> ['tanh']" in message
    assert "execution" not in message
    assert rows(folder) == before


@pytest.mark.slow
def test_other_data_of_the_same_name_are_refused(finished):
    folder, _, _ = finished
    with pytest.raises(UserError, match=r"  data set shapeset: \w+ -> \w+"):
        sweep(folder, datasets={"shapeset": small_dataset(seed=1)})


@pytest.mark.slow
def test_another_store_and_pack_size_give_the_same_numbers_to_the_last_bit(finished, stores):
    _, _, expected = finished
    assert numbers(sweep(stores, {"execution.pack_size": 3}).place) == expected


@pytest.mark.slow
def test_stopped_again_and_again_it_ends_like_never_stopped(finished, stores, monkeypatch):
    """Each time it is stopped after one chunk more, in tuning and among the replicates."""
    _, _, expected = finished
    stops = 0
    for checks in (1, 4, 7, 2, 1, 1000):
        try:
            outcome = sweep(stores, {"execution.pack_size": 5}, stop=StopAfter(checks))
        except StopRequested:
            stops += 1
            runs = all_runs(place_in(stores))
            assert {run.info.status for run in runs} <= {"FINISHED", "KILLED"}
            assert all(run.data.tags["state"] != "running" for run in runs)
            killed = [run for run in runs if run.data.tags["state"] == "killed"]
            assert {"sweep", "study"} <= {run.data.tags["kind"] for run in killed}
            assert {run.data.tags["reason"] for run in killed} == {"stopped by signal 15"}
    assert stops == 5
    assert not outcome.was_complete
    assert numbers(outcome.place) == expected
    assert not any("reason" in run.data.tags for run in all_runs(outcome.place))
    monkeypatch.setattr(compiled, "draw_all", lambda *_: [])
    assert compiled.compile_report(outcome.place, "small", PAPER).table


@pytest.mark.slow
def test_an_exception_leaves_failed_runs_and_the_same_command_continues(finished, stores):
    _, _, expected = finished
    with pytest.raises(ZeroDivisionError):
        sweep(stores, ONE_VARIANT, register=lambda *_: 1 / 0)
    for run in all_runs(place_in(stores)):
        if run.data.tags["kind"] in {"sweep", "study"}:
            assert (run.info.status, run.data.tags["state"]) == ("FAILED", "failed")
            assert run.data.tags["reason"] == "ZeroDivisionError: division by zero"
    again = numbers(sweep(stores, ONE_VARIANT).place)
    assert of_variant(again, "tanh") == of_variant(expected, "tanh")


def test_a_second_driver_is_refused_and_named(stores):
    database, scope = f"sqlite:///{stores / 'optuna.db'}", place_in(stores).scope
    with hold(database, "small", scope=scope), pytest.raises(SweepHeldError) as caught:
        sweep(stores)
    assert f"process {os.getpid()} on " in str(caught.value)
    with hold(database, "small", scope=scope):
        pass  # it was given back


def test_a_second_driver_is_refused_before_it_starts_a_device(stores):
    database, scope = f"sqlite:///{stores / 'optuna.db'}", place_in(stores).scope
    with hold(database, "small", scope=scope), pytest.raises(SweepHeldError):
        sweep(stores, devices=NoDevices())
    with pytest.raises(pytest.fail.Exception, match="the devices were started"):
        sweep(stores, devices=NoDevices())  # nobody holds it now
    assert all_runs(place_in(stores)) == []


def test_another_sweep_in_the_same_stores_is_not_held(stores):
    database = f"sqlite:///{stores / 'optuna.db'}"
    assert lock_path(database, "small") != lock_path(database, "other")
    assert lock_path("mysql+x://h/a", "small") != lock_path("mysql+x://h/b", "small")


@pytest.mark.slow
def test_the_run_of_mlflow_run_becomes_the_sweeps_and_a_later_one_an_invocation(
    stores, monkeypatch
):
    place = place_in(stores)

    def under_mlflow_run():
        run = place.client.create_run(place.experiment_id, run_name="bold-ape-7")
        monkeypatch.setenv("MLFLOW_RUN_ID", run.info.run_id)
        monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", place.experiment_id)
        sweep(stores, ONE_PACK, stop=Followed())
        return place.client.get_run(run.info.run_id)

    before = Followed.times
    first = under_mlflow_run()
    assert (first.info.run_name, first.data.tags["kind"]) == ("small", "sweep")
    assert (first.info.status, first.data.tags["state"]) == ("FINISHED", "complete")
    second = under_mlflow_run()
    assert (second.info.run_name, second.data.tags["kind"]) == ("small-again", "invocation")
    assert (second.info.status, second.data.tags["sweep"]) == ("FINISHED", "small")
    assert "MLFLOW_RUN_ID" not in os.environ  # no process from here adopts it again
    assert Followed.times == before + 2
    kinds = [run.data.tags["kind"] for run in all_runs(place)]
    assert (kinds.count("sweep"), kinds.count("invocation")) == (1, 1)


def test_a_project_run_of_another_store_is_refused(stores, monkeypatch):
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    with pytest.raises(UserError, match="absolute"):
        sweep(stores)
