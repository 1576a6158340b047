"""A driver with workers of Ray: killed, terminated, interrupted; Ray beheaded.

After a kill and after SIGTERM the same command goes on with Ray; elsewhere one process ends what
was begun, which shows as well what the stores were left with and starts no second Ray.
"""

import os
import signal
import time

import pytest
from sweep_builders import all_runs

from faults.processes import descendants, kill_all, named, wait_until_gone
from faults.sweep_process import GRACE, PATIENCE, WORKER
from faults.wholeness import assert_whole, read_sweep

pytestmark = pytest.mark.faults

SLOW = "slow:1"


def starts(sweep, *faults):
    """Start the driver, and wait until a worker has saved a pack; return it and all of Ray."""
    process = sweep.start(*(faults or (SLOW,)), sweep.counts)
    sweep.wait_for_checkpoint(process)
    return process, descendants(process.pid)


def goes_on(sweep, undisturbed):
    sweep.use_one_process()
    sweep.finish()
    assert_whole(sweep, undisturbed)


def assert_gone(processes):
    """Ray's own daemons too, of which some would outlive a killed driver by a minute."""
    assert not [one.command for one in wait_until_gone(processes, GRACE)]
    kill_all(processes)


def test_after_kill_9_all_of_ray_ends_and_the_same_command_goes_on(ray_sweep, undisturbed):
    process, processes = starts(ray_sweep)
    assert any(WORKER in one.command for one in processes)
    process.kill()
    process.communicate()
    assert_gone(processes)
    assert ("RUNNING", "running") in ray_sweep.outcomes()  # nobody could tell MLflow
    (ray_sweep.folder / "counts").unlink()
    ray_sweep.finish(ray_sweep.counts)
    whole = 8 * 600 + 6 * 400
    assert ray_sweep.model_updates() <= whole - 4 * 200  # the pack of four was saved at 200
    assert_whole(ray_sweep, undisturbed)


@pytest.mark.parametrize(
    ("signum", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130)],
)
def test_a_signal_saves_all_packs_and_ends_it_cleanly(ray_sweep, undisturbed, signum, code):
    """SIGTERM reaches the driver alone, Ctrl-C its whole process group."""
    ray_sweep.use_ray(workers=2)
    process, processes = starts(ray_sweep)
    before = {path: path.stat().st_mtime_ns for path in ray_sweep.checkpoints()}
    os.kill(process.pid, signum) if code == 143 else os.killpg(process.pid, signum)
    _, said = process.communicate(timeout=GRACE)
    assert process.returncode == code, said
    assert f"stopped by signal {int(signum)}; the same command continues." in said
    assert "Traceback" not in said
    assert_gone(processes)
    after = {path: path.stat().st_mtime_ns for path in ray_sweep.checkpoints()}
    assert len(after) == 2
    assert any(before.get(path) != moment for path, moment in after.items())
    outcomes = ray_sweep.outcomes()
    assert ("KILLED", "killed") in outcomes
    assert "RUNNING" not in {status for status, _ in outcomes}
    if code == 130:
        ray_sweep.use_one_process()  # else two workers take up what two have saved
    ray_sweep.finish()
    assert_whole(ray_sweep, undisturbed)


def test_a_second_ctrl_c_ends_it_at_once_and_repair_mends_it(ray_sweep, undisturbed):
    process, processes = starts(ray_sweep, "slow:10")
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)  # two signals at once are one
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=GRACE)
    assert process.returncode == 130
    assert_gone(processes)
    assert ("RUNNING", "running") in ray_sweep.outcomes()  # it did not wait to tell MLflow
    assert_repaired_and_whole(ray_sweep, undisturbed)


def test_after_kill_9_repair_leaves_nothing_running(sweep, undisturbed):
    process = sweep.start(SLOW, sweep.counts)
    sweep.wait_for_checkpoint(process)
    process.kill()
    process.communicate()
    assert_repaired_and_whole(sweep, undisturbed)


def assert_repaired_and_whole(sweep, undisturbed):
    command = [*sweep.command[:3], "repair", "tiny", *sweep.stores]
    said = sweep.finish(process=sweep.start(command=command))
    assert "were RUNNING without a worker, now KILLED" in said
    assert "RUNNING" not in {run.info.status for run in all_runs(sweep.place)}
    assert "RUNNING" not in {state for state, *_ in read_sweep(sweep).trials.values()}
    again = sweep.finish(process=sweep.start(command=command))
    assert "nothing to repair" in again
    goes_on(sweep, undisturbed)


def test_when_rays_head_dies_the_driver_says_so_and_the_sweep_continues(ray_sweep, undisturbed):
    process, processes = starts(ray_sweep)
    kill_all(named(process.pid, "gcs_server"))
    shown, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, shown + said
    assert "Traceback" not in said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "the same command continues" in errors[0]
    assert_gone(processes)
    goes_on(ray_sweep, undisturbed)
