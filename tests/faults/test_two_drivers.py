"""Two drivers of one sweep that share the tracking store alone: the lease keeps one of them."""

import shutil
import signal
import sys
import time

import pytest
from sweep_builders import all_runs

from faults.mlflow_server import Server
from faults.processes import Process, _fields
from faults.sweep_process import GRACE, OUTLASTING, PATIENCE, PROGRAM, Sweep
from faults.wholeness import assert_whole
from glorot_sweep.tracking import lease
from glorot_sweep.tracking.belonging import sweep_runs

pytestmark = pytest.mark.faults

SLOW = "slow:1"
# The command on a machine of another name; it prints how long it looked at the lease.
ON_ANOTHER_HOST = """
import sys, time
from glorot_sweep.host import process
process.host_name = lambda: "another-host"
from glorot_sweep.tracking import lease
real = lease.Lease.look
def look(self, client, run_id):
    start = time.monotonic()
    try:
        return real(self, client, run_id)
    finally:
        print(f"looked for {time.monotonic() - start:.3f} s", flush=True)
lease.Lease.look = look
from glorot_sweep.cli.app import main
sys.argv[0] = "glorot-sweep"
main()
"""


@pytest.fixture
def elsewhere(sweep, tmp_path_factory):
    """The same sweep from another folder, with a storage of its own."""
    other = Sweep(tmp_path_factory.mktemp("elsewhere"), tracking=sweep.tracking)
    yield other
    other.end_all()


def refused(process, holder):
    """Wait for a driver that is refused; return what it printed."""
    shown, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3, shown + said
    assert f"'tiny' is being driven by process {holder.pid} on " in said
    assert "Traceback" not in said
    return shown


def own_run(sweep):
    (run,) = sweep_runs(sweep.place.client, sweep.place.experiment_id, "tiny")
    return run


def test_a_second_driver_from_another_folder_and_host_is_refused_in_five_seconds(
    sweep, elsewhere, undisturbed
):
    first = sweep.start(OUTLASTING, sweep.counts)
    sweep.wait_until_training(first)
    before = {run.info.run_id for run in all_runs(sweep.place)}
    command = [sys.executable, "-c", ON_ANOTHER_HOST, *elsewhere.arguments]
    shown = refused(elsewhere.start(command=command), first)
    assert float(shown.partition("looked for ")[2].split()[0]) < 5.0
    for name in ("repair", "delete"):
        arguments = [name, "tiny", *elsewhere.stores, *(["--yes"] if name == "delete" else [])]
        command = [*PROGRAM, *arguments]
        refused(elsewhere.start(command=command), first)
    assert first.poll() is None, "the first ended too soon to be in the way"
    assert {run.info.run_id for run in all_runs(sweep.place)} == before
    sweep.hurry()
    sweep.finish(process=first)
    assert own_run(sweep).holder.is_free
    assert_whole(sweep, undisturbed)


def test_a_driver_with_workers_of_ray_holds_the_lease_too(ray_sweep, elsewhere, undisturbed):
    first = ray_sweep.start(SLOW, ray_sweep.counts)
    ray_sweep.wait_for_checkpoint(first)
    refused(elsewhere.start(), first)
    assert first.poll() is None, "the first ended too soon to be in the way"
    ray_sweep.hurry()
    ray_sweep.finish(process=first)
    assert own_run(ray_sweep).holder.is_free
    assert_whole(ray_sweep, undisturbed)


def test_of_two_first_starts_at_the_same_moment_one_ends_whole(sweep, elsewhere, undisturbed):
    both = {one: one.start("slow:0.1", one.counts) for one in (sweep, elsewhere)}
    ended = {one: process.communicate(timeout=PATIENCE) for one, process in both.items()}
    codes = {one: process.returncode for one, process in both.items()}
    assert sorted(codes.values()) == [0, 3], ended
    winner = next(one for one, code in codes.items() if code == 0)
    loser = next(one for one, code in codes.items() if code == 3)
    assert f"process {both[winner].pid} on " in ended[loser][1]
    assert_whole(winner, undisturbed)


def test_through_a_symbolic_link_a_second_driver_is_refused(sweep, elsewhere):
    first = sweep.start(OUTLASTING, sweep.counts)
    sweep.wait_until_training(first)
    (elsewhere.folder / "optuna.db").symlink_to(sweep.folder / "optuna.db")
    refused(elsewhere.start(), first)


def test_a_holder_that_was_killed_is_taken_over_at_once(sweep, undisturbed):
    process = sweep.start(SLOW, sweep.counts)
    sweep.wait_until_training(process)
    process.kill()
    process.communicate()
    assert own_run(sweep).holder.process.pid == process.pid
    begun = time.monotonic()
    second = sweep.start(SLOW, f"count:{sweep.folder / 'again'}")
    sweep.wait_for(lambda: own_run(sweep).holder.process.pid == second.pid, second)
    assert time.monotonic() - begun < lease.LEASE_SECONDS
    sweep.hurry()
    sweep.finish(process=second)
    assert_whole(sweep, undisturbed)


def test_a_frozen_holder_that_wakes_up_notices_and_leaves_the_runs_alone(
    sweep, elsewhere, undisturbed
):
    """From another folder with the same storage file under another lock: a network disk."""
    first = sweep.start(SLOW, sweep.counts)
    sweep.wait_for_checkpoint(first)
    frozen = Process(first.pid, _fields(first.pid)[2])
    frozen.signal(signal.SIGSTOP)
    locks = [*sweep.folder.glob("optuna.db.tiny.*.lock")]
    for lock in locks:
        lock.unlink()  # the kernel's lock is on the file that is gone now
    second = sweep.start(SLOW, "lease:8", f"count:{sweep.folder / 'again'}")
    sweep.wait_for(lambda: own_run(sweep).holder.process.pid == second.pid, second)
    sweep.wait_for((sweep.folder / "again").exists, second)
    frozen.signal(signal.SIGCONT)
    refused(first, second)
    statuses = {run.info.run_name: run.info.status for run in all_runs(sweep.place)}
    assert statuses["tiny"] == "RUNNING"
    assert "FAILED" not in statuses.values()
    sweep.hurry()
    sweep.finish(process=second)
    assert_whole(sweep, undisturbed)


def test_an_outage_of_the_server_costs_nobody_the_lease(tmp_path, empty_databases, undisturbed):
    shutil.copy(empty_databases / "mlflow.db", tmp_path)
    with Server(tmp_path) as server:
        served = Sweep(tmp_path, server.uri, server.backend)
        try:
            process = served.start(SLOW, served.counts)
            served.wait_for_checkpoint(process)
            token = own_run(served).holder.token
            server.outage(5).join()
            served.wait_for(lambda: own_run(served).holder.token == token, process)
            beat = own_run(served).beat
            served.wait_for(lambda: own_run(served).beat != beat, process, GRACE)
            served.hurry()
            served.finish(process=process)
            assert_whole(served, undisturbed)
        finally:
            served.end_all()
