"""Runs of a support vector machine that are taken up again, or refused before any is opened."""

import sqlite3
from contextlib import closing

import pytest
from sweep_builders import all_runs, by_name

from glorot_sweep.errors import StopRequested, UserError
from glorot_sweep.tracking.runs import RunWriter
from svm.fitting import SAME, fit, interrupt_after

pytestmark = pytest.mark.usefixtures("small_data")


@pytest.mark.slow
def test_a_machine_whose_run_says_something_else_is_refused(stores):
    _, run_id = fit(stores)
    with closing(sqlite3.connect(stores / "mlflow.db")) as database:
        database.execute("update params set value = '999' where key = 'tuning_examples'")
        database.commit()
    with pytest.raises(
        UserError, match=rf"\({run_id}\) has the param tuning_examples = '999'.*'120'"
    ):
        fit(stores)


def stopped_in_the_second_trial(stores, monkeypatch):
    with monkeypatch.context() as patched:
        interrupt_after(patched, 2, StopRequested(15))
        with pytest.raises(StopRequested):
            fit(stores)


@pytest.mark.slow
def test_a_run_that_was_altered_is_refused_and_none_is_opened(stores, place, monkeypatch):
    stopped_in_the_second_trial(stores, monkeypatch)
    with closing(sqlite3.connect(stores / "mlflow.db")) as database:
        database.execute("update params set value = 'many' where key = 'c'")
        database.commit()
    before = {run.info.run_id: (run.info.status, run.data.tags) for run in all_runs(place)}
    made = place.client.create_run(place.experiment_id, run_name="bold-ape-1").info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", made)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", place.experiment_id)
    with pytest.raises(UserError, match="many"):
        fit(stores)
    after = {run.info.run_id: (run.info.status, run.data.tags) for run in all_runs(place)}
    assert "kind" not in after.pop(made)[1]  # `mlflow run` ends it
    assert after == before


@pytest.mark.slow
def test_what_fails_once_runs_are_open_ends_them(stores, place, monkeypatch):
    def refuse(*_):
        raise ValueError("no inputs")

    monkeypatch.setattr(RunWriter, "inputs", refuse)
    with pytest.raises(ValueError, match="no inputs"):
        fit(stores)
    assert [run.info.status for run in all_runs(place)] == ["FAILED"]


@pytest.mark.slow
@pytest.mark.parametrize("interrupted", [False, True])
def test_a_finished_trial_whose_run_was_deleted_gets_it_again(
    stores, place, uninterrupted, monkeypatch, interrupted
):
    stopped_in_the_second_trial(stores, monkeypatch)
    before = by_name(place)["svm-shapeset-t000"]
    place.client.delete_run(before.info.run_id)
    if interrupted:
        with monkeypatch.context() as patched:
            interrupt_after(patched, 1, StopRequested(15))
            with pytest.raises(StopRequested):
                fit(stores)
        assert by_name(place)["svm-shapeset-t000"].info.status == "KILLED"
    fit(stores)
    runs = by_name(place)
    assert len(runs) == 3
    again = runs["svm-shapeset-t000"]
    assert (again.info.status, again.data.params) == ("FINISHED", before.data.params)
    for name in ("objective", "support_vectors"):
        assert again.data.metrics[name] == before.data.metrics[name]
    assert {name: runs["svm-shapeset"].data.metrics[name] for name in SAME} == uninterrupted
