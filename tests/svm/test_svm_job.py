"""The support vector machine as a job: true runs, the same numbers after every interruption."""

import io
import os
import signal
from dataclasses import replace

import numpy as np
import optuna
import pytest
import torch
from rich.console import Console
from sklearn.svm import SVC
from sweep_builders import all_runs, by_name, small_dataset

from glorot_sweep.config.sweep import hash_of
from glorot_sweep.data.catalog import load_dataset
from glorot_sweep.data.dataset import Examples
from glorot_sweep.errors import ServiceLostError, StopRequested, SweepHeldError, UserError
from glorot_sweep.svm import job as svm_job
from glorot_sweep.svm import problem as svm_problem
from glorot_sweep.svm.memory import MemoryPlan
from glorot_sweep.svm.tuning import TuningProblem
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.tracking.records import read_arrays
from glorot_sweep.tracking.schema.names import Artifact
from svm.fitting import REQUEST, SAME, fit, interrupt_after, storage_of

pytestmark = pytest.mark.usefixtures("small_data")


@pytest.mark.slow
def test_it_is_tuned_fitted_tested_and_tracked(stores):
    text = io.StringIO()
    place, run_id = fit(stores, console=Console(file=text, width=200))
    runs = by_name(place)
    assert set(runs) == {"svm-shapeset", *(f"svm-shapeset-t00{n}" for n in range(2))}
    assert all(run.info.status == "FINISHED" for run in runs.values())
    assert all(run.data.tags["state"] == "complete" for run in runs.values())
    trials = [runs[f"svm-shapeset-t00{n}"] for n in range(2)]
    assert {run.data.tags["mlflow.parentRunId"] for run in trials} == {run_id}
    study = optuna.load_study(study_name=None, storage=storage_of(stores))
    assert [t.user_attrs["run_id"] for t in study.trials] == [run.info.run_id for run in trials]
    machine = runs["svm-shapeset"]
    assert machine.info.run_id == run_id
    assert (machine.data.tags["kind"], machine.data.tags["dataset"]) == ("baseline", "shapeset")
    assert machine.data.params["examples"] == "200"
    assert machine.inputs.dataset_inputs[0].dataset.digest == small_dataset().digest()
    metrics = machine.data.metrics
    best = min(trials, key=lambda run: run.data.metrics["objective"])
    assert metrics["best/validation_error_percent"] == best.data.metrics["objective"]
    assert (metrics["c"], metrics["gamma"]) == tuple(
        float(best.data.params[k]) for k in ("c", "gamma")
    )
    dataset = small_dataset()
    theirs = SVC(C=metrics["c"], gamma=metrics["gamma"])
    theirs.fit(dataset.train.images[:200].numpy() / 255, dataset.train.labels[:200].numpy())
    expected = theirs.predict(dataset.test.images.numpy() / 255)
    stored = read_arrays(place.client, run_id, Artifact.PREDICTIONS)
    assert stored["predictions"].tolist() == expected.tolist()
    assert stored["labels"].tolist() == dataset.test.labels.tolist()
    wrong = 100 * np.mean(expected != dataset.test.labels.numpy())
    assert metrics["final/test_error_percent"] == pytest.approx(wrong)
    assert (
        metrics["final/test_error_low_percent"] < wrong < metrics["final/test_error_high_percent"]
    )
    assert f"test error {wrong:.2f} %" in text.getvalue()
    assert "trial 2/2" in text.getvalue()


@pytest.mark.parametrize("part", ["validation", "test"])
def test_the_larger_of_both_fixed_sets_takes_memory(monkeypatch, part):
    dataset, sizes = small_dataset(), []
    setattr(dataset, part, Examples(torch.zeros(900, 32).byte(), torch.zeros(900).long()))
    monkeypatch.setattr(svm_problem, "load_dataset", lambda *_: dataset)
    monkeypatch.setattr(svm_problem, "plan_memory", lambda size, *_: sizes.append(size))
    svm_problem.prepare_svm(REQUEST)
    assert [size.fixed for size in sizes] == [900]


@pytest.mark.slow
def test_tuning_looks_at_the_first_examples_alone(stores, monkeypatch):
    seen = []

    def noted(train, validation):
        seen.append((len(train), len(validation)))
        return TuningProblem(train, validation)

    monkeypatch.setattr(svm_job, "TuningProblem", noted)
    fit(stores)
    assert seen == [(120, 100)]
    fit(stores, replace(REQUEST, examples=90))
    assert seen[1:] == [(90, 100)]


