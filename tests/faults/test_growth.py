"""A sweep whose growth is killed, or meets another driver: it ends in the table of a whole one."""

import shutil

import pytest
from sweep_builders import all_runs

from faults.sweep_process import OUTLASTING, PATIENCE, Sweep
from faults.wholeness import assert_nothing_is_left_to_do, read_sweep

pytestmark = pytest.mark.faults


def grow(sweep):
    """Ask for two trials more of each study and two seeds more."""
    sweep.change("search", trials=6)
    sweep.change("replicates", seeds=4)


def copied(source, folder):
    """The same sweep with all of its stores in another folder, in which it goes on."""
    shutil.copytree(source.folder, folder)
    return Sweep(folder)


@pytest.fixture(scope="module")
def ended(tmp_path_factory, empty_databases):
    """A sweep that has ended, to be copied."""
    folder = tmp_path_factory.mktemp("ended") / "stores"
    folder.mkdir()
    shutil.copy(empty_databases / "mlflow.db", folder)
    sweep = Sweep(folder)
    sweep.make_experiment()
    sweep.finish()
    return sweep


@pytest.fixture(scope="module")
def grown(ended, tmp_path_factory):
    """What it leaves once it has grown undisturbed."""
    sweep = copied(ended, tmp_path_factory.mktemp("grown") / "stores")
    grow(sweep)
    sweep.finish()
    return read_sweep(sweep)


@pytest.fixture
def growing(ended, tmp_path):
    """A copy that has been asked for more."""
    sweep = copied(ended, tmp_path / "stores")
    grow(sweep)
    yield sweep
    sweep.end_all()


def is_noted(sweep):
    return any("growth/1" in run.data.tags for run in all_runs(sweep.place))


def in_training(kind):
    def found(sweep):
        return any(
            (run.data.tags["kind"], run.info.status) == (kind, "RUNNING")
            for run in all_runs(sweep.place)
        )

    return found


@pytest.mark.parametrize(
    "moment",
    [is_noted, in_training("replicate")],
    ids=["once it is noted", "among replicates"],
)
def test_kill_9_in_a_growth_ends_in_the_same_table(growing, grown, moment):
    process = growing.start("slow:1")
    growing.wait_for(lambda: moment(growing), process)
    process.kill()
    process.communicate()
    growing.finish()
    found = read_sweep(growing)
    assert found.table == grown.table
    assert found.trials == grown.trials
    assert found.runs == grown.runs
    assert found.points == grown.points
    assert "RUNNING" not in {status for status, *_ in found.runs.values()}
    assert_nothing_is_left_to_do(growing)


def test_a_growth_beside_a_driver_is_refused_and_changes_nothing(growing):
    first = growing.start(OUTLASTING, growing.counts)
    growing.wait_until_training(first)
    growing.change("replicates", seeds=5)
    second = growing.start()
    _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == 3
    assert f"process {first.pid}" in said
    assert "Traceback" not in said
    growing.hurry()
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    (own,) = (run for run in all_runs(growing.place) if run.data.tags["kind"] == "sweep")
    assert "growth/2" not in own.data.tags


def test_less_than_there_is_ends_in_one_message(growing):
    growing.change("search", trials=4)
    growing.change("replicates", seeds=2)
    growing.finish()  # what it had
    growing.change("search", trials=3)
    process = growing.start()
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "search.trials: 4 -> 3 (the sweep has more)" in said
    assert "`glorot-sweep delete tiny" in said
    assert "Traceback" not in said
