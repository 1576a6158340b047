"""`delete` takes out all of a sweep and nothing else, and survives a kill anywhere."""

import io
import os
import re
import shutil

import optuna
import pytest
from kills import KilledError, kill_after
from mlflow import MlflowClient
from rich.console import Console
from small_sweep import numbers, sweep
from stored_sweep import StoredSweep, copy_stores, storage_in
from sweep_builders import all_runs, on_torch, place_in, store_uri

from glorot_sweep.errors import SweepHeldError, UserError
from glorot_sweep.host.provenance import provenance
from glorot_sweep.report.collect import collect
from glorot_sweep.sweep.deletion import Stores, delete_sweep
from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder
from glorot_sweep.sweep.records.opening import open_sweep
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.sweep.storage.studies import study_names
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Tag
from glorot_sweep.tracking.sweeps import find_sweep
from glorot_sweep.tracking.views.keeping import keep_views


def fill(folder, place, name):
    """A finished sweep with something of every kind."""
    stored = StoredSweep(place, name, state="complete")
    for variant in ("tanh", "tanh_n"):
        stored.study(storage_in(folder), variant)
        for kind in ("trial", "replicate", "monitored"):
            run = stored.make(kind, "complete", variant=variant)
            if kind == "replicate":
                stored.model(run, variant)
    for kind in ("report", "verify", "invocation"):
        stored.make(kind, "complete")
    assert keep_views(place, own_run(find_sweep(place, name)), stored.config) is None
    checkpoints = folder / "checkpoints" / stored.run.run_id[:8]
    checkpoints.mkdir(parents=True)
    (checkpoints / "0123.checkpoint").write_text("a pack")
    return stored


@pytest.fixture(scope="module")
def filled(tmp_path_factory, empty_databases):
    """Stores with a finished sweep `tiny`, for copies."""
    folder = tmp_path_factory.mktemp("filled") / "stores"
    shutil.copytree(empty_databases, folder)
    return folder, fill(folder, place_in(folder), "tiny")


@pytest.fixture
def tiny(stores, place, filled):
    """The finished sweep, in the test's own stores."""
    folder, stored = filled
    copy_stores(folder, stores)
    return stored.copied_to(place)


def delete(folder, name="tiny", *, experiment="tests", agreed=True, **options):
    """Delete a sweep; return what was printed."""
    console = Console(file=io.StringIO(), width=200)
    options = {"storage": storage_in(folder), **options}
    delete_sweep(name, Stores(store_uri(folder), experiment, **options), console, lambda: agreed)
    return console.file.getvalue().splitlines()


def _without_lease(run):
    """Who held a sweep, and gave it back, is no part of it."""
    assert run["data"]["tags"].pop("lease", "free") == "free"
    run["data"]["tags"].pop("lease_beat", None)
    return run


def contents(folder, experiments=("tests",)):
    """All that is in the stores of a folder."""
    found = {}
    for experiment in experiments:
        place = open_place(store_uri(folder), experiment, create=False)
        client = place.client
        found[experiment] = (
            {run.info.run_id: _without_lease(run.to_dictionary()) for run in all_runs(place)},
            {one.model_id for one in client.search_logged_models([place.experiment_id])},
            client.get_experiment(place.experiment_id).tags,
        )
    found["models"] = {
        (model.name, version.version, version.run_id, tuple(version.aliases))
        for model in client.search_registered_models()
        for version in [
            client.get_model_version(model.name, one.version)
            for one in client.search_model_versions(f"name = '{model.name}'")
        ]
    }
    found["registered"] = {model.name for model in client.search_registered_models()}
    found["studies"] = study_names(storage_in(folder))
    found["checkpoints"] = {path.name for path in (folder / "checkpoints").glob("*/*")}
    found["folders"] = {path.name for path in (folder / "checkpoints").glob("*")}
    return found


@pytest.mark.slow
def test_what_goes_is_shown_exactly(stores, place, tiny):
    lines = delete(stores, agreed=False)
    assert lines[0].startswith(f"sweep 'tiny' of experiment 'tests' in {store_uri(stores)}, begun ")
    assert lines[1:] == [
        "  12 runs in MLflow: 1 invocation, 2 monitored, 2 replicate, 1 report, 2 study, 1 sweep, "
        "2 trial, 1 verify",
        f"  registered model tiny~shapeset~tanh_n~{place.experiment_id} (version 1)",
        f"  registered model tiny~shapeset~tanh~{place.experiment_id} (version 1)",
        "  2 logged models",
        "  2 studies in Optuna's storage",
        "  3 saved views in MLflow",
        f"  checkpoints in {stores / 'checkpoints' / tiny.run.run_id[:8]}",
        "nothing was deleted",
    ]


@pytest.mark.slow
def test_without_consent_nothing_is_changed(stores, tiny):
    before = contents(stores)
    delete(stores, agreed=False)
    assert contents(stores) == before


@pytest.mark.slow
def test_all_of_it_goes_and_nothing_of_others(stores, place):
    """Names that begin alike, the same name in another experiment, runs of no sweep."""
    others = ("tests", "elsewhere")
    elsewhere = open_place(store_uri(stores), "elsewhere", create=True)
    fill(stores, place, "tiny-2")
    StoredSweep(place, "tin").study(storage_in(stores), "tanh")
    fill(stores, elsewhere, "tiny")
    RunStore(place.client, place.experiment_id).create("svm", {"kind": "baseline", "sweep": "-"})
    before = contents(stores, others)
    fill(stores, place, "tiny")
    assert contents(stores, others) != before
    lines = delete(stores)
    assert f"  registered model tiny~shapeset~tanh~{place.experiment_id} (version 1)" in lines
    assert contents(stores, others) == before


