"""A registry or an artifact store that cannot be written is found before anything is trained."""

import shutil
import socket

import pytest
from mlflow import MlflowClient
from requests import ConnectionError
from small_sweep import ONE_PACK, sweep
from sweep_builders import all_runs, place_in

from glorot_sweep.errors import UserError
from glorot_sweep.tracking import probe
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.probe import probe_registry, store_environment
from glorot_sweep.tracking.records import read_json
from glorot_sweep.tracking.runs import RunStore


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def test_a_registry_that_can_be_written_is_left_as_it_was(place):
    probe_registry(place.client)
    assert list(place.client.search_registered_models()) == []


def test_a_registry_that_is_away_ends_the_sweep_before_it_begins(stores, monkeypatch):
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", f"http://ann:secret@127.0.0.1:{free_port()}")
    monkeypatch.setattr(probe, "PAUSE_SECONDS", 0.0)
    with pytest.raises(
        UserError, match=r"model registry http://ann:\*\*\*@.*MLFLOW_REGISTRY_URI"
    ) as e:
        sweep(stores, ONE_PACK)
    assert "secret" not in str(e.value)
    monkeypatch.delenv("MLFLOW_REGISTRY_URI")
    assert all_runs(place_in(stores)) == []


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["create_registered_model", "delete_registered_model"])
@pytest.mark.parametrize("done", [True, False])
def test_a_lost_reply_says_nothing_against_a_registry(place, monkeypatch, lost, done):
    really, calls = getattr(MlflowClient, lost), []

    def without_reply(self, name):
        calls.append(name)
        if done or len(calls) > 1:
            really(self, name)
        if len(calls) == 1:
            raise ConnectionError("no reply")

    monkeypatch.setattr(MlflowClient, lost, without_reply)
    monkeypatch.setattr(probe, "PAUSE_SECONDS", 0.0)
    probe_registry(place.client)
    assert list(place.client.search_registered_models()) == []
    assert 1 <= len(calls) <= 2


def test_a_name_that_a_request_without_reply_has_made_says_nothing_against_it(place, monkeypatch):
    """MLflow itself sends a request again, and the second one is refused."""
    really = MlflowClient.create_registered_model

    def sent_twice(self, name):
        really(self, name)
        really(self, name)

    monkeypatch.setattr(MlflowClient, "create_registered_model", sent_twice)
    probe_registry(place.client)
    assert list(place.client.search_registered_models()) == []


def test_a_registry_without_rights_is_named(place, monkeypatch):
    def refuse(*_arguments, **_keywords):
        raise PermissionError("Permission denied")

    monkeypatch.setattr(MlflowClient, "create_registered_model", refuse)
    with pytest.raises(UserError, match=r"mlflow\.db cannot be written: PermissionError"):
        probe_registry(place.client)


def test_the_variable_names_the_registry(stores, tmp_path, monkeypatch):
    other = tmp_path / "other"
    shutil.copytree(stores, other)
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", f"sqlite:///{other}/mlflow.db")
    place = open_place(f"sqlite:///{stores}/mlflow.db", "tests", create=True)
    place.client.create_registered_model("there")
    monkeypatch.delenv("MLFLOW_REGISTRY_URI")
    assert [one.name for one in place_in(other).client.search_registered_models()] == ["there"]


def test_the_environment_is_stored_and_a_store_that_refuses_it_is_named(place, monkeypatch):
    run = RunStore(place.client, place.experiment_id).create("one", {})
    store_environment(run)
    assert read_json(place.client, run.run_id, "config/environment.json")["processors"] >= 1
    monkeypatch.setattr(type(run), "text", lambda *_: (_ for _ in ()).throw(OSError(13, "denied")))
    with pytest.raises(UserError, match=rf"artifact store of the run {run.run_id}.*denied"):
        store_environment(run)
