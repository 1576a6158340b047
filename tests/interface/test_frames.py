"""Frames of a sweep, against the same numbers taken straight from its runs and cells."""

from dataclasses import replace

import numpy as np
import pytest
from report_builders import cell, collected, over_depths
from run_builders import record

from glorot_sweep.interface import columns, frames
from glorot_sweep.papers import find_paper
from glorot_sweep.significance import percent_interval
from glorot_sweep.tracking.schema.names import Role

LEVELS = {"variant": ("tanh_n", "tanh"), "dataset": ("shapeset",)}


def test_a_row_has_what_its_run_has():
    runs = [
        record("trial", trial=3, group=1, learning_rate=0.25, validation_error=12.5),
        record("trial", "pruned", trial=4, layer_widths=(3, 4)),
    ]
    made = frames.runs_frame(runs, columns.TRIALS, LEVELS)
    assert made["learning_rate"].tolist() == [0.25, 0.1]
    assert made["trial"].tolist() == [3, 4]
    assert made["state"].tolist() == ["complete", "pruned"]
    assert made["layer_widths"].tolist() == ["", "3 4"]
    assert made[["schedule", "weight_decay"]].to_numpy().tolist() == [["constant", 0.0]] * 2
    assert made["group"].isna().tolist() == [False, True]
    assert made["validation_error"].isna().tolist() == [False, True]
    assert list(made["variant"].cat.categories) == ["tanh_n", "tanh"]


def test_curves_of_several_kinds_of_runs_stand_one_below_the_other():
    runs = [
        record("trial", run_id="t", trial=1),
        record("replicate", run_id="r", seed=2, variant="tanh_n"),
    ]
    points = {"t": [(10, 50.0, None)], "r": [(10, 40.0, 41.0), (20, 30.0, 31.0)]}

    def curve_of(run):
        rows = [
            {"update": u, "train_loss": 1.0, "validation_error": v, "test_error": t}
            for u, v, t in points[run.run_id]
        ]
        return frames.frame(rows, columns.EVALUATION)

    made = frames.curves_frame(runs, curve_of, LEVELS)
    assert made["run_id"].tolist() == ["t", "r", "r"]
    assert made["kind"].tolist() == ["trial", "replicate", "replicate"]
    assert made["validation_error"].tolist() == [50.0, 40.0, 30.0]
    assert made["test_error"].isna().tolist() == [True, False, False]
    assert made["seed"].isna().tolist() == [True, False, False]


def test_the_table_has_every_cell_with_its_mean_and_the_lowest_is_marked():
    cells = [cell("tanh", (40.0, 42.0)), cell("tanh_n", (30.0, 31.0)), cell("relu", (), failed=2)]
    made = frames.table_frame(collected(cells))
    one = made[made["role"] == Role.BEST_DEPTH].set_index("variant")
    assert len(made) == 6
    assert one["test_error"].tolist()[:2] == [41.0, 30.5]
    expected = percent_interval([40.0, 42.0])
    assert (one["low"]["tanh"], one["high"]["tanh"]) == (expected.low, expected.high)
    assert one["standard_deviation"]["tanh"] == pytest.approx(np.std([40, 42], ddof=1))
    assert one["is_lowest"].tolist() == [False, True, False]
    assert one["instead"].tolist() == ["", "", "failed"]
    assert np.isnan(one["test_error"]["relu"])


def test_one_replicate_of_an_unfinished_sweep_has_an_error_and_no_interval():
    made = frames.table_frame(collected([cell("tanh", (40.0,))]))
    assert made["test_error"].tolist() == [40.0, 40.0]
    assert made[["low", "high", "standard_deviation"]].isna().all(axis=None)


def test_groups_of_an_unfinished_sweep_are_those_of_the_seeds_that_have_ended():
    """Seeds 0, 2 and 3 of two groups: 0 and 2 repeat one winner, 3 the other."""
    one = replace(cell("tanh", (40.0, 44.0, 30.0)), groups=2, numbers=(0, 2, 3))
    lone = replace(cell("tanh_n", (50.0,)), groups=5, numbers=(3,))
    made = frames.table_frame(collected([one, lone])).drop_duplicates("variant")
    assert made["test_error"].tolist() == [36.0, 50.0]
    assert made["low"].isna().tolist() == [False, True]


@pytest.mark.parametrize("paper", ["none", "glorot2010"])
def test_every_test_names_two_variants_and_has_numbers(paper):
    found = collected(
        [cell("tanh", (40.0, 42.0)), cell("tanh_n", (30.0, 31.0))],
        {"comparisons": [["tanh_n", "tanh"]]},
    )
    made = frames.comparisons_frame(found, find_paper(paper))
    assert set(made["first"]) | set(made["second"]) == {"tanh", "tanh_n"}
    named = made[(made["kind"] == "named beforehand") & (made["test"] == "welch")]
    assert named[["first", "second"]].to_numpy().tolist() == [["tanh_n", "tanh"]]
    assert named["difference"].tolist() == [pytest.approx(-10.5)]
    assert (named["low"] < -10.5).all()
    assert (named["adjusted_p"] >= named["p"]).all()


def test_a_sweep_without_tests_has_an_empty_frame_of_them():
    made = frames.comparisons_frame(
        collected([cell("relu", (40.0, 42.0))]), find_paper("glorot2010")
    )
    assert made.empty
    assert list(made.columns) == list(columns.COMPARISONS)


def test_of_a_sweep_with_a_factor_the_table_has_each_cell_once():
    cells = {1: [cell("tanh", (50.0, 52.0))], 2: [cell("tanh", (40.0, 42.0))]}
    shown = frames.table_frame(over_depths(cells))
    assert shown["role"].tolist() == ["each_depth"] * 2
    assert shown["depth"].tolist() == [1, 2]
    assert shown["width"].nunique() == 1
    assert shown["test_error"].tolist() == [51.0, 41.0]
    assert shown["is_lowest"].tolist() == [True, True]
