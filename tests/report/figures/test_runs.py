"""Which monitored runs a figure takes, and what it says where there are none."""

import pytest

from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence
from glorot_sweep.report.figures.runs import layer_rows, monitored_depths, monitored_together
from glorot_sweep.tracking.layer_table import layer_frame

from .builders import cut, evidence, monitored, replicate

ROWS = monitored("tanh", 2).statistics


def run(variant, depth=5, **changes):
    return monitored(variant, depth, statistics=changes.pop("statistics", ROWS), **changes)


def chosen(runs, *variants, **sweep):
    return [one.name for one in monitored_together(evidence(runs, **sweep), *variants)]


def test_runs_of_a_figure_differ_in_the_variant_alone():
    runs = [run("tanh", rate=0.01), run("tanh", rate=0.05), run("softsign", rate=0.05)]
    assert chosen(runs, "tanh", "softsign") == [runs[1].name, runs[2].name]


@pytest.mark.parametrize(("table_depth", "expected"), [(5, 5), (3, 3), (9, 5)])
def test_the_tables_depth_is_preferred(table_depth, expected):
    runs = [run("tanh", depth) for depth in (2, 3, 5)]
    (name,) = chosen(runs, "tanh", table_depth=table_depth)
    assert f"-d{expected}-" in name


def test_without_a_sweep_no_depth_is_preferred():
    runs = tuple(run("tanh", depth) for depth in (4, 5, 6))
    assert monitored_together(Evidence(None, runs), "tanh")[0].depth == 4


def test_then_the_first_seed_and_the_first_learning_rate():
    runs = [run("tanh", seed=1), run("tanh", rate=0.05), run("tanh", rate=0.01)]
    assert chosen(runs, "tanh") == [runs[1].name]


def test_a_run_that_diverged_is_the_last_choice():
    runs = [cut(run("tanh", rate=0.5), 100), run("tanh", rate=0.05)]
    assert chosen(runs, "tanh") == [runs[1].name]
    assert chosen(runs[:1], "tanh") == [runs[0].name]


def test_each_depth_once():
    runs = [run("sigmoid", 5, seed=1), run("sigmoid", 5), run("sigmoid", 4), run("tanh", 3)]
    found = monitored_depths(evidence(runs), "sigmoid")
    assert [(one.depth, one.seed) for one in found] == [(4, 0), (5, 0)]


def test_replicates_are_no_monitored_runs():
    with pytest.raises(NotInEvidence, match="no monitored runs of Tanh, with"):
        chosen([replicate("tanh", statistics=ROWS)], "tanh")


def test_a_run_without_statistics_is_of_no_use():
    with pytest.raises(NotInEvidence, match=r"no monitored runs of Sigmoid.*`monitored` section"):
        monitored_depths(evidence([run("sigmoid", statistics=layer_frame([]))]), "sigmoid")


def test_runs_that_cannot_be_compared_are_not_drawn():
    runs = [run("tanh", rate=0.01), run("softsign", rate=0.05)]
    with pytest.raises(NotInEvidence, match="Tanh and Softsign, alike in all but the variant"):
        chosen(runs, "tanh", "softsign")


def test_a_layer_without_rows_is_named():
    with pytest.raises(NotInEvidence, match="weight gradient of layer 4, 5; "):
        layer_rows(ROWS, "weight_gradient", 5)
