"""Finding runs and reading their numbers, against plain loops over the rows."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from run_builders import record

from glorot_sweep.papers.glorot2010.claims.columns import pairs_of
from glorot_sweep.papers.glorot2010.claims.init_studies import init_study_of, networks
from glorot_sweep.papers.glorot2010.claims.monitored_runs import at_equal_rates, at_rate, monitored
from glorot_sweep.papers.glorot2010.claims.trials import lowest_of_equally_many
from glorot_sweep.report.claims.cells import cell_of, minus
from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.claims.looks import look_at, look_near, looks, looks_between
from glorot_sweep.report.claims.measurement import Source
from glorot_sweep.report.claims.trained import (
    evaluations_between,
    first_at_or_below,
    replicates,
    trained,
)
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.significance import welch

from .builders import whole_world
from .init_rows import put
from .run_rows import curve
from .run_rows import monitored as a_run

TANH = a_run("tanh", 5, 0.05)


def by_loop(run, update, quantity, layer, column):
    rows = run.statistics.to_dict("records")
    key = {"update": update, "quantity": quantity, "layer": layer}
    return next(row[column] for row in rows if {name: row[name] for name in key} == key)


def test_a_look_must_lie_near_the_update_that_is_asked_for():
    assert look_near(TANH, 5_000).update == look_at(TANH, 5_000).update
    early = replace(TANH, statistics=TANH.statistics[TANH.statistics["update"] == 0])
    with pytest.raises(MissingRunsError, match="was not looked into from update 1,000 to 2,000"):
        look_near(early, 2_000)


def test_values_layer_by_layer():
    look = look_at(TANH, 5_000)
    expected = [by_loop(TANH, 5_000, "activation", k, "p98") for k in range(1, 6)]
    assert look.values("activation", "p98").tolist() == expected
    assert look.values("activation", "p98", [3, 1]).tolist() == [expected[2], expected[0]]
    assert look.ratio("activation", "p98", 2, 1) == expected[1] / expected[0]
    histogram = look.histogram("activation", 2)
    assert tuple(histogram.shares) == by_loop(TANH, 5_000, "activation", 2, "histogram")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_number_that_is_not_there_is_named(value):
    run = a_run("tanh", 5, 0.05)
    put(run.statistics, "p98", value, quantity="activation", layer=2, update=20_000)
    with pytest.raises(MissingRunsError, match=r"`p98` of the activation of layer 2 at update 20"):
        look_at(run, 20_000).values("activation", "p98")
    with pytest.raises(MissingRunsError, match="layer 9"):
        look_at(run, 20_000).values("activation", "std", [9])


def test_a_histogram_that_is_not_there_is_named():
    with pytest.raises(MissingRunsError, match="no histogram of the activation of layer 1"):
        look_at(a_run("tanh_n", 5, 0.05), 0).histogram("activation", 1)
    with pytest.raises(MissingRunsError, match="no histogram of the activation of layer 9"):
        look_at(TANH, 0).histogram("activation", 9)


def test_looks_in_a_window_or_the_latest_before_it():
    assert [look.update for look in looks(TANH)] == [0, 2_000, 5_000, 10_000, 20_000]
    assert [look.update for look in looks_between(TANH, 5_000, 10_000)] == [5_000, 10_000]
    assert [look.update for look in looks_between(TANH, 11_000, 19_000)] == [10_000]
    assert look_at(TANH, 9_999).update == 5_000
    late = replace(TANH, statistics=TANH.statistics[TANH.statistics["update"] > 0])
    with pytest.raises(MissingRunsError, match="not looked into up to update 0"):
        look_at(late, 0)
    with pytest.raises(MissingRunsError, match="has no layer statistics"):
        looks(replace(TANH, statistics=pd.DataFrame()))


@pytest.mark.parametrize(
    ("level", "update", "kind"),
    [(2.0, 150.0, ""), (1.5, 200.0, ""), (1.25, 300.0, ""), (2.5, 100.0, "at_most"),
     (0.9, 400.0, "at_least")],
)  # fmt: skip
def test_when_a_curve_comes_down_to_a_level(level, update, kind):
    """By hand: 2.5, 1.5, 1.0, 1.2 at 100, 200, 400 and, missing, at 300."""
    points = curve([100, 200, 300, 400], validation_loss=[2.5, 1.5, np.nan, 1.0])
    found = first_at_or_below(replace(TANH, curve=points), "validation_loss", level)
    assert found.update == pytest.approx(update, abs=1e-9)
    assert (found.at_most, found.at_least) == (kind == "at_most", kind == "at_least")


def test_a_curve_that_rises_again_counts_from_its_first_crossing():
    points = curve([0, 10, 20, 30], validation_loss=[3.0, 1.0, 3.0, 1.0])
    found = first_at_or_below(replace(TANH, curve=points), "validation_loss", 2.0)
    assert found.update == pytest.approx(5.0)


def test_evaluations_in_a_window_or_the_latest_before_it():
    updates = evaluations_between(TANH, "validation_loss", 2_000, 10_000)["update"]
    assert updates.tolist() == [2_000, 5_000, 10_000]
    assert evaluations_between(TANH, "validation_loss", 11_000, 19_000)["update"].item() == 10_000
    with pytest.raises(MissingRunsError, match="not evaluated up to update -1"):
        evaluations_between(TANH, "validation_loss", -2, -1)
    empty = replace(TANH, curve=TANH.curve.iloc[:0])
    with pytest.raises(MissingRunsError, match="has no `validation_loss`"):
        first_at_or_below(empty, "validation_loss", 2.0)


def runs_at(*rates, **changes):
    return Evidence(runs=tuple(replace(a_run("tanh", 5, rate), **changes) for rate in rates))


def test_monitored_runs_between_two_learning_rates():
    found = monitored(runs_at(0.3, 0.05, 0.01, 0.009), "tanh", 5)
    assert [[run.learning_rate for run in group] for group in found] == [[0.01], [0.05]]
    assert monitored(runs_at(0.05), "tanh", None)
    with pytest.raises(MissingRunsError, match=r"have the learning rate 0.1, 0.3.*0.01 and 0.05"):
        monitored(runs_at(0.3, 0.1), "tanh", 5)
    with pytest.raises(MissingRunsError, match=r"needs one of 0\.05"):
        monitored(runs_at(0.01), "tanh", 5, (0.05, 0.05))


@pytest.mark.parametrize(
    "changes",
    [{"depth": 4}, {"dataset": "mnist"}, {"kind": "replicate"}, {"variant": "tanh_n"}],
)
def test_a_run_of_another_kind_is_no_monitored_run(changes):
    with pytest.raises(MissingRunsError, match="no monitored run of tanh with 5 hidden layers"):
        monitored(runs_at(0.05, **changes), "tanh", 5)


def test_a_diverged_run_is_named():
    with pytest.raises(MissingRunsError, match=r"monitored-tanh-5-0\.05-0 diverged"):
        monitored(runs_at(0.05, diverged=True), "tanh", 5)


def test_monitored_runs_of_any_depth_are_grouped_by_learning_rate_and_depth():
    runs = tuple(
        a_run("tanh", depth, rate, seed=seed)
        for seed, rate, depth in itertools.product((2, 0), (0.05, 0.01), (5, 4))
    )
    found = monitored(Evidence(runs=runs), "tanh", None)
    assert [[(run.learning_rate, run.depth, run.seed) for run in group] for group in found] == [
        [(rate, depth, 0), (rate, depth, 2)] for rate in (0.01, 0.05) for depth in (4, 5)
    ]  # fmt: skip


def test_a_group_is_as_large_as_its_smallest_run_and_counts_every_seed_once():
    first, second = a_run("tanh", 5, 0.05), a_run("tanh", 5, 0.05, width=100, seed=1)
    found = trained([first, replace(second, updates=10), replace(first, run_id="again")])
    assert found == Source((first.run_id, second.run_id, "again"), 5, 100, 10, 2)


def test_runs_at_equal_learning_rates_with_equal_seeds():
    """Of the combinations only those of equal learning rate and seed, against a plain loop."""
    places = {
        "tanh": [(0.01, 0), (0.05, 3), (0.05, 1), (0.05, 0)],
        "tanh_n": [(0.05, 0), (0.05, 2), (0.05, 3), (0.02, 0), (0.01, 1)],
    }
    runs = tuple(a_run(v, 5, rate, seed=s) for v, own in places.items() for rate, s in own)
    found = at_equal_rates(Evidence(runs=runs), "tanh_n", "tanh")
    pairs = [pair for groups in found for pair in zip(*groups, strict=True)]
    expected = [
        (one, other) for one in runs for other in runs
        if (one.variant, other.variant) == ("tanh_n", "tanh")
        and (one.learning_rate, one.seed) == (other.learning_rate, other.seed)
    ]  # fmt: skip
    assert [(a.name, b.name) for a, b in pairs] == [(a.name, b.name) for a, b in expected]
    assert [at_rate(group) for groups in found for group in groups] == ["learning rate 0.05"] * 2
    with pytest.raises(MissingRunsError, match=r"same learning rate.*and of the same seed"):
        at_equal_rates(Evidence(runs=(runs[0], runs[4])), "tanh_n", "tanh")
    with pytest.raises(MissingRunsError, match="and of the same seed"):
        at_equal_rates(Evidence(runs=(runs[0], runs[8])), "tanh_n", "tanh")


def test_replicates_by_role():
    evidence = whole_world().evidence()
    assert [run.name for run in replicates(evidence, "sigmoid", "shapeset")] == [
        "sigmoid/5/0", "sigmoid/5/1", "sigmoid/5/2"
    ]  # fmt: skip
    both = tuple(replace(run, role="table_depth+best_depth") for run in evidence.runs)
    found = replicates(Evidence(runs=both), "sigmoid", "shapeset", "best_depth")
    assert {run.depth for run in found} == {4, 5}
    with pytest.raises(MissingRunsError, match="no replicates of svm on shapeset"):
        replicates(evidence, "svm", "shapeset")


def test_networks_of_a_study():
    study = init_study_of(whole_world().evidence())
    found = networks(study, "tanh", "standard")
    assert len(found) == 5
    assert {shape for look in found for shape in look.rows["shape"]} == {"equal"}
    assert set(networks(study, "tanh", "standard", "growing")[0].rows["shape"]) == {"growing"}
    plain = replace(
        study, statistics=study.statistics.query("shape == 'equal'").drop(columns="shape")
    )
    assert len(networks(plain, "tanh", "standard")) == 5
    with pytest.raises(MissingRunsError, match="no tanh network of growing widths"):
        networks(plain, "tanh", "standard", "growing")


def test_a_network_that_is_in_a_study_twice_is_read_once():
    """A study of 5 layers of 300 units looks like one of claim 6's networks."""
    world = whole_world(width=300)
    found = networks(world.init_studies["shapeset"], "identity", "standard")
    assert len(found[0].values("activation", "std")) == 5


