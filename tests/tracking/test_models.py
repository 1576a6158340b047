"""Registering a network, interrupted."""

from unittest.mock import Mock

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED

from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.errors import UserError
from glorot_sweep.tracking import once
from glorot_sweep.tracking.image_model import ImageModel
from glorot_sweep.tracking.made_models import find_aliased, find_registered, logged_models
from glorot_sweep.tracking.models import ALIAS, is_registered, register, register_saved
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunStore


@pytest.mark.slow
def test_a_kill_before_the_alias_makes_no_second_version(place, monkeypatch):
    weights = {
        "weight_0": np.eye(4, 3, dtype=np.float32), "bias_0": np.zeros(3, np.float32),
        "weight_1": np.eye(3, 2, dtype=np.float32), "bias_1": np.zeros(2, np.float32),
    }  # fmt: skip
    network = SingleNetwork("tanh", weights, takes_images=True)
    model = ImageModel(network, np.zeros((2, 2, 2, 1), np.uint8), ("a", "b"))
    run_id = RunStore(place.client, place.experiment_id).create("a", {}).run_id
    order = (place.client, run_id, "winner-of-a", model, "text", {"sweep_run": "1"}, lambda _: None)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_registered_model_alias", killed)
        with pytest.raises(KeyboardInterrupt):
            register(*order)
    assert not is_registered(place.client, "winner-of-a", run_id)
    assert register(*order) == f"models:/winner-of-a@{ALIAS}"
    assert is_registered(place.client, "winner-of-a", run_id)
    (version,) = place.client.search_model_versions("name = 'winner-of-a'")
    assert (version.tags["class_names"], version.tags["height"]) == ('["a", "b"]', "2")
    assert version.description == "text"
    (logged,) = logged_models(place.client, place.experiment_id, {run_id})
    assert logged.tags["class_names"] == '["a", "b"]'


def test_of_two_who_make_a_name_at_once_one_has_it(place, monkeypatch):
    """The other's is there by the time that this one's request comes; nothing of it is changed."""
    place.client.create_registered_model("winner-of-a", {"sweep_run": "other"}, "theirs")
    run_id = RunStore(place.client, place.experiment_id).create("a", {}).run_id

    def refuse(model):
        raise UserError(f"it is {model.tags['sweep_run']}'s")

    def save(_path):
        raise AssertionError

    with pytest.raises(UserError, match="it is other's"):
        register_saved(
            place.client, run_id, "winner-of-a", save, "mine", {"sweep_run": "mine"}, refuse
        )
    found = place.client.get_registered_model("winner-of-a")
    assert (found.tags, found.description) == ({"sweep_run": "other"}, "theirs")
    assert not place.client.search_model_versions("name = 'winner-of-a'")


@pytest.mark.slow
def test_a_winner_that_has_learned_takes_the_mark_of_one_that_had_not(place):
    def save(folder):
        folder.mkdir()
        (folder / "MLmodel").write_text("flavors: {}")

    def nobody(_model):
        pass

    name, own = "winner-of-a", {"sweep_run": "1"}
    for tags in ({**own, "learned": "no"}, own):
        run_id = RunStore(place.client, place.experiment_id).create("a", {}).run_id
        register_saved(place.client, run_id, name, save, "text", tags, nobody)
        assert place.client.get_registered_model(name).tags == tags


def test_a_server_with_accounts_denies_access_to_a_model_that_is_not_there():
    denied = MlflowException("error code 403 != 200. Response body: 'Permission denied'",
                             error_code=PERMISSION_DENIED)  # fmt: skip
    client = Mock()
    for look in ("get_model_version_by_alias", "get_registered_model", "get_run"):
        getattr(client, look).side_effect = denied
    client.search_model_versions.return_value = []
    assert not is_registered(client, "winner-of-a", "0" * 32)
    assert find_aliased(client, "winner-of-a", "winner") is None
    assert find_registered(client, {"winner-of-a"}, {"0" * 32}) == []
    assert get_run(client, "0" * 32) is None


def test_a_server_that_is_away_while_a_winner_is_registered_is_asked_again(place, monkeypatch):
    real, tries = place.client.create_registered_model, []

    def away_once(*args, **options):
        tries.append(1)
        if len(tries) == 1:
            raise MlflowException("API request to /create failed with exception reset")
        return real(*args, **options)

    def save(folder):
        folder.mkdir()
        (folder / "MLmodel").write_text("flavors: {}")

    monkeypatch.setattr(once, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(place.client, "create_registered_model", away_once)
    run_id = RunStore(place.client, place.experiment_id).create("a", {}).run_id
    uri = register_saved(place.client, run_id, "winner-of-a", save, "text", {}, lambda _: None)
    assert (uri, len(tries)) == ("models:/winner-of-a@winner", 2)
