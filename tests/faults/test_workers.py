"""Workers of Ray that are killed, terminated, or hang; packs that do not fit in memory."""

import signal

import pytest

from faults.processes import named
from faults.sweep_process import PATIENCE, WORKER
from faults.wholeness import assert_whole, read_sweep

pytestmark = pytest.mark.faults

SLOW = "slow:1"
SLOWER = "slow:3"  # long enough to import torch and take over a pack, until the test says hurry


def workers(sweep):
    """Process ids of those that have trained."""
    return {pid for pid, *_ in sweep.chunks()}


def hit_a_busy_worker(sweep, process, signum, but=()):
    """Signal a worker whose pack has been saved; return the worker."""

    def busy():
        hired = named(process.pid, WORKER) if sweep.checkpoints() else []
        return [one for one in hired if one.pid in workers(sweep) and one not in but]

    worker = sweep.wait_for(busy, process)[0]
    worker.signal(signum)
    return worker


def test_a_worker_that_is_terminated_is_replaced_and_its_pack_goes_on(ray_sweep, undisturbed):
    process = ray_sweep.start(SLOWER, ray_sweep.counts)
    dead = hit_a_busy_worker(ray_sweep, process, signal.SIGTERM)
    ray_sweep.wait_for(lambda: len(workers(ray_sweep)) == 2, process)
    ray_sweep.hurry()
    assert "lost a worker" in ray_sweep.finish(process=process)
    assert dead.pid in workers(ray_sweep)
    assert_whole(ray_sweep, undisturbed)


def test_a_worker_that_hangs_is_replaced(ray_sweep, undisturbed):
    ray_sweep.use_ray(workers=2)
    ray_sweep.change("execution", hang_seconds=5)
    process = ray_sweep.start(SLOW, ray_sweep.counts)
    hung = hit_a_busy_worker(ray_sweep, process, signal.SIGSTOP)
    ray_sweep.hurry()
    said = ray_sweep.finish(process=process)
    assert "lost a worker (no progress for 5 s)" in said
    assert not hung.is_alive
    assert_whole(ray_sweep, undisturbed)


def test_workers_that_are_killed_twice_in_a_row(ray_sweep, undisturbed):
    ray_sweep.use_ray(workers=2)
    process = ray_sweep.start(SLOWER, ray_sweep.counts)
    first = hit_a_busy_worker(ray_sweep, process, signal.SIGKILL)
    hit_a_busy_worker(ray_sweep, process, signal.SIGKILL, but=(first,))
    ray_sweep.hurry()
    said = ray_sweep.finish(process=process)
    assert said.count("lost a worker") == 2
    assert_whole(ray_sweep, undisturbed)


@pytest.mark.parametrize("executor", ["local", "ray"])
def test_a_pack_that_does_not_fit_is_halved_and_the_size_remembered(
    sweep, undisturbed, request, executor
):
    if executor == "ray":
        request.getfixturevalue("ray_sweep").use_ray(workers=2)
    fits = 2 if executor == "local" else 1
    said = sweep.finish(f"memory:{fits}", sweep.counts)
    sizes = {trials for _, _, trials in sweep.chunks()}
    assert max(sizes) <= fits
    packs = 1 if executor == "local" else 2  # of the first generation; the second one knows
    assert said.count("trials failed (memory)") == packs
    assert_whole(sweep, undisturbed)


def test_memory_for_no_trial_at_all_gives_them_up(sweep):
    sweep.change("execution", max_failed=100)
    process = sweep.start("memory:0")
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "has no complete trial" in said
    assert "Traceback" not in said
    found = read_sweep(sweep)
    assert "RUNNING" not in {status for status, *_ in found.runs.values()}
    assert {state for state, *_ in found.trials.values()} == {"FAIL"}
