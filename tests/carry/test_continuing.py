"""A real sweep that was carried: it goes on where it was, or is complete, models and all."""

import json
import shutil
import sys

import mlflow
import numpy as np
import pytest
from rich.console import Console
from small_sweep import StopAfter, numbers, run_file, sweep
from sweep_builders import place_in, store_uri, write_sweep

from glorot_sweep.carry.exporting import export_sweep
from glorot_sweep.carry.importing import import_sweep
from glorot_sweep.errors import StopRequested
from glorot_sweep.sweep.records.registering import register_winners
from glorot_sweep.tracking.records import find_runs
from glorot_sweep.tracking.schema.names import Kind

pytestmark = pytest.mark.slow

QUIET = Console(quiet=True)


@pytest.fixture
def elsewhere(tmp_path, empty_databases):
    folder = tmp_path / "elsewhere"
    shutil.copytree(empty_databases, folder)
    return folder


def carry(folder, elsewhere, **given):
    """The sweep of a folder, in the stores of another; return its place and digest."""
    file = elsewhere / f"{len([*elsewhere.iterdir()])}.tar.xz"
    storage = f"sqlite:///{folder / 'optuna.db'}"
    digest = export_sweep("small", file, place_in(folder), storage, QUIET, **given).digest
    there = f"sqlite:///{elsewhere / 'optuna.db'}"
    return import_sweep(file, store_uri(elsewhere), "tests", there, QUIET), digest


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, empty_databases):
    """The folder and the numbers of a sweep that ran through."""
    folder = tmp_path_factory.mktemp("undisturbed") / "stores"
    shutil.copytree(empty_databases, folder)
    return folder, numbers(sweep(folder).place)


@pytest.mark.parametrize("checks", [3, 14])
def test_an_interrupted_sweep_goes_on_to_the_same_numbers(stores, elsewhere, undisturbed, checks):
    file = write_sweep(stores / "small.yaml")
    with pytest.raises(StopRequested):
        run_file(stores, file, stop=StopAfter(checks))
    place, _ = carry(stores, elsewhere)
    assert not run_file(elsewhere, file).was_complete
    assert numbers(place) == undisturbed[1]


def test_a_finished_sweep_is_complete_and_nothing_is_trained(elsewhere, undisturbed):
    folder, before = undisturbed
    place, _ = carry(folder, elsewhere)
    assert sweep(elsewhere).was_complete
    assert numbers(place) == before


def test_models_are_registered_again_with_weights(stores, elsewhere, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # where a model's code is loaded from
    sweep(stores, {"variants": ["tanh"]}, register=register_winners)
    (made,) = place_in(stores).client.search_registered_models()
    place_in(stores).client.set_registered_model_tag(made.name, "learned", "no")
    place, digest = carry(stores, elsewhere, weights=True)
    (model,) = place.client.search_registered_models()
    assert model.name == f"small~shapeset~tanh~{place.experiment_id}"
    assert (model.description, model.tags["learned"]) == (made.description, "no")
    assert model.tags["sweep_run"] != made.tags["sweep_run"]
    version = place.client.get_model_version_by_alias(model.name, "winner")
    runs = find_runs(place.client, [place.experiment_id], kind=Kind.REPLICATE)
    assert version.run_id in {run.run_id for run in runs}
    images = np.arange(64, dtype=np.float32).reshape(2, 32)
    answers = []
    for folder in (stores, elsewhere):
        mlflow.set_tracking_uri(store_uri(folder))
        answers.append(mlflow.pyfunc.load_model(f"models:/{model.name}@winner").predict(images))
    assert answers[0].equals(answers[1])
    there = place.client.get_model_version_by_alias(model.name, "winner")
    assert json.loads(there.tags["class_names"]) == ["a", "b", "c", "d"]
    again, there = tmp_path / "again.tar.xz", f"sqlite:///{elsewhere / 'optuna.db'}"
    assert export_sweep("small", again, place, there, QUIET, weights=True).digest == digest
    assert sweep(elsewhere, {"variants": ["tanh"]}, register=register_winners).was_complete


def test_no_network_is_trained_again_for_a_model(stores, elsewhere):
    """Its weights stayed behind, and its sweep has not registered it yet."""
    file = write_sweep(stores / "small.yaml", {"variants": ["tanh"]})

    def stop(*_):
        raise StopRequested(15)

    with pytest.raises(StopRequested):
        run_file(stores, file, register=stop)
    place, _ = carry(stores, elsewhere)
    before = numbers(place)
    run_file(elsewhere, file, register=register_winners)
    after = numbers(place)
    assert {name: one[1:] for name, one in after.items() if "seed" in name} == {
        name: one[1:] for name, one in before.items() if "seed" in name
    }
    assert not place.client.search_registered_models()
