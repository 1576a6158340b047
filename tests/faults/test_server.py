"""A tracking server that is killed, away for too long, or hangs; PostgreSQL that restarts."""

import shutil
import signal
import time

import pytest

from faults.mlflow_server import Server
from faults.postgres_cluster import missing
from faults.sweep_process import PATIENCE, Sweep
from faults.wholeness import assert_whole

pytestmark = pytest.mark.faults

SLOW = "slow:1"
ANSWER = 60.0  # seconds; a request that hangs is given up after 120


@pytest.fixture
def server(tmp_path, empty_databases):
    shutil.copy(empty_databases / "mlflow.db", tmp_path)
    with Server(tmp_path) as server:
        yield server


@pytest.fixture
def served(tmp_path, server):
    """A sweep that writes to the server."""
    sweep = Sweep(tmp_path, server.uri, server.backend)
    yield sweep
    sweep.end_all()


@pytest.mark.parametrize("downtime", [5, 60])
def test_a_server_that_is_killed_and_comes_back_is_waited_for(
    served, server, undisturbed, downtime
):
    process = served.start(SLOW, served.counts)
    served.wait_for_checkpoint(process)
    server.outage(downtime).join()
    served.hurry()
    served.finish(process=process)
    assert_whole(served, undisturbed)


def test_a_server_that_stays_away_ends_the_sweep_and_it_continues(served, server, undisturbed):
    process = served.start(SLOW, served.counts, MLFLOW_HTTP_REQUEST_MAX_RETRIES="1")
    served.wait_for_checkpoint(process)
    server.kill()
    shown, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, shown + said
    assert "Traceback" not in said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "the same command continues" in errors[0]
    assert said.rstrip().endswith(errors[0])
    server.start()
    served.finish()
    assert_whole(served, undisturbed)


@pytest.mark.slow
def test_training_goes_on_while_the_server_hangs(served, server, undisturbed):
    """The points of the second rung are due to be sent meanwhile."""
    process = served.start("slow:3", served.counts)
    served.wait_for_checkpoint(process)
    server.signal(signal.SIGSTOP)
    try:
        further = served.model_updates() + 2 * 100 * 4  # two chunks of 100 updates of four trials
        time.sleep(8)
        served.wait_for(lambda: served.model_updates() >= further, process, ANSWER)
    finally:
        server.signal(signal.SIGCONT)
    served.hurry()
    served.finish(process=process)
    assert_whole(served, undisturbed)


@pytest.fixture
def in_postgres(tmp_path, cluster):
    """A sweep with Optuna's trials in PostgreSQL, and MLflow's runs behind a server there."""
    names = [f"{kind}_{time.time_ns()}" for kind in ("runs", "studies")]
    runs, studies = (cluster.create(name) for name in names)
    backend = runs.replace("postgresql:", "postgresql+psycopg:")
    with Server(tmp_path, backend) as server:
        sweep = Sweep(tmp_path, server.uri, backend, studies)
        yield sweep
        sweep.end_all()


@pytest.mark.slow
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_postgres_that_restarts_in_the_middle_of_a_sweep_is_waited_for(
    in_postgres, cluster, undisturbed
):
    """Once while a pack is trained, and once while the replicates are."""
    process = in_postgres.start(SLOW, in_postgres.counts)
    in_postgres.wait_for_checkpoint(process)
    cluster.outage(5).join()
    in_postgres.wait_for(lambda: 6 in {trials for *_, trials in in_postgres.chunks()}, process)
    cluster.outage(5).join()
    in_postgres.hurry()
    in_postgres.finish(process=process)
    assert_whole(in_postgres, undisturbed)
