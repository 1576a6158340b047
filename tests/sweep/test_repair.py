"""`repair` brings MLflow and Optuna into agreement, whatever a crash has left."""

import os
import shutil
from dataclasses import replace

import optuna
import pytest
from kills import KilledError
from rich.console import Console
from small_sweep import BreakingFile, StopAfter, objectives, options, sweep
from sweep_builders import all_runs, by_name, small_dataset, store_uri, write_sweep

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.errors import StopRequested, SweepHeldError, UserError
from glorot_sweep.sweep import work
from glorot_sweep.sweep.job import run_sweep
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.tracking.runs import RunStore

pytestmark = pytest.mark.slow  # all of it looks at one whole sweep


def storage_of(folder):
    return f"sqlite:///{folder / 'optuna.db'}"


def repair(folder, name="small"):
    return run_repair(name, store_uri(folder), "tests", storage_of(folder), Console(quiet=True))


def connections(folder):
    """This process's open files of Optuna's database."""
    database = os.path.realpath(folder / "optuna.db")
    return [one for one in os.listdir("/proc/self/fd") if _target(one) == database]


def _target(descriptor):
    return os.path.realpath(f"/proc/self/fd/{descriptor}")


def optuna_states(folder):
    storage = optuna.storages.RDBStorage(storage_of(folder))
    return {
        (study.study_name.rpartition("/")[2], trial.number): trial.state.name
        for study in optuna.get_all_study_summaries(storage)
        for trial in optuna.load_study(study_name=study.study_name, storage=storage).trials
    }


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory, empty_databases):
    """A sweep that was killed after a pack was written and before Optuna was told."""
    folder = tmp_path_factory.mktemp("killed") / "stores"
    shutil.copytree(empty_databases, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "abandon_runs", lambda *_: None)
        with pytest.raises(KilledError):
            sweep(folder, console=Console(file=BreakingFile("pack of", KilledError()), width=200))
    return folder


@pytest.fixture
def killed(stores, killed_once):
    """Copies of its databases and checkpoints; its artifacts stay where they are."""
    shutil.copytree(killed_once, stores, dirs_exist_ok=True)
    return stores


def test_what_was_trained_is_told_and_nothing_stays_running(killed, place):
    assert "RUNNING" in {run.info.status for run in all_runs(place)}
    assert set(optuna_states(killed).values()) == {"RUNNING"}
    mended = repair(killed)
    assert mended.told == 4
    assert mended.statuses == {"KILLED": 3}  # the sweep's run and two studies'
    assert "RUNNING" not in {run.info.status for run in all_runs(place)}
    assert set(optuna_states(killed).values()) <= {"COMPLETE", "PRUNED"}
    assert repair(killed).lines() == ["nothing to repair: MLflow and Optuna agree"]


def test_a_trial_that_repair_tells_has_the_times_and_the_name_of_its_run(killed, place):
    repair(killed)
    storage = optuna.storages.RDBStorage(storage_of(killed))
    runs = {run.info.run_id: run.info for run in all_runs(place)}
    trials = [
        one
        for study in storage.get_all_studies()
        for one in storage.get_all_trials(study._study_id)
    ]
    assert len(trials) == 4
    for trial in trials:
        run = runs[trial.user_attrs["run_id"]]
        assert trial.datetime_start.timestamp() * 1000 == pytest.approx(run.start_time, abs=1)
        assert trial.datetime_complete.timestamp() * 1000 == pytest.approx(run.end_time, abs=1)


def test_what_was_not_trained_is_queued_and_the_end_is_the_same(killed, place, finished):
    runs = by_name(place)
    lost = [name for name in runs if name.endswith("t001")]
    for name in lost:
        place.client.delete_run(runs[name].info.run_id)
    mended = repair(killed)
    assert (mended.told, mended.queued) == (2, 2)
    states = optuna_states(killed)
    assert [states["tanh", 1], states["tanh_n", 1]] == ["WAITING", "WAITING"]
    sweep(killed)
    _, whole, _ = finished
    assert objectives(place) == objectives(whole.place)


def test_the_second_run_of_a_trial_is_deleted(killed, place):
    first = by_name(place)["tanh-shapeset-t000"]
    runs = RunStore(place.client, place.experiment_id)
    runs.create("tanh-shapeset-t000", {**first.data.tags, "state": "running"})
    assert repair(killed).surplus == 1
    assert by_name(place)["tanh-shapeset-t000"].info.run_id == first.info.run_id


def test_a_finished_trial_without_its_run_is_named(killed, place):
    repair(killed)
    place.client.delete_run(by_name(place)["tanh-shapeset-t000"].info.run_id)
    assert repair(killed).lines() == [
        "not mended: tanh-shapeset-t000 is finished in Optuna, but its run in MLflow is not; the "
        "sweep's command trains it again"
    ]
    assert connections(killed) == []  # neither of the sweep nor of repair


def test_not_while_a_driver_works_and_not_without_a_sweep(killed, place):
    with hold(storage_of(killed), "small", scope=place.scope), pytest.raises(SweepHeldError):
        repair(killed)
    with pytest.raises(UserError, match=r"no sweep 'smal'.*small"):
        repair(killed, "smal")


def test_another_storage_is_refused_and_not_made(killed, tmp_path, place):
    """In another folder the default storage is another one; so it is for the sweep itself."""
    elsewhere = f"sqlite:///{tmp_path / 'optuna.db'}"
    before = {run.info.run_id: run.info.status for run in all_runs(place)}
    with pytest.raises(UserError, match=r"begun with another Optuna storage: .*--storage"):
        run_repair("small", store_uri(killed), "tests", elsewhere, Console(quiet=True))
    again = replace(options(killed), storage=elsewhere)
    file = read_sweep_file(write_sweep(killed / "small.yaml"))
    with pytest.raises(UserError, match="begun with another Optuna storage"):
        run_sweep(file, again, Console(quiet=True), datasets={"shapeset": small_dataset()})
    assert not (tmp_path / "optuna.db").exists()
    assert {run.info.run_id: run.info.status for run in all_runs(place)} == before


def test_a_clean_stop_leaves_nothing_to_mend_but_the_queue(stores):
    with pytest.raises(StopRequested):
        sweep(stores, stop=StopAfter(3))
    mended = repair(stores)
    assert (mended.statuses, mended.surplus, mended.told) == ({}, 0, 0)
    assert mended.queued == 4
