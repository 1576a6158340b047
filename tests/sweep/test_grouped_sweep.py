"""A whole sweep that is searched in groups: its runs, its restarts, its report."""

import io
import shutil
from collections import Counter

import pytest
from rich.console import Console
from small_sweep import StopAfter, grouped_sweep, numbers
from sweep_builders import all_runs, by_name, place_in, store_uri

from glorot_sweep.errors import StopRequested
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.collect import collect
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.status import show_status

pytestmark = pytest.mark.slow
CHANGES = {"replicates.seeds": 3, "search.groups": 3, "search.extend": True, "statistics": "none",
           "replicates.window": 2}  # fmt: skip
TRIALS = 3 + 3 + 2  # of a group


@pytest.fixture(scope="module")
def folder(empty_databases, tmp_path_factory):
    """Stores with the sweep whole."""
    made = tmp_path_factory.mktemp("grouped") / "stores"
    shutil.copytree(empty_databases, made)
    grouped_sweep(made, CHANGES)
    return made


@pytest.fixture
def whole(folder):
    return place_in(folder)


def test_every_group_has_its_trials_and_its_replicate(whole):
    runs = by_name(whole)
    kinds = Counter(run.data.tags["kind"] for run in runs.values())
    assert (kinds["study"], kinds["trial"]) == (2, 2 * 3 * TRIALS)
    trials = [run for run in runs.values() if run.data.tags["kind"] == "trial"]
    assert Counter(run.data.tags["group"] for run in trials) == dict.fromkeys("012", 2 * TRIALS)
    streams = {(run.data.tags["group"], run.data.params["data_seed"]) for run in trials}
    assert len(streams) == 3
    replicates = [run for run in runs.values() if run.data.tags["kind"] == "replicate"]
    for run in replicates:
        group, winner = run.data.tags["group"], run.data.tags["winner"]
        assert group == run.data.tags["seed"]
        trial = runs[f"{run.data.tags['variant']}-shapeset-g{group}-{winner}"]
        assert run.data.params["learning_rate"] == trial.data.params["learning_rate"]
        assert run.data.params["data_seed"] != trial.data.params["data_seed"]
    for variant in ("tanh", "tanh_n"):
        roles = Counter(
            role
            for run in replicates
            if run.data.tags["variant"] == variant
            for role in run.data.tags["role"].split("+")
        )
        assert roles == {"table_depth": 3, "best_depth": 3}


def test_the_table_has_a_cell_of_all_groups(whole):
    collected = collect(whole, "small")
    assert collected.doubts == ()
    for cell in collected.cells.values():
        assert (cell.errors.shape, len(cell.winners)) == ((3,), 3)
    files = report_files(compile_report(whole, "small", PAPER, []))
    assert " to " in files["table1.md"].decode() + files["best_depth.md"].decode()


def test_it_is_complete_and_nothing_is_to_repair(folder, whole):
    before = len(all_runs(whole))
    assert grouped_sweep(folder, CHANGES).was_complete
    assert len(all_runs(whole)) == before
    found = run_repair("small", store_uri(folder), "tests", f"sqlite:///{folder / 'optuna.db'}",
                       Console(quiet=True))  # fmt: skip
    assert found.lines() == ["nothing to repair: MLflow and Optuna agree"]


def test_its_status_counts_the_groups(folder, whole):
    lines = io.StringIO()
    show_status("small", store_uri(folder), "tests", f"sqlite:///{folder / 'optuna.db'}",
                Console(file=lines, width=150))  # fmt: skip
    rows = [row for row in lines.getvalue().splitlines() if row.startswith("shapeset ")]
    missing = [row.rpartition("  ")[2].strip() for row in rows]
    assert missing == ["0"] * 4, lines.getvalue()


def test_stopped_on_the_way_it_ends_with_the_same_numbers(stores, whole):
    with pytest.raises(StopRequested):
        grouped_sweep(stores, CHANGES, stop=StopAfter(9))
    grouped_sweep(stores, CHANGES)
    assert numbers(place_in(stores)) == numbers(whole)