@pytest.mark.slow
def test_cells():
    world = whole_world()
    assert cell_of(world.evidence(), "mnist", "tanh").errors.mean() == pytest.approx(1.76)
    with pytest.raises(MissingRunsError, match="no replicates of svm on mnist"):
        cell_of(world.evidence(), "mnist", "svm")
    sweep = world.sweep()
    key = ("table_depth", "mnist", "tanh")
    sweep.cells[key] = replace(sweep.cells[key], failed=2)
    with pytest.raises(MissingRunsError, match="2 replicates of tanh on mnist failed"):
        cell_of(Evidence(sweep), "mnist", "tanh")
    pairs, missing = pairs_of(Evidence(sweep), "tanh", "tanh_n")
    assert (list(pairs), missing) == (["shapeset", "cifar10", "small_imagenet"], ["mnist"])


def test_differences_have_welchs_intervals():
    pairs, _ = pairs_of(whole_world().evidence(), "tanh", "tanh_n")
    for tanh, tanh_n in pairs.values():
        expected = welch(tanh.errors, tanh_n.errors)
        found = minus(tanh, tanh_n)
        assert found.value == pytest.approx(expected.difference)
        assert found.interval(0.95) == pytest.approx(expected.interval)


def trials_of(*errors, depth, first=0):
    states = [("pruned", None) if error is None else ("complete", error) for error in errors]
    return [
        record("trial", state, depth=depth, variant="tanh", objective=error, trial=first + number,
               run_id=f"d{depth}-{number}")
        for number, (state, error) in enumerate(states)
    ]  # fmt: skip


