"""Whether networks that two sweeps have trained gave the same bits; which did not, by run id."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from compare_builders import WrittenSweep
from report_builders import answers
from sweep_builders import place_in, store_uri

from glorot_sweep.compare.compared import compare
from glorot_sweep.compare.render import bits_rows, bits_sentence, other_bits_rows
from glorot_sweep.compare.request import asked_sweeps
from glorot_sweep.compare.settings import settings
from glorot_sweep.compare.specification import specification_of
from glorot_sweep.tracking.runs import Point
from glorot_sweep.tracking.schema.names import Artifact, Curve, Kind, Metric

pytestmark = pytest.mark.slow  # all of it looks at one whole sweep

ERRORS = (40.0, 42.0, 41.0, 40.5, 41.5, 42.5)
NEXT = float(np.nextafter(0.5, 1))
ZEROS, ALMOST = np.zeros(3, np.float32), np.full(3, 1e-30, np.float32)


@pytest.fixture(scope="module")
def altered(tmp_path_factory, empty_databases):
    """A sweep and a second run of it, in which each network has something of its own."""
    folder = tmp_path_factory.mktemp("altered") / "stores"
    shutil.copytree(empty_databases, folder)
    place = place_in(folder)
    four = {"search.trials": 4}
    one, again = (WrittenSweep(place, name, {"tanh": ERRORS}, changes=four) for name in
                  ("one", "again"))  # fmt: skip
    for sweep, value in ((one, 0.5), (again, NEXT)):
        first = Point(Curve.TRAIN_LOSS, 1.0, 20)
        sweep.trial(1).add([first, Point(Curve.TRAIN_LOSS, value, 30)])
        sweep.trial(3).add([Point(Curve.VALIDATION_LOSS, value, 20)])
        sweep.trial(0).add([Point(Curve.TRAIN_LOSS, value, 30)])
    again.trial(0).add([Point(Curve.TRAIN_LOSS, 0.75, 20)])  # evaluated once more
    for sweep in (one, again):
        sweep.replicate(2).arrays(Artifact.WEIGHTS, weight_0=ZEROS)
    again.trial(2).add([Point(Curve.VALIDATION_ERROR, 60.0, 7)])
    reordered = dict(reversed(answers(ERRORS[0]).items()))
    again.replicate(0).arrays(Artifact.PREDICTIONS, **reordered)
    other = answers(ERRORS[1])
    other["predictions"][[0, -1]] = other["predictions"][[-1, 0]]  # as many wrong ones
    again.replicate(1).arrays(Artifact.PREDICTIONS, **other)
    one.replicate(3).arrays(Artifact.WEIGHTS, weight_0=ZEROS)
    again.replicate(3).arrays(Artifact.WEIGHTS, weight_0=ALMOST)
    again.replicate(4).add([Point(Metric.TEST_ERROR, 99.0, 0)])
    again.replicate(5).arrays(Artifact.WEIGHTS, weight_0=ZEROS)
    for sweep in (one, again):
        for writer in sweep.writers.values():
            writer.flush()
    return compare(asked_sweeps(["one", "again"], [store_uri(folder)], ["tests"]))


def network(altered, name):
    (found,) = [run for run in altered.shared if run.name == f"tanh-shapeset-{name}"]
    return found


def test_networks_of_one_specification_that_agree_are_counted(compared):
    found = compared("one", "again")
    assert bits_rows(found.shared) == [
        ("one and again", "trial", "4", "4", "0", "0"),
        ("one and again", "replicate", "6", "6", "0", "0"),
    ]
    assert other_bits_rows(found.shared) == []
    replicate = next(run for run in found.shared if run.kind == Kind.REPLICATE)
    assert set(replicate.compared) == {
        "validation/error_percent", "test/error_percent", "predictions",
    }  # fmt: skip


def test_of_three_sweeps_each_is_compared_with_the_first_that_has_the_network(compared):
    found = compared("lower", "again", "one").shared
    assert {(run.first, run.second) for run in found} == {("again", "one")}
    assert len(found) == 10


@pytest.mark.parametrize("other", ["lower", "wider"])
def test_another_seed_or_width_makes_another_network(compared, other):
    found = compared("one", other)
    assert found.shared == ()
    assert (
        "No two of these sweeps have trained a network of the same specification"
        in bits_sentence(found)
    )


def test_so_do_another_engine_data_set_and_cost_but_not_how_errors_are_averaged(side):
    one, run = side("one"), side("one").collected.replicates[0]
    own = specification_of(one.identity, run)
    assert specification_of(one.identity, replace(run, engine="native")) != own
    assert specification_of(side("one", digests={"shapeset": "other"}).identity, run) != own
    rows = {run.variant: {**one.identity["variants"][run.variant], "cost": "quadratic"}}
    assert specification_of(side("one", variants=rows).identity, run) != own
    assert specification_of(side("one", variants=None).identity, replace(run, window=3)) == own


def test_of_networks_that_do_not_agree_the_run_ids_are_named(altered):
    rows = other_bits_rows(altered.shared)
    names = [name.removeprefix("tanh-shapeset-") for name, *_ in rows]
    assert names == ["t001", "t003", "seed1", "seed3", "seed4"]
    for name, _, runs, _ in rows:
        shared = network(altered, name.removeprefix("tanh-shapeset-"))
        assert runs.split() == [shared.first_run, shared.second_run]
    assert "5 gave the same bits" in bits_sentence(altered)
    assert "4 did not, and 1 was not compared" in bits_sentence(altered)


def test_what_made_other_bits_likely_is_said(altered):
    one, again = altered.sides
    made_with = {**again.identity["made_with"], "device_type": "another"}
    elsewhere = replace(again, identity={**again.identity, "made_with": made_with})
    assert "The sweeps differ in" not in bits_sentence(altered)
    said = bits_sentence(replace(altered, settings=tuple(settings((one, elsewhere)))))
    assert "The sweeps differ in machine: of the torch engine other digits" in said


def test_a_curve_that_differs_in_its_last_bit_is_named_with_its_update(altered):
    said = f"first at update 30 (0.5, {NEXT!r})"
    assert network(altered, "t001").differing == (f"train/loss: {said}",)
    assert network(altered, "t003").differing[0].startswith("validation/loss: first at update 20")


def test_curves_are_compared_where_both_were_evaluated(altered):
    assert network(altered, "t002").verdict == "same bits"


def test_mean_costs_since_other_evaluations_are_not_compared(altered):
    found = network(altered, "t000")
    assert (found.verdict, "train/loss" in found.compared) == ("same bits", False)


def test_predictions_in_another_file_with_the_same_answers_are_the_same(altered):
    assert network(altered, "seed0").verdict == "same bits"
    assert network(altered, "seed1").differing == ("predictions: predictions differs",)


def test_weights_are_compared_where_both_have_kept_them(altered):
    assert "weights" in network(altered, "seed2").compared
    assert network(altered, "seed2").verdict == "same bits"
    assert network(altered, "seed3").differing == ("weights: weight_0 differs",)
    assert "weights" not in network(altered, "seed5").compared


def test_a_run_that_is_not_believed_is_marked_and_not_compared(altered):
    found = network(altered, "seed4")
    assert (found.verdict, found.differing) == (
        "not compared", ("the run of again is not believed",),
    )  # fmt: skip
    assert any(doubt.startswith("again: tanh-shapeset-seed4") for doubt in altered.doubts)
    doubtful = altered.table.rows["shapeset", "tanh"][1]
    assert (doubtful.mean, doubtful.cell.instead) == (None, "doubtful")
    assert altered.table.differences[0].remark == "a cell without a mean"
