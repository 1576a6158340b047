"""The tables of a report, recomputed by a reader from the two files that publish every run."""

import shutil

import pandas as pd
import pytest
from report_builders import finished_sweep
from rich.console import Console
from scipy import stats
from sweep_builders import config, place_in

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import compiled
from glorot_sweep.report.job import run_report


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


def recomputed(folder):
    """Table 1 from `runs.csv` and `evaluations.csv` alone."""
    runs, points = (pd.read_csv(folder / f"{name}.csv") for name in ("runs", "evaluations"))
    used = runs[(runs["kind"] == "replicate") & runs["role"].str.contains("table_depth", na=False)]
    last = points.sort_values("update").merge(used[["run_id", "window"]], on="run_id")
    last = last.groupby("run_id", group_keys=False)[list(last)].apply(
        lambda one: one.tail(int(one["window"].iloc[0]))
    )
    final = last.groupby("run_id")["test_error"].mean().rename("final").reset_index()
    used = used.merge(final, on="run_id")
    used["group"] = used["group"].fillna(used["seed"])  # a search in one part: by seeds
    units = used.groupby(["variant", "dataset", "group"])["final"].mean()
    return units.groupby(level=["variant", "dataset"]).agg(
        test_error_percent="mean",
        half=lambda one: stats.t.ppf(0.975, len(one) - 1) * stats.sem(one),
    )


def test_table_1_is_recomputed_from_the_published_runs(published):
    folder, _ = published
    table = pd.read_csv(folder / "table1.csv").set_index(["variant", "dataset"])
    found = recomputed(folder).loc[table.index]
    assert len(found) == 2
    # the table has four decimals
    assert table["test_error_percent"].to_numpy() == pytest.approx(
        found["test_error_percent"].to_numpy(), abs=5e-5
    )
    half = (table["interval_high"] - table["interval_low"]) / 2
    assert half.to_numpy() == pytest.approx(found["half"].to_numpy(), abs=1e-4)


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
