"""Optuna's studies in a real PostgreSQL, which is stopped and started."""

import itertools
import signal
import time
from contextlib import ExitStack

import optuna
import pytest
from mlflow import MlflowClient
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from study_builders import drive, fake_result, open_study, trials_of
from sweep_builders import config

from faults.postgres_cluster import NAMES, missing
from glorot_sweep.errors import ServiceLostError, StopRequested, UserError
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.storage.database import opened_storage, storage_uri
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.sweep.storage.postgres import with_driver

pytestmark = [
    pytest.mark.faults,
    pytest.mark.filterwarnings("ignore::FutureWarning:torch"),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


@pytest.fixture(autouse=True)
def no_connection_of_mlflow_is_left():
    """MLflow keeps an engine for each address as long as the process lives."""
    yield
    for engine in SqlAlchemyStore._engine_map.values():
        engine.dispose()


@pytest.fixture
def opened():
    """Opens storages, and closes them after the test."""
    with ExitStack() as stack:
        yield lambda uri: stack.enter_context(opened_storage(uri))


@pytest.fixture
def expected():
    """The trials of a study that nothing disturbs."""
    study = open_study(optuna.storages.InMemoryStorage())
    drive(study, prune_one)
    return trials_of(study)


def prune_one(number):
    return "pruned" if number == 3 else "complete"


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_the_trials_are_those_of_sqlite(opened, database, tmp_path, sampler):
    changes = {"search.sampler": sampler, "search.trials": 10, "search.generation": 3}
    found = []
    for uri in (database, f"sqlite:///{tmp_path / 'optuna.db'}"):
        study = open_study(opened(uri), changes)
        drive(study, prune_one)
        found.append((trials_of(study), study.best(), study.finished()))
    assert found[0] == found[1]
    assert len(found[0][0]) == 10


def test_mlflow_and_optuna_work_in_one_cluster_with_bare_uris(opened, cluster):
    """One driver for both: a bare URI is psycopg for MLflow too."""
    client = MlflowClient(tracking_uri=cluster.uri("mlflow"))
    experiment = client.create_experiment("tests")
    run = client.create_run(experiment, run_name="t000")
    for step in range(3):
        client.log_metric(run.info.run_id, "error", 3.0 - step, step=step)
    client.set_terminated(run.info.run_id)
    kept = client.search_runs([experiment], "metrics.error < 2")
    assert [r.info.run_name for r in kept] == ["t000"]
    uri = storage_uri(cluster.uri("optuna"), cluster.uri("mlflow"))
    study = open_study(opened(uri))
    drive(study)
    assert study.finished() == 6


def test_the_same_database_is_refused_by_uri_and_by_its_tables(opened, cluster):
    MlflowClient(tracking_uri=cluster.uri("mlflow")).search_experiments()
    for tracking in (cluster.uri("mlflow"), "http://server:5000"):
        with pytest.raises(UserError, match="cannot share the database") as caught:
            storage_uri(cluster.uri("mlflow"), tracking)
        assert "s3cret" not in str(caught.value)
    with pytest.raises(UserError, match="cannot share the database"):
        opened(with_driver(cluster.uri("mlflow")))


def test_a_schema_of_its_own_in_mlflows_database_is_allowed(opened, cluster):
    MlflowClient(tracking_uri=cluster.uri("mlflow")).search_experiments()
    named = cluster.uri("mlflow", query="?options=-csearch_path%3Doptuna")
    with pytest.raises(UserError, match="CREATE SCHEMA optuna"):
        storage_uri(named, cluster.uri("mlflow"))
    cluster.execute("mlflow", "CREATE SCHEMA optuna")
    study = open_study(opened(storage_uri(named, cluster.uri("mlflow"))))
    drive(study)
    assert study.finished() == 6
    both = cluster.uri("mlflow", query="?options=-csearch_path%3Doptuna%2Cpublic")
    with pytest.raises(UserError, match="cannot share the database"):
        storage_uri(both, "http://h")  # Optuna would find MLflow's version behind its own schema
    MlflowClient(tracking_uri=cluster.uri("mlflow")).search_experiments()


def test_wrong_addresses_are_one_message_each_in_time_without_the_password(cluster):
    good = cluster.uri()
    cases = {
        good.replace("s3cret", "wr0ng"): "authentication failed",
        good.replace("/optuna", "/absent"): "does not exist",
        good.replace("postgres:s3", "nobody:s3"): "authentication failed",
        good.replace(f":{cluster.port}/", ":1/"): "cannot open",
        good.replace("127.0.0.1", "no.such.host.invalid"): "cannot open",
    }
    for uri, said in cases.items():
        started = time.monotonic()
        with pytest.raises(UserError, match=said) as caught:
            storage_uri(uri, "http://h")
        assert time.monotonic() - started < 15
        assert all(word not in str(caught.value) for word in ("s3cret", "wr0ng", "\n"))


def test_a_user_who_may_create_nothing_is_told_what_the_owner_does(opened, cluster):
    name = next(NAMES)
    cluster.create(name)
    cluster.execute("postgres", f"CREATE ROLE {name} LOGIN PASSWORD 'x1y2'")
    uri = f"postgresql://{name}:x1y2@127.0.0.1:{cluster.port}/{name}"
    with pytest.raises(UserError, match="GRANT CREATE ON SCHEMA public TO"):
        storage_uri(uri, "http://h")
    cluster.execute(name, f"GRANT CREATE ON SCHEMA public TO {name}")
    study = open_study(opened(storage_uri(uri, "http://h")))
    cluster.execute(name, f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
    cluster.execute(name, "ALTER TABLE trials OWNER TO postgres")
    started = time.monotonic()
    with pytest.raises(optuna.exceptions.StorageInternalError):  # rights do not come back alone
        study.finished()
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("moment", "downtime"), [("asks", 0), ("tells", 0), ("both", 5), ("asks", 60)]
)
def test_a_restart_in_the_middle_loses_and_doubles_nothing(
    opened, cluster, database, expected, monkeypatch, downtime, moment
):
    outages = []
    storage = opened(database)
    asks, tells = "_create_new_trial", "set_trial_state_values"
    wanted = {"asks": [asks], "tells": [tells], "both": [asks, tells]}[moment]
    for name in wanted:
        break_once(monkeypatch, storage, name, lambda: outages.append(cluster.outage(downtime)))
    study = open_study(storage, patience=Patience())
    try:
        drive(study, prune_one)
    finally:
        for outage in outages:
            outage.join()
    assert len(outages) == len(wanted)
    assert trials_of(study) == expected
    assert trials_of(open_study(opened(database))) == expected


def break_once(monkeypatch, storage, name, outage):
    """Let the database fail just after the fifth call of a method: its reply was the last."""
    real, calls = getattr(storage, name), itertools.count(1)

    def breaking(*arguments, **keywords):
        answer = real(*arguments, **keywords)
        if next(calls) == 5:
            outage()
        return answer

    monkeypatch.setattr(storage, name, breaking)


def test_a_database_that_stays_away_ends_the_patience_and_a_signal_ends_it_sooner(
    opened, cluster, database
):
    study = Study(opened(database), config(), "s", "shapeset", "tanh", Patience(2))
    asked = study.next_generation()

    def stop():
        raise StopRequested(signal.SIGTERM)

    cluster.stop()
    try:
        with pytest.raises(ServiceLostError, match=r"away for 2 s .*the same command continues"):
            study.finished()
        study._patience = Patience(check=stop)
        with pytest.raises(StopRequested):
            study.finished()
    finally:
        cluster.start()
    study.tell({one.key: fake_result(one.spec) for one in asked})
    assert study.finished() == 2
