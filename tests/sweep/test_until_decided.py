"""A whole sweep that adds seeds until it is decided: its runs, its restarts, its report."""

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
from glorot_sweep.significance import Outcome
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.status import show_status

pytestmark = pytest.mark.slow
CHANGES = {
    "variants": ["tanh", "tanh_n", "softsign", "sigmoid"],
    "comparisons": [["sigmoid", "tanh"], ["tanh", "softsign"]],
    "significance": {"level": 0.05},
    "replicates.seeds": 3, "replicates.until_decided": {"most": 7, "step": 2},
    "replicates.window": 2, "search.groups": 3, "search.trials": 2, "search.depth_trials": 1,
    "statistics": "none",
}  # fmt: skip
SEEDS = {"tanh": 5, "tanh_n": 3, "softsign": 3, "sigmoid": 5}
DECIDED, FUTILE = ("tanh", "sigmoid"), ("softsign", "tanh")


@pytest.fixture(scope="module")
def folder(empty_databases, tmp_path_factory):
    """Stores with the sweep whole."""
    made = tmp_path_factory.mktemp("until_decided") / "stores"
    shutil.copytree(empty_databases, made)
    grouped_sweep(made, CHANGES)
    return made


@pytest.fixture
def whole(folder):
    return place_in(folder)


def seeds_of(place):
    """How many seeds each variant has at the table's depth, and how many groups."""
    runs = [run.data.tags for run in by_name(place).values()]
    kinds = {"replicate": Counter(), "trial": Counter()}
    for tags in runs:
        if tags["kind"] == "trial" and tags["trial"] == "0":
            kinds["trial"][tags["variant"]] += 1
        if tags["kind"] == "replicate" and "table_depth" in tags["role"]:
            kinds["replicate"][tags["variant"]] += 1
    return kinds


def repaired(folder):
    storage = f"sqlite:///{folder / 'optuna.db'}"
    return run_repair("small", store_uri(folder), "tests", storage, Console(quiet=True)).lines()


def test_no_variant_has_a_seed_or_a_group_that_no_open_comparison_needed(whole):
    found = seeds_of(whole)
    assert found == {"replicate": SEEDS, "trial": SEEDS}


def test_the_report_says_what_was_decided_and_why_no_more_was_trained(whole):
    collected = collect(whole, "small")
    assert collected.doubts == ()
    outcomes = {
        tuple(variant for _, variant in pair): (one.outcome, one.seeds)
        for pair, one in collected.reached.decisions.items()
    }
    assert outcomes == {DECIDED: (Outcome.DECIDED, 5), FUTILE: (Outcome.FUTILE, 3)}
    for (_, _, variant), cell in collected.cells.items():
        assert (len(cell.errors), cell.groups) == (SEEDS[variant], SEEDS[variant])
    files = report_files(compile_report(whole, "small", PAPER, []))
    for page in ("report.md", "report.html"):
        text = files[page].decode()
        assert "looks at 3, 5 and 7 seeds" in text
        assert "Sigmoid is significantly worse than Tanh" in text
        assert "decided with 5 seeds" in text
        assert "given up as futile with 3 seeds" in text
        assert "as many as were needed (3 to 7 seeds)" in text
        assert "are not corrected for that" in text
    rows = files["significance.csv"].decode().splitlines()
    assert sum("over looks" in row and "not over looks" not in row for row in rows) == 2
    assert all("over looks" in row for row in rows[1:] if "holm" in row)


def test_it_is_complete_and_nothing_is_to_repair(folder, whole):
    before = len(all_runs(whole))
    assert grouped_sweep(folder, CHANGES).was_complete
    assert len(all_runs(whole)) == before
    assert repaired(folder) == ["nothing to repair: MLflow and Optuna agree"]


def test_its_status_counts_the_seeds_that_each_variant_needs(folder):
    lines = io.StringIO()
    show_status("small", store_uri(folder), "tests", f"sqlite:///{folder / 'optuna.db'}",
                Console(file=lines, width=150))  # fmt: skip
    rows = [row for row in lines.getvalue().splitlines() if row.startswith("shapeset ")]
    missing = [row.rpartition("  ")[2].strip() for row in rows]
    assert missing == ["0"] * 8, lines.getvalue()


def test_stopped_at_a_later_look_it_ends_with_the_same_numbers(stores, whole):
    with pytest.raises(StopRequested):
        grouped_sweep(stores, CHANGES, stop=StopAfter(33))
    assert max(seeds_of(place_in(stores))["trial"].values()) == 5
    repaired(stores)
    grouped_sweep(stores, CHANGES)
    assert numbers(place_in(stores)) == numbers(whole)


def test_a_replicate_that_is_deleted_is_trained_again_and_nothing_more(folder, whole, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    place = place_in(copy)
    for name in ("tanh-shapeset-g0-seed0", "sigmoid-shapeset-g4-seed4"):
        place.client.delete_run(by_name(place)[name].info.run_id)
    assert not grouped_sweep(copy, CHANGES).was_complete
    assert numbers(place) == numbers(whole)
