"""An import that was killed anywhere is recognized, and the same command makes it whole."""

import pytest
from kills import KilledError, kill_after
from mlflow import MlflowClient
from optuna.storages import RDBStorage
from report_builders import finished_sweep
from rich.console import Console
from stored_sweep import storage_in
from sweep_builders import all_runs, config, on_torch, place_in, store_uri

from glorot_sweep.carry.exporting import export_sweep
from glorot_sweep.errors import SweepHeldError, UserError
from glorot_sweep.host.provenance import provenance
from glorot_sweep.papers import find_paper
from glorot_sweep.report.job import run_report
from glorot_sweep.sweep.deletion import Stores, delete_sweep
from glorot_sweep.sweep.records.opening import open_sweep
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.sweep.storage.studies import study_names
from glorot_sweep.tracking import lease
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import open_place

from .conftest import brought, sent
from .contents import runs_of, studies_of

pytestmark = pytest.mark.slow


STEPS = (  # everything that changes a store
    (MlflowClient, "create_run"),
    (MlflowClient, "log_batch"),
    (MlflowClient, "log_inputs"),
    (MlflowClient, "log_artifacts"),
    (MlflowClient, "set_terminated"),
    (MlflowClient, "delete_tag"),
    (RDBStorage, "create_new_study"),
    (RDBStorage, "set_study_user_attr"),
    (RDBStorage, "create_new_trial"),
)


def killed(file, folder, count):
    with pytest.MonkeyPatch.context() as patch:
        kill_after(patch, count, STEPS)
        # A killed process does not take its run back.
        patch.setattr("glorot_sweep.carry.placing.RunStore.delete", lambda *_: None)
        with pytest.raises(KilledError):
            brought(file, folder)
    return open_place(store_uri(folder), "tests", create=False)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """The process that was killed is this one, and lives: only its silence tells."""
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.0)


@pytest.mark.parametrize("count", [1, 3, 5, 11, 60, 80])
def test_after_a_kill_the_same_command_makes_it_whole(exported, stores, count):
    place = killed(exported.file, stores, count)
    with pytest.raises(UserError, match=r"partly imported|is unfinished"):
        run_report(place, "small", find_paper("glorot2010"), Console(quiet=True), figures=[])
    brought(exported.file, stores)
    assert runs_of(place) == runs_of(exported.place)
    assert studies_of(stores) == studies_of(exported.folder)
    assert len(study_names(storage_in(stores))) == 2


def test_each_of_its_last_steps(exported, stores, tmp_path):
    """Up to the last tag but one; what stands beside the sweep is there from the first time."""
    where = Stores(store_uri(stores), "tests", storage_in(stores))
    brought(exported.file, stores)
    delete_sweep("small", where, Console(quiet=True), lambda: True)
    with pytest.MonkeyPatch.context() as patch:
        numbers = kill_after(patch, -1, STEPS)
        brought(exported.file, stores)
    total = next(numbers) - 1
    for count in range(total - 3, total):
        delete_sweep("small", where, Console(quiet=True), lambda: True)
        place = killed(exported.file, stores, count)
        brought(exported.file, stores)
        assert runs_of(place) == runs_of(exported.place), count
        assert sent(stores, place, tmp_path / f"{count}.tar.xz") == exported.digest


def test_what_is_partly_imported_can_only_be_imported_or_deleted(exported, stores, tmp_path):
    place = killed(exported.file, stores, 30)
    own = next(run for run in all_runs(place) if run.data.tags["kind"] == "sweep")
    where = (store_uri(stores), "tests", storage_in(stores), Console(quiet=True))
    partly = rf"'small' \(run {own.info.run_id}\) is partly imported, .* {exported.digest}"
    with pytest.raises(UserError, match=partly):
        run_repair("small", *where)
    with pytest.raises(UserError, match=partly):
        export_sweep("small", tmp_path / "a.tar.xz", place, where[2], where[3])
    settings = config()
    with pytest.raises(UserError, match=partly):
        open_sweep(settings, "", {}, place, provenance(), on_torch(settings), Lease("small"))
    assert not (tmp_path / "a.tar.xz").exists()
    other = tmp_path / "weights.tar.xz"
    sent(exported.folder, exported.place, other, weights=True)
    with pytest.raises(UserError, match=partly):
        brought(other, stores)
    delete_sweep("small", Stores(*where[:3]), where[3], lambda: True)
    assert {run.data.tags["kind"] for run in all_runs(place)} <= {"init_study"}
    assert not study_names(storage_in(stores))


def test_a_sweep_that_was_begun_beside_a_partial_import_is_kept(exported, stores):
    """The own run of the import was deleted in MLflow, and restored when the name was in use."""
    place = killed(exported.file, stores, 30)
    own = next(run.info.run_id for run in all_runs(place) if run.data.tags["kind"] == "sweep")
    place.client.delete_run(own)
    begun = finished_sweep(place)["sweep"].run_id
    place.client.restore_run(own)
    before = {run.info.run_id for run in all_runs(place)}
    with pytest.raises(UserError, match="has 2 sweeps 'small'") as raised:
        brought(exported.file, stores)
    assert all(run_id in str(raised.value) for run_id in (own, begun))
    assert {run.info.run_id for run in all_runs(place)} == before


def test_the_runs_of_a_sweep_whose_own_run_was_deleted_are_left_alone(exported, stores):
    place = place_in(stores)
    writers = finished_sweep(place)
    place.client.delete_run(writers.pop("sweep").run_id)
    killed(exported.file, stores, 30)
    brought(exported.file, stores)
    there = {run.info.run_id for run in all_runs(place)}
    assert {writer.run_id for writer in writers.values()} <= there


def test_a_sweep_that_somebody_drives_is_neither_exported_nor_imported(
    exported, tmp_path, monkeypatch
):
    monkeypatch.setattr(lease, "LEASE_SECONDS", 30.0)
    folder, place = exported.folder, exported.place
    file = tmp_path / "a.tar.xz"
    with hold(storage_in(folder), "small", scope=place.scope), pytest.raises(SweepHeldError):
        sent(folder, place, file)
    with Lease("small") as held:
        own = next(run for run in all_runs(place) if run.data.tags["kind"] == "sweep")
        held.take(place.client, own.info.run_id)
        for work in (lambda: sent(folder, place, file), lambda: brought(exported.file, folder)):
            with pytest.raises(SweepHeldError, match="is being driven by process"):
                work()
    assert not file.exists()