@pytest.mark.slow
def test_what_an_earlier_sweep_whose_own_run_was_deleted_has_left_stays(stores, place):
    earlier = fill(stores, place, "tiny")
    for run in all_runs(place):
        if run.info.run_id != earlier.run.run_id:
            place.client.set_tag(run.info.run_id, Tag.SWEEP_RUN, earlier.run.run_id)
    place.client.delete_run(earlier.run.run_id)
    before = contents(stores)
    StoredSweep(place, "tiny", state="complete")
    lines = delete(stores)
    assert lines[1:3] == [
        "  1 run in MLflow: 1 sweep",
        "  11 runs of an earlier sweep of this name, whose own run was deleted, stay",
    ]
    assert contents(stores) == before


@pytest.mark.slow
def test_a_sweep_of_the_same_name_in_another_storage_is_not_mistaken_for_it(stores, tiny):
    before = contents(stores)
    with pytest.raises(UserError, match="was begun with another Optuna storage") as told:
        delete(stores, storage=f"sqlite:///{stores / 'other.db'}")
    assert "`glorot-sweep delete tiny --lost-storage --tracking-uri " in str(told.value)
    assert contents(stores) == before
    assert not (stores / "other.db").exists()


@pytest.mark.slow
def test_where_the_storage_is_lost_the_rest_can_be_deleted(stores, place):
    empty = contents(stores)
    fill(stores, place, "tiny")
    lost = f"sqlite:///{stores / 'new.db'}"
    delete(stores, storage=lost, storage_is_lost=True)
    left = contents(stores)
    assert len(left.pop("studies")) == 2
    assert left == {key: value for key, value in empty.items() if key != "studies"}


@pytest.mark.slow
def test_a_sweep_that_is_driven_is_refused_with_its_holder(stores, place, tiny):
    before = contents(stores)
    with (
        hold(storage_in(stores), "tiny", scope=place.scope),
        pytest.raises(SweepHeldError, match=rf"'tiny' .* process {os.getpid()} on \S+\. "),
    ):
        delete(stores)
    assert contents(stores) == before


@pytest.mark.slow
def test_nobody_can_start_it_while_it_is_asked(stores, place, tiny):
    def agreed():
        with pytest.raises(SweepHeldError):
            hold(storage_in(stores), "tiny", scope=place.scope).__enter__()
        return False

    where = Stores(store_uri(stores), "tests", storage_in(stores))
    assert delete_sweep("tiny", where, Console(quiet=True), agreed) is None


def test_wrong_names_are_refused(stores, place, tmp_path):
    StoredSweep(place, "tiny")
    with pytest.raises(UserError, match=r"no sweep 'tinny'.*did you mean 'tiny'"):
        delete(stores, "tinny")
    with pytest.raises(UserError, match="no experiment 'nowhere'"):
        delete(stores, experiment="nowhere")
    with pytest.raises(UserError, match="no tracking store"):
        delete(tmp_path)


@pytest.mark.slow
def test_a_model_without_a_version_goes_too(stores, place):
    """Its driver was killed between the two requests that register a version."""
    stored = StoredSweep(place, "tiny")
    stored.make("replicate", "complete", variant="tanh")
    place.client.create_registered_model("tiny-shapeset-tanh")
    assert "  registered model tiny-shapeset-tanh (without a version)" in delete(stores)
    assert place.client.search_registered_models() == []


STEPS = (  # everything that changes a store
    (MlflowClient, "set_terminated"),
    (MlflowClient, "delete_registered_model"),
    (MlflowClient, "delete_model_version"),
    (MlflowClient, "delete_logged_model"),
    (MlflowClient, "delete_run"),
    (optuna, "delete_study"),
    (CheckpointFolder, "clear"),
)


LAST = 20  # changes that it takes to delete what `fill` makes


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 4, 8, 13, 17, 18, 19, LAST])
def test_after_a_kill_it_can_only_be_deleted_and_then_all_is_gone(stores, place, count):
    empty = contents(stores)
    stored = fill(stores, place, "tiny")
    with pytest.MonkeyPatch.context() as patch:
        kill_after(patch, count, STEPS)
        with pytest.raises(KilledError):
            delete(stores)
    assert (contents(stores) == empty) == (count == LAST)
    if count < LAST:
        engines = on_torch(stored.config)
        command = re.escape(f"`glorot-sweep delete tiny{place_options(place)}`")
        with pytest.raises(UserError, match=f"partly deleted.*{command}"):
            open_sweep(stored.config, "", {}, place, provenance(), engines, Lease("tiny"))
        with pytest.raises(UserError, match="the sweep 'tiny' is unfinished"):
            collect(place, "tiny")
        delete(stores)
    assert contents(stores) == empty


@pytest.mark.slow
def test_a_deleted_name_is_free_and_starts_from_nothing(finished, tmp_path):
    """A real sweep, deleted and run again: every number is made again, and is the same."""
    folder = tmp_path / "stores"
    shutil.copytree(finished[0], folder)
    place = place_in(folder)
    before = {run.info.run_id for run in all_runs(place)}
    delete(folder, "small")
    assert all_runs(place) == []
    assert study_names(storage_in(folder)) == set()
    assert not place.client.search_registered_models()
    assert not sweep(folder).was_complete
    assert numbers(place) == finished[2]
    assert not {run.info.run_id for run in all_runs(place)} & before