@pytest.mark.slow
def test_once_complete_there_is_nothing_to_do(stores, monkeypatch):
    place, run_id = fit(stores)
    monkeypatch.setattr(svm_job, "interruptible", lambda *_: pytest.fail("it worked again"))
    text = io.StringIO()
    assert fit(stores, console=Console(file=text, width=200))[1] == run_id
    assert "nothing to do" in text.getvalue()
    assert len(all_runs(place)) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("calls", "error", "state"),
    [
        (0, StopRequested(15), "killed"),  # before the first trial
        (2, StopRequested(15), "killed"),  # in the second trial
        (2, RuntimeError("boom"), "failed"),
        (5, StopRequested(2), "killed"),  # in the test
    ],
)
def test_interrupted_and_continued_it_is_the_same(
    stores, place, uninterrupted, monkeypatch, calls, error, state
):
    with monkeypatch.context() as patched:
        done = interrupt_after(patched, calls, error)
        with pytest.raises(type(error)):
            fit(stores)
        assert len(done) == calls
    machine = by_name(place)["svm-shapeset"]
    assert machine.data.tags["state"] == state
    assert machine.info.status == {"killed": "KILLED", "failed": "FAILED"}[state]
    assert not [run for run in all_runs(place) if run.info.status == "RUNNING"]
    finished = max(0, min(calls, 3) - 1)  # the first call makes the distances
    done = interrupt_after(monkeypatch, 100, error)
    assert fit(stores)[1] == machine.info.run_id
    assert len(done) == (finished < 2) + (2 - finished) + 3  # no finished trial is repeated
    runs = by_name(place)
    assert len(all_runs(place)) == len(runs) == 3
    after = runs["svm-shapeset"].data
    assert after.tags["attempt"] == "2"
    assert "reason" not in after.tags
    assert {name: after.metrics[name] for name in SAME} == uninterrupted


def test_a_signal_stops_the_loading_of_the_images(stores, place, monkeypatch):
    loaded = []

    def load(*_):
        os.kill(os.getpid(), signal.SIGTERM)
        loaded.append("an image")
        raise AssertionError("it went on")

    monkeypatch.setattr(svm_problem, "load_dataset", load)
    with pytest.raises(StopRequested):
        fit(stores)
    assert (loaded, all_runs(place)) == ([], [])


@pytest.mark.slow
def test_another_request_is_another_run(stores):
    ids = {fit(stores, replace(REQUEST, **change))[1] for change in ({}, {"seed": 2})}
    assert len(ids) == 2


@pytest.mark.slow
def test_both_ways_to_fit_give_the_same(stores, uninterrupted, monkeypatch):
    plan = MemoryPlan(kept=False, cache=10**7)
    monkeypatch.setattr(svm_problem, "plan_memory", lambda *_: plan)
    monkeypatch.setattr(svm_job, "fit_kept", lambda *_: pytest.fail("the kernel was kept"))
    place, run_id = fit(stores)
    after = place.client.get_run(run_id).data.metrics
    assert {name: after[name] for name in SAME} == uninterrupted


@pytest.mark.slow
def test_the_run_of_mlflow_run_becomes_the_machine_then_an_invocation(stores, place, monkeypatch):
    for kind in ("baseline", "invocation"):
        made = place.client.create_run(place.experiment_id, run_name="bold-ape-1")
        place.client.log_param(made.info.run_id, "examples", "200")
        monkeypatch.setenv("MLFLOW_RUN_ID", made.info.run_id)
        monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", place.experiment_id)
        fit(stores)
        run = place.client.get_run(made.info.run_id)
        assert (run.data.tags["kind"], run.info.status) == (kind, "FINISHED")


def test_one_process_works_on_it(stores, place):
    name = f"svm+shapeset+{hash_of(REQUEST.identity())}"
    with hold(storage_of(stores), name, scope=place.scope), pytest.raises(SweepHeldError):
        fit(stores)
    assert all_runs(place) == []
    with hold(storage_of(stores), name, scope="elsewhere"):  # another store's is another machine
        fit(stores)
    assert {run.info.status for run in all_runs(place)} == {"FINISHED"}


@pytest.mark.slow
def test_a_lost_server_says_that_the_same_command_continues(stores, monkeypatch):
    interrupt_after(monkeypatch, 2, OSError("no space left on device"))
    with pytest.raises(ServiceLostError, match=r"no space left on device.*continues"):
        fit(stores)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"examples": 0}, "--examples must be at least 1, got 0"),
        ({"tuning_examples": -1}, "--tuning-examples must be at least 1, got -1"),
        ({"trials": 0}, "--trials must be at least 1, got 0"),
        ({"examples": 1}, "the first 1 training examples are of 1; raise --examples"),
        ({"tuning_examples": 1}, "the first 1 training examples are of 1"),
        ({"examples": 301}, "has 300 training examples, not 301; lower --examples"),
        ({"memory": 0.0}, "--memory must be a positive number of GB, got 0.0"),
        ({"memory": float("nan")}, "--memory must be a positive number of GB, got nan"),
        ({"memory": 1e-6}, "not even a small one fits; raise --memory"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_created(stores, place, change, message):
    with pytest.raises(UserError, match=message):
        fit(stores, replace(REQUEST, **change))
    assert all_runs(place) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "shapset"}, "did you mean 'shapeset'"),
        ({"dataset": "shapeset_64"}, "shapeset_64 has none"),
        ({"dataset": "shapeset_finite_150"}, "has 150 training examples, not 200"),
        ({"examples": 10**7}, r"--examples 8\d{4} would fit, or raise --memory"),
        (
            {"examples": 10**7, "memory": 4.0},
            r"of which 2.0 may be used; --examples 8\d{4} would fit, or free memory of this",
        ),
    ],
)
def test_data_sets_that_do_not_fit(stores, place, monkeypatch, change, message):
    monkeypatch.setattr(svm_problem, "load_dataset", load_dataset)
    monkeypatch.setattr(svm_problem, "memory_left", lambda: 2**31)
    with pytest.raises(UserError, match=message):
        fit(stores, replace(REQUEST, **change))
    assert all_runs(place) == []