def test_depths_are_compared_over_equally_many_trials():
    """Depth 5 has four trials, depth 1 two: of depth 5 the last two, one the best, do not count."""
    sweep = whole_world().sweep()
    trials = [*trials_of(30.0, 40.0, None, 10.0, depth=5), *trials_of(None, 20.0, depth=1)]
    evidence = Evidence(replace(sweep, trials=trials[::-1]))
    lowest, count, used = lowest_of_equally_many(evidence, "tanh", (1, 5))
    assert (lowest, count) == ({1: 20.0, 5: 30.0}, 2)
    assert used == ["d1-0", "d1-1", "d5-0", "d5-1"]
    with pytest.raises(MissingRunsError, match="no trial of tanh with 4 hidden layers"):
        lowest_of_equally_many(evidence, "tanh", (4, 5))
    pruned = replace(sweep, trials=[*trials_of(None, 9.0, depth=5), *trials_of(1.0, depth=1)])
    with pytest.raises(MissingRunsError, match="no complete trial of tanh with 5 hidden layers"):
        lowest_of_equally_many(Evidence(pruned), "tanh", (1, 5))


def test_of_a_grouped_search_the_first_trials_are_counted_whenever_they_were_started():
    """Each number is there once for each group."""
    trials = [
        replace(one, group=group, objective=one.objective - group, run_id=f"g{group}-{one.run_id}")
        for group in (0, 1)
        for one in trials_of(30.0, 20.0, 10.0, depth=5)
    ]
    trials += trials_of(40.0, 40.0, 40.0, depth=1)
    for started in (trials, trials[::-1]):
        evidence = Evidence(replace(whole_world().sweep(), trials=started))
        lowest, count, used = lowest_of_equally_many(evidence, "tanh", (1, 5))
        assert (lowest, count) == ({1: 40.0, 5: 20.0}, 3)
        assert used[3:] == ["g0-d5-0", "g1-d5-0", "g0-d5-1"]
