"""A store that cannot be written is opened for who looks, and refused to who would write."""

import shutil

import pytest
from rights import KINDS, as_others, read_only
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.records import read_text
from glorot_sweep.tracking.runs import RunStore


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def run_id(stores, place):
    run = RunStore(place.client, place.experiment_id).create("one", {})
    run.text("as it was", "a.txt")
    return run.run_id


def text_in(folder, run_id, experiment="tests"):
    """What a run has, in a place that is opened to look."""
    found = open_place(store_uri(folder), experiment, create=False)
    return read_text(found.client, run_id, "a.txt"), found.obstacle()


@pytest.mark.slow
def test_it_is_read_and_no_lock_is_missed(stores, run_id, kind):
    before = sorted(stores.rglob("*"))
    with read_only(stores, kind):
        text, obstacle = as_others(lambda: text_in(stores, run_id))
    assert text == "as it was"
    assert obstacle.startswith(f"the tracking store {store_uri(stores)} cannot be written (")
    made = set(stores.rglob("*")) - set(before)
    assert made <= {stores / ".mlflow.db.opening.lock"}  # where the folder allows it


@pytest.mark.slow
def test_who_would_write_is_told_at_once(stores, run_id, kind):
    before = (stores / "mlflow.db").read_bytes()
    with read_only(stores, kind):
        for experiment in ("tests", "another"):
            with pytest.raises(UserError, match=r"tracking store .* cannot be written.*It can sti"):
                as_others(lambda name=experiment: open_place(store_uri(stores), name, create=True))
        place = as_others(lambda: open_place(store_uri(stores), "tests", create=False))
        with pytest.raises(UserError, match=r"tracking store .* cannot be written"):
            as_others(place.refuse_read_only)
    assert (stores / "mlflow.db").read_bytes() == before


@pytest.mark.slow
def test_artifacts_that_cannot_be_written_are_named(stores, run_id):
    artifacts = stores / "mlartifacts"
    with read_only(artifacts, "folder"):
        text, obstacle = as_others(lambda: text_in(stores, run_id))
        assert text == "as it was"
        assert obstacle.startswith(f"the artifact folder {artifacts} cannot be written (")
        with pytest.raises(UserError, match="another artifact location"):
            as_others(lambda: open_place(store_uri(stores), "tests", create=True))


@pytest.mark.slow
@pytest.mark.parametrize("original", ["is there", "is gone"])
def test_one_that_was_moved_or_copied_is_read_where_it_is_now(
    stores, run_id, tmp_path, kind, original
):
    moved = tmp_path / "moved"
    if original == "is gone":
        stores.rename(moved)
    else:
        shutil.copytree(stores, moved)
        (stores / "mlartifacts").rename(stores / "elsewhere")  # it is not read there
    before = (moved / "mlflow.db").read_bytes()
    with read_only(moved, kind):
        assert as_others(lambda: text_in(moved, run_id))[0] == "as it was"
    assert (moved / "mlflow.db").read_bytes() == before


def test_optunas_storage_too(stores, kind):
    uri = f"sqlite:///{stores / 'optuna.db'}"
    with read_only(stores, kind):
        assert as_others(lambda: storage_uri(uri, "http://h", write=False)) == uri
        with pytest.raises(UserError, match=r"Optuna's storage .*optuna.db cannot be written"):
            as_others(lambda: storage_uri(uri, "http://h"))
