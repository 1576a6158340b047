"""Whole sweeps with depth or width as a factor: their runs, restarts, growth, report."""

import io
import shutil

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from small_sweep import StopAfter, grouped_sweep, numbers, run_file
from sweep_builders import all_runs, by_name, grouped_values, place_in, store_uri, write_values

from glorot_sweep.errors import StopRequested, UserError
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.report.paper import QUESTION
from glorot_sweep.significance import holm, percent_interval, welch
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.status import show_status

pytestmark = pytest.mark.slow
SMALL = {
    "statistics": "none", "paper": "none", "search.trials": 2, "search.rungs": [],
    "comparisons": [["tanh_n", "tanh"]],
}  # fmt: skip
WIDE = {**SMALL, "variants": ["tanh"], "comparisons": [], "search.depth": {"low": 1, "high": 2},
        "replicates.widths": [8, 16]}  # fmt: skip


def depths(folder, values=(1, 2), table_depth=2, **given):
    changes = {"replicates.depths": list(values), "search.table_depth": table_depth}
    content = grouped_values({**SMALL, **changes})
    del content["search"]["depth"]
    return run_file(folder, write_values(folder / "small.yaml", content), **given)


@pytest.fixture(scope="module")
def folder(empty_databases, tmp_path_factory):
    """Stores with a sweep over depths, whole."""
    made = tmp_path_factory.mktemp("factor") / "stores"
    shutil.copytree(empty_databases, made)
    depths(made)
    return made


@pytest.fixture
def whole(folder):
    return place_in(folder)


def test_each_value_has_a_study_with_its_trials_and_replicates_below(whole):
    runs = by_name(whole)
    for variant in ("tanh", "tanh_n"):
        for depth in "12":
            study = runs[f"{variant}-shapeset-d{depth}"]
            assert (study.data.tags["factor"], study.data.tags["factor_value"]) == ("depth", depth)
            below = [run for run in runs.values()
                     if run.data.tags.get("mlflow.parentRunId") == study.info.run_id]  # fmt: skip
            assert sorted(run.data.tags["kind"] for run in below) == 2 * ["replicate"] + 4 * [
                "trial"
            ]
            assert {run.data.params["depth"] for run in below} == {depth}


def test_it_is_complete_and_nothing_is_to_repair(folder, whole):
    before = len(all_runs(whole))
    assert depths(folder).was_complete
    assert len(all_runs(whole)) == before
    storage = f"sqlite:///{folder / 'optuna.db'}"
    found = run_repair("small", store_uri(folder), "tests", storage, Console(quiet=True))
    assert found.lines() == ["nothing to repair: MLflow and Optuna agree"]


def test_status_has_a_row_for_each_value(folder):
    console = Console(file=io.StringIO(), width=200)
    show_status("small", store_uri(folder), "tests", f"sqlite:///{folder / 'optuna.db'}", console)
    rows = [line.split() for line in console.file.getvalue().splitlines() if "depth" in line]
    assert len(rows) == 2 * 2 * 2
    assert {row[-2] for row in rows} == {"0"}


def test_a_stopped_sweep_goes_on_to_the_same_numbers(whole, stores):
    with pytest.raises(StopRequested):
        depths(stores, stop=StopAfter(4))
    states = [outcome for outcome, *_ in numbers(place_in(stores)).values()]
    trained = [state for status, state in states if status == "FINISHED"]
    assert 0 < len(trained) < len(numbers(whole))
    depths(stores)
    assert numbers(place_in(stores)) == numbers(whole)


def test_a_sweep_grows_by_values_and_has_what_it_would_have_had_at_once(folder, whole, stores):
    depths(stores, (2, 3))
    with pytest.raises(UserError, match=r"say search\.table_depth: 2"):
        depths(stores, (2, 3, 4), table_depth=4)
    with pytest.raises(UserError, match="the sweep has more"):
        depths(stores, (2, 4))
    depths(stores, (1, 2, 3))
    grown = numbers(place_in(stores))
    alike = {name: found for name, found in numbers(whole).items() if "-g" in name}
    assert {name: grown[name] for name in alike} == alike
    assert "tanh-shapeset-d3-g1-seed1" in grown


def test_the_report_has_every_value_as_its_runs_tell(whole):
    report = compile_report(whole, "small", QUESTION)
    files = report_files(report)
    assert not report.doubts
    cells = pd.read_csv(io.BytesIO(files["over_depth.csv"]))
    errors = {
        (variant, depth): [
            by_name(whole)[f"{variant}-shapeset-d{depth}-g{seed}-seed{seed}"]
            .data.metrics["final/test_error_percent"]
            for seed in (0, 1)
        ]
        for variant in ("tanh", "tanh_n") for depth in (1, 2)
    }  # fmt: skip
    for row in cells.itertuples():
        found = percent_interval(errors[row.variant, row.depth])
        shown = (row.test_error_percent, row.interval_low, row.interval_high)
        assert shown == pytest.approx((found.mean, found.low, found.high), abs=5e-5)
    assert len(cells) == 4
    _check_tests(files, errors)
    page = files["report.html"].decode()
    assert 'id="over_depth"' in page
    assert 'id="over_factor"' in page
    assert "At each variant" not in page
    assert files["figures/over_factor.svg"]
    assert set(pd.read_csv(io.BytesIO(files["runs.csv"])).name) >= set(numbers(whole)) - {
        name for name in numbers(whole) if name.count("-") < 3 or name == "small"
    }


def _check_tests(files, errors):
    tests = pd.read_csv(io.BytesIO(files["significance.csv"]))
    rows = tests[(tests.kind == "named beforehand") & (tests.test == "welch")]
    assert rows.depth.tolist() == [1, 2]
    wanted = [welch(errors["tanh", depth], errors["tanh_n", depth]).p_value for depth in (1, 2)]
    np.testing.assert_allclose(rows.p, wanted, rtol=1e-9)
    np.testing.assert_allclose(rows["adjusted p"], holm(wanted), rtol=1e-9)
    assert set(tests[tests.kind == "column's best"].depth) == {2}  # the table's


def test_a_sweep_over_widths_searches_the_depth_at_each(stores):
    with pytest.raises(StopRequested):
        grouped_sweep(stores, WIDE, stop=StopAfter(4))
    grouped_sweep(stores, WIDE)
    place = place_in(stores)
    report = compile_report(place, "small", QUESTION, ["over_factor"])
    assert not report.doubts
    assert [entry.value.number for entry in report.over.entries] == [8, 16]
    assert {entry.cell.depth for entry in report.over.entries} == {2}
    assert report.best  # of the table's width
    widths = {run.data.params["width"] for name, run in by_name(place).items() if "-w8-" in name}
    assert widths == {"8"}
