"""Checkpoints that were torn when the power failed, and disks that are full."""

import contextlib
import os
import re
import subprocess

import pytest

from faults.sweep_process import PATIENCE, Sweep
from faults.wholeness import assert_whole

pytestmark = pytest.mark.faults

WHOLE_PACK = 4 * 600  # model-updates of a generation: two studies with two trials each


def cut(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def killed_after_two_checkpoints(sweep):
    """Kill the driver when a pack was saved at both rungs; return the newest and the one before."""
    process = sweep.start("slow:1", sweep.counts)
    previous = sweep.wait_for(lambda: sweep.checkpoints("*/*.checkpoint.previous"), process)[0]
    process.kill()
    process.communicate()
    assert ("RUNNING", "running") in sweep.outcomes()  # nobody could tell MLflow
    (sweep.folder / "counts").unlink()
    return previous.with_name(previous.name.removesuffix(".previous")), previous


@pytest.mark.parametrize(
    ("damage", "both", "saved"),
    [(None, False, 400), (cut, False, 200), (flip, True, 0)],
)
def test_a_damaged_checkpoint_is_recognized_and_the_one_before_used(
    sweep, undisturbed, damage, both, saved
):
    newest, previous = killed_after_two_checkpoints(sweep)
    if damage:
        damage(newest)
        if both:
            damage(previous)
    sweep.finish(sweep.counts)
    first = next(trials for _, _, trials in sweep.chunks())
    assert first == 4
    trained = sum(updates * trials for _, updates, trials in sweep.chunks()[: (600 - saved) // 100])
    assert trained == WHOLE_PACK - 4 * saved
    assert_whole(sweep, undisturbed)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 40 MB, and a function that fills it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder):
    with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def assert_one_line(process):
    shown, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, shown + said
    assert "Traceback" not in said
    (error,) = [line for line in said.splitlines() if line.startswith("error: ")]
    assert re.search(r"disk\b.* is full", error), error


def test_a_full_disk_ends_the_sweep_and_with_space_it_continues(small_disk, undisturbed):
    """Both databases, artifacts and checkpoints are on the disk that fills up."""
    sweep = Sweep(small_disk)
    sweep.make_experiment()
    try:
        process = sweep.start("slow:1", f"count:{small_disk.parent / 'counts'}")
        sweep.wait_for_checkpoint(process)
        fill(small_disk)
        assert_one_line(process)
        (small_disk / "ballast").unlink()
        sweep.finish()
        assert_whole(sweep, undisturbed)
    finally:
        sweep.end_all()


def test_a_database_that_cannot_grow_ends_the_sweep_and_it_continues(sweep, undisturbed):
    """The limit lies 30 pages beyond what MLflow's empty database has."""
    size = (sweep.folder / "mlflow.db").stat().st_size // 4096
    assert_one_line(sweep.start(f"pages:{size + 30}"))
    sweep.finish()
    assert_whole(sweep, undisturbed)
