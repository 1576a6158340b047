"""A creation whose reply is lost is looked for before it is repeated: nothing is made twice."""

import os

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, get_error_code
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST
from sweep_builders import all_runs

from glorot_sweep.tracking import once as module
from glorot_sweep.tracking.models import delete_pending
from glorot_sweep.tracking.once import gone, is_absent, once
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.runs import RunStore

NO_REPLY = MlflowException("API request to http://h failed with exception reset")
EXISTS = MlflowException("exists", error_code=RESOURCE_ALREADY_EXISTS)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(module.time, "sleep", lambda _: None)


def lose_replies(monkeypatch, name, times=1):
    """Let a method of the client do its work and then fail, so many times."""
    real, left = getattr(MlflowClient, name), [times]

    def lost(self, *arguments, **keywords):
        made = real(self, *arguments, **keywords)
        left[0] -= 1
        if left[0] >= 0:
            raise NO_REPLY
        return made

    monkeypatch.setattr(MlflowClient, name, lost)


def test_a_run_whose_reply_is_lost_is_found_again(place, monkeypatch):
    lose_replies(monkeypatch, "create_run")
    run = RunStore(place.client, place.experiment_id).create("one", {"kind": "trial"}, {"a": 1})
    (only,) = all_runs(place)
    assert (only.info.run_id, only.data.params) == (run.run_id, {"a": "1"})


def test_an_experiment_whose_reply_is_lost_is_found_again(place, monkeypatch):
    lose_replies(monkeypatch, "create_experiment")
    made = open_place(place.uri, "another", create=True)
    assert place.client.get_experiment_by_name("another").experiment_id == made.experiment_id


def test_what_was_still_being_made_is_found_when_its_name_is_refused(monkeypatch):
    monkeypatch.setenv(module.RETRIES, "3")
    tries, found = [], iter([None, "made"])

    def create():
        tries.append(1)
        raise NO_REPLY if len(tries) == 1 else EXISTS

    assert once(create, lambda: next(found)) == "made"
    assert len(tries) == 2


def test_what_was_not_made_is_tried_again_by_single_requests(monkeypatch):
    monkeypatch.setenv(module.RETRIES, "3")
    tries = []

    def create():
        tries.append(os.environ[module.RETRIES])
        if len(tries) < 3:
            raise NO_REPLY
        return "made"

    assert once(create, lambda: None) == "made"
    assert tries == ["0"] * 3
    assert os.environ[module.RETRIES] == "3"
    tries.clear()
    monkeypatch.setenv(module.RETRIES, "1")
    with pytest.raises(MlflowException, match="reset"):
        once(create, lambda: None)
    assert len(tries) == 2


def refused(code):
    """As MLflow makes it of a server's answer."""
    said = f"API request to endpoint /create failed with error code {code} != 200. Response body: "
    return MlflowException(f"{said}'Permission denied'", error_code=get_error_code(code))


@pytest.mark.parametrize(
    "error",
    [ValueError("ours"), MlflowException("Permission denied"), refused(403), refused(401)],
)
def test_what_a_repetition_would_not_mend_is_raised_at_once(error):
    tries = []

    def create():
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        once(create, lambda: None)
    assert tries == [1]


def test_what_a_server_with_accounts_denies_may_not_be_there():
    assert [is_absent(refused(code)) for code in (403, 401, 500)] == [True, False, False]
    assert is_absent(MlflowException("no such", RESOURCE_DOES_NOT_EXIST))


def test_what_is_gone_already_is_deleted():
    def missing():
        raise MlflowException("no such", RESOURCE_DOES_NOT_EXIST)

    gone(missing)
    with pytest.raises(MlflowException, match="reset"):
        gone(lambda: (_ for _ in ()).throw(NO_REPLY))


def test_a_tag_and_a_run_may_be_deleted_twice(place):
    store = RunStore(place.client, place.experiment_id)
    run = store.create("one", {"reason": "x"})
    for _ in range(2):
        run.forget("reason")
    for _ in range(2):
        store.delete(run.run_id)
    assert all_runs(place) == []


def test_pending_logged_models_of_our_runs_are_deleted_and_no_others(place):
    store = RunStore(place.client, place.experiment_id)
    ours, other = (store.create(name, {}).run_id for name in ("ours", "other"))
    for run in (ours, other):
        place.client.create_logged_model(place.experiment_id, name="m", source_run_id=run)
    done = place.client.create_logged_model(place.experiment_id, name="m", source_run_id=ours)
    place.client.finalize_logged_model(done.model_id, "READY")
    delete_pending(place.client, place.experiment_id, {ours})
    left = place.client.search_logged_models([place.experiment_id])
    assert {(model.source_run_id, str(model.status)) for model in left} == {
        (ours, "READY"),
        (other, "PENDING"),
    }
