"""A sweep that adds seeds until it is decided, killed in its second look: it comes to the same."""

import importlib.util
import shutil

import pytest
import yaml
from sweep_builders import all_runs

from faults.sweep_process import Sweep
from faults.wholeness import assert_nothing_is_left_to_do, read_sweep

pytestmark = pytest.mark.faults

FIRST = 3  # seeds


def until_decided(folder):
    """A small sweep of that kind; at such a level it is not futile at once."""
    folder.mkdir()
    sweep = Sweep(folder)
    content = yaml.safe_load(sweep.file.read_text())
    content["search"] = {
        "trials": 2, "depth_trials": 1, "generation": 3, "rungs": [100],
        "learning_rate": {"low": 0.01, "high": 0.5}, "depth": {"low": 1, "high": 2},
        "table_depth": 2,
    }  # fmt: skip
    content["replicates"] = {
        "seeds": FIRST, "updates": 200, "until_decided": {"most": 5, "step": 1},
    }  # fmt: skip
    content |= {"comparisons": [["tanh_n", "tanh"]], "significance": {"level": 0.9}}
    sweep.file.write_text(yaml.safe_dump(content))
    return sweep


@pytest.fixture
def sweep(tmp_path, empty_databases):
    sweep = until_decided(tmp_path / "stores")
    shutil.copy(empty_databases / "mlflow.db", sweep.folder)
    sweep.make_experiment()
    yield sweep
    sweep.end_all()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, empty_databases):
    sweep = until_decided(tmp_path_factory.mktemp("whole") / "stores")
    shutil.copy(empty_databases / "mlflow.db", sweep.folder)
    sweep.make_experiment()
    sweep.finish()
    return read_sweep(sweep)


def assert_the_same(sweep, undisturbed):
    found = read_sweep(sweep)
    assert found.table == undisturbed.table
    assert found.trials == undisturbed.trials
    assert found.points == undisturbed.points
    assert found.runs.keys() == undisturbed.runs.keys()
    assert "RUNNING" not in {status for status, *_ in found.runs.values()}
    assert_nothing_is_left_to_do(sweep)


def is_in_later_look(sweep):
    return any(
        (run.data.tags["kind"], run.info.status) == ("trial", "RUNNING")
        and int(run.data.tags.get("group", 0)) >= FIRST
        for run in all_runs(sweep.place)
    )


def test_kill_9_in_a_later_look_ends_in_the_same_table(sweep, undisturbed):
    process = sweep.start("slow:1")
    sweep.wait_for(lambda: is_in_later_look(sweep), process)
    process.kill()
    process.communicate()
    sweep.finish()
    assert_the_same(sweep, undisturbed)


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_any_number_of_workers_decides_the_same(sweep, undisturbed):
    sweep.use_ray(workers=2)
    sweep.finish()
    assert_the_same(sweep, undisturbed)
