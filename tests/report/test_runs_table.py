"""The tables of a report, recomputed by a reader from the two files that publish every run."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest
from report_builders import cell, collected, finished_sweep
from rich.console import Console
from run_builders import record
from scipy import stats
from sweep_builders import config, place_in

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import compiled
from glorot_sweep.report.beyond import beyond_entries, beyond_frame
from glorot_sweep.report.job import run_report
from glorot_sweep.report.paper import Beside
from glorot_sweep.report.runs_table import evaluations_frame, runs_frame
from glorot_sweep.report.tables import entries, entries_frame
from glorot_sweep.tracking.schema.names import Curve, Role

pytestmark = pytest.mark.slow  # all of it looks at one whole sweep


@pytest.fixture(scope="module")
def published(tmp_path_factory, empty_databases):
    """A report's folder: two replicates a cell, final errors are means of two evaluations."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(empty_databases, folder / "stores")
    place = place_in(folder / "stores")
    writers = finished_sweep(place, config({"replicates.window": 2}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "draw_all", lambda *_: [])
        run_report(place, "small", PAPER, Console(quiet=True), folder / "report")
    return folder / "report", writers


def recomputed(folder, role):
    """A table of means, intervals and Welch's p from `runs.csv` and `evaluations.csv` alone."""
    runs, points = (pd.read_csv(folder / f"{name}.csv") for name in ("runs", "evaluations"))
    used = runs[(runs["kind"] == "replicate") & runs["role"].str.contains(role, na=False)]
    last = points.sort_values("update").merge(used[["run_id", "window"]], on="run_id")
    last = last.groupby("run_id", group_keys=False)[list(last)].apply(
        lambda one: one.tail(int(one["window"].iloc[0]))
    )
    final = last.groupby("run_id")["test_error"].mean().rename("final").reset_index()
    used = used.merge(final, on="run_id")
    unit = "seed" if used["group"].nunique() <= 1 else "group"  # a search in one part: by seeds
    units = used.groupby(["variant", "dataset", unit])["final"].mean()
    best = units.groupby(level="variant").mean().idxmin()
    return units.groupby(level=["variant", "dataset"]).agg(
        test_error_percent="mean",
        standard_deviation="std",
        half=lambda one: stats.t.ppf(0.975, len(one) - 1) * stats.sem(one),
        p=lambda one: stats.ttest_ind(one, units[best], equal_var=False).pvalue,
    )


def check_recomputed(folder, table, role):
    """Compare with the tables, which have four decimals."""
    table = table.set_index(["variant", "dataset"])
    found = recomputed(folder, role).loc[table.index]
    assert len(found) == 2
    runs = pd.read_csv(folder / "runs.csv").query("kind == 'replicate'")
    groups = runs.groupby(["variant", "dataset"])["group"].nunique().clip(lower=1)
    assert table["groups"].tolist() == groups[table.index].tolist()
    assert table["test_error_percent"].tolist() == pytest.approx(
        found["test_error_percent"].tolist(), abs=5e-5
    )
    half = (table["interval_high"] - table["interval_low"]) / 2
    assert half.tolist() == pytest.approx(found["half"].tolist(), abs=1e-4)
    deviations = table["standard_deviation"].tolist()
    assert deviations == pytest.approx(found["standard_deviation"].tolist())
    assert table["bold"].tolist() == (found["p"] > 0.005).tolist()
    return found


@pytest.mark.parametrize(("name", "role"), [("table1", "table_depth"), ("best_depth",) * 2])
def test_a_table_is_recomputed_from_the_published_runs(published, name, role):
    folder, _ = published
    found = check_recomputed(folder, pd.read_csv(folder / f"{name}.csv"), role)
    tests = pd.read_csv(folder / "significance.csv")
    welchs = tests[(tests["test"] == "welch") & (tests["kind"] == "column's best")]
    assert welchs["p"].tolist() == pytest.approx([found.loc[("tanh", "shapeset"), "p"]])


def test_the_budgets_are_recomputed_from_the_published_runs(published):
    folder, _ = published
    trials = pd.read_csv(folder / "runs.csv").query("kind == 'trial'").groupby("variant")
    audit = pd.read_csv(folder / "audit.csv").set_index("variant")
    assert trials.size().to_dict() == audit["trials"].to_dict()
    assert trials["updates_done"].sum().to_dict() == audit["updates"].to_dict()
    pruned = trials["state"].agg(lambda own: (own == "pruned").sum())
    assert pruned.to_dict() == audit["pruned"].to_dict() == {"tanh": 1, "tanh_n": 1}


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_of_any_number_of_groups_too(tmp_path, groups):
    """Of two groups of three replicates the means of two and of one are the observations."""
    errors = {"tanh": [40.0, 42.5, 41.0], "tanh_n": [30.0, 31.0, 30.5]}
    cells = [replace(cell(v, own), groups=groups) for v, own in errors.items()]
    runs = [
        record(
            "replicate", run_id=f"{v}{seed}", variant=v, seed=seed, group=seed % groups, window=2
        )
        for v in errors
        for seed in range(3)
    ]
    curves = {
        run.run_id: {Curve.TEST_ERROR: {20: 80.0, 38: error + 1, 40: error - 1}}
        for run in runs
        for error in [errors[run.variant][run.seed]]
    }
    sweep = replace(collected(cells, replicates=runs), curves=curves)
    runs_frame(sweep).to_csv(tmp_path / "runs.csv", index=False)
    evaluations_frame(sweep).to_csv(tmp_path / "evaluations.csv", index=False)
    for role in Role:
        check_recomputed(tmp_path, entries_frame(entries(sweep, role, PAPER), Beside.PAPER), role)


def test_the_table_of_other_variants_has_the_same_columns_over_the_same_observations():
    grouped = replace(cell("relu", [40.0, 42.5, 41.0, 43.0]), groups=2)
    row = beyond_frame(beyond_entries(collected([grouped]), "table_depth", PAPER)).iloc[0]
    assert (row["seeds"], row["groups"]) == (4, 2)
    assert row["standard_deviation"] == pytest.approx((42.75 - 40.5) / 2**0.5)


def test_each_run_has_its_parameters_seeds_and_errors(published):
    folder, writers = published
    runs = pd.read_csv(folder / "runs.csv", index_col="run_id")
    assert set(runs.index) == {writer.run_id for writer in writers.values()}
    trial = runs.loc[writers["tanh-shapeset-t004"].run_id]
    assert (trial["state"], trial["trial"], trial["depth"]) == ("pruned", 4, 1)
    replicate = runs.loc[writers["tanh_n-shapeset-seed1"].run_id]
    assert (replicate["seed"], replicate["weight_seed"]) == (1, 61)
    assert replicate["test_error"] == 31.0
    text = (folder / "runs.csv").read_text()
    assert ",61," in text, "whole numbers are written as such, whatever is empty beside them"


def test_every_evaluation_is_there(published):
    folder, writers = published
    points = pd.read_csv(folder / "evaluations.csv").set_index("run_id")
    own = points.loc[writers["tanh-shapeset-seed0"].run_id]
    assert own["update"].tolist() == [20, 38, 40]
    assert own["test_error"].tolist()[1:] == [40.5, 39.5]
