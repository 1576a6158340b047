"""Cells side by side, and their differences."""

from dataclasses import replace

import pytest
from compare_builders import WrittenSweep
from sweep_builders import grouped

from glorot_sweep.compare.cautions import cautions
from glorot_sweep.compare.cells import SideCell, compared_cells
from glorot_sweep.compare.compared import Compared, compare, put_together
from glorot_sweep.compare.files import compared_files
from glorot_sweep.compare.render import sweep_rows
from glorot_sweep.compare.request import asked_sweeps
from glorot_sweep.compare.shared import shared_runs
from glorot_sweep.report.collect import collect
from glorot_sweep.significance import holm, percent_interval, welch
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.growths import Seen, StoredGrowth
from glorot_sweep.tracking.schema.names import Kind, Role

from .conftest import LOWER, THREE

pytestmark = pytest.mark.slow  # all of it looks at one whole sweep

UNTIL = {
    "search.groups": 2, "search.depth_trials": 0, "search.updates": 40, "search.rungs": [],
    "search.sampler": "random", "replicates.until_decided": {"most": 12, "step": 5},
    "comparisons": [["tanh_n", "tanh"]],
}  # fmt: skip
FIVE = {"tanh": (10.0, 20.0, 12.0, 22.0, 14.0)}


def cell(found: Compared, sweep: str, variant: str) -> SideCell:
    shown = found.table.rows["shapeset", variant][found.labels.index(sweep)]
    assert shown is not None
    return shown


def test_the_same_cells_stand_side_by_side_as_each_report_has_them(compared):
    found = compared("one", "lower")
    assert list(found.table.rows) == [("shapeset", "tanh"), ("shapeset", "tanh_n")]
    for sweep, errors in (("one", THREE), ("lower", LOWER)):
        for variant, of_seeds in errors.items():
            assert cell(found, sweep, variant).observations.tolist() == list(of_seeds)
            assert cell(found, sweep, variant).interval == percent_interval(of_seeds)


def test_a_difference_is_that_of_the_second_from_the_first_by_welch_and_holm(compared):
    first, second = compared("one", "lower").table.differences
    tests = [welch(LOWER[variant], THREE[variant]) for variant in ("tanh", "tanh_n")]
    assert [one.test for one in (first, second)] == tests
    assert first.points == pytest.approx(-20.0)
    adjusted = holm([test.p_value for test in tests])
    assert [one.adjusted_p_value for one in (first, second)] == adjusted.tolist()
    assert (first.first, first.second, first.remark) == ("one", "lower", "")


def test_every_two_sweeps_are_compared_and_one_correction_covers_all(compared):
    found = compared("one", "lower", "partial").table.differences
    assert [(one.variant, one.first, one.second) for one in found] == [
        (variant, *pair)
        for variant in ("tanh", "tanh_n")
        for pair in (("one", "lower"), ("one", "partial"), ("lower", "partial"))
    ]
    adjusted = holm([one.test.p_value for one in found])
    assert [one.adjusted_p_value for one in found] == adjusted.tolist()


def test_replicates_of_one_specification_are_no_second_observation(compared):
    found = compared("one", "again")
    for one in found.table.differences:
        assert (one.points, one.test, one.adjusted_p_value) == (0.0, None, None)
        assert one.remark == (
            "not tested: 3 replicates are the same in both sweeps and no second observation"
        )
    assert any("the sweep seed 3 in common" in sentence for sentence in found.cautions)
    assert not any("in common" in sentence for sentence in compared("one", "lower").cautions)


def test_nor_are_those_that_another_engine_has_trained(side):
    one, native = side("one"), side("one")
    by_other = [replace(run, engine="native") for run in native.collected.replicates]
    native = replace(native, collected=replace(native.collected, replicates=by_other))
    for found in compared_cells((one, native), Role.TABLE_DEPTH).differences:
        assert found.test is None
        assert "the same in both sweeps, but for the engine, and no second" in found.remark
    assert all(run.kind != Kind.REPLICATE for run in shared_runs((one, native)))


def test_cells_of_the_same_streams_are_tested_and_said_to_depend_on_each_other(compared):
    (one,) = compared("one", "wider").table.differences
    assert one.test is not None
    assert one.remark == "not independent: 2 training streams are in both"


def test_cells_of_other_data_say_so(side):
    sides = (side("one"), side("lower", digests={"shapeset": "other"}))
    table = compared_cells(sides, Role.TABLE_DEPTH)
    assert {one.remark for one in table.differences} == {"the data set is another one"}
    said = cautions(sides, table, ())
    assert any("Shapeset is not the same data in all sweeps" in sentence for sentence in said)


def test_streams_of_other_data_are_not_said_to_be_shared_nor_are_the_images(side):
    """Two sweeps of one seed, whose data sets have nothing but the name in common."""
    sides = [
        replace(found, collected=replace(
            found.collected, sweep=replace(found.collected.sweep, overlaps={"shapeset": 0})
        ))
        for found in (side("one"), side("wider", digests={"shapeset": "other"}))
    ]  # fmt: skip
    table = compared_cells(sides, Role.TABLE_DEPTH)
    assert {found.remark for found in table.differences} == {"the data set is another one"}
    assert not any("finite set" in told for told in cautions(sides, table, ()))


def test_that_images_of_a_finite_set_are_shared_is_said(side):
    found = side("one")
    finite = replace(found.collected, sweep=replace(found.collected.sweep, overlaps={"mnist": 0}))
    sides = (replace(found, collected=finite), replace(side("lower"), collected=finite))
    table = compared_cells(sides, Role.TABLE_DEPTH)
    told = "MNIST is a finite set: the sweeps share its training images"
    assert any(told in sentence for sentence in cautions(sides, table, ()))
    assert not any(told in one for one in cautions((sides[0], side("lower")), table, ()))


def test_means_of_other_numbers_of_evaluations_are_told_apart(side):
    one, lower = side("one"), side("lower")
    config = one.config
    window = config.replicates.model_copy(update={"window": 3})
    means = config.model_copy(update={"replicates": window})
    other = replace(lower, collected=replace(lower.collected, config=means))
    said = put_together((one, other)).cautions
    (last,) = [sentence for sentence in said if "is the last evaluation" in sentence]
    assert last.startswith("one: ")
    assert any("lower: a final error is the mean of the last 3" in sentence for sentence in said)
    assert not any("a final error" in sentence for sentence in put_together((one, lower)).cautions)


def test_seeds_that_were_added_until_it_was_decided_are_told(side):
    one, lower = side("one"), side("lower")
    decided = replace(lower, collected=replace(lower.collected, config=grouped(UNTIL)))
    found = put_together((one, decided))
    (said,) = [sentence for sentence in found.cautions if "not corrected for that" in sentence]
    assert said.startswith("lower: Seeds were added as long as")
    assert sweep_rows(found)[1][4:6] == (
        "2 to 12 searches of 3 trials of 40 updates", "2 to 12 seeds, 40 updates",
    )  # fmt: skip
    assert not any("not corrected" in one for one in put_together((one, lower)).cautions)


def test_growths_after_a_look_are_told_and_differ(side):
    one, lower = side("one"), side("lower")
    grown = StoredGrowth(
        1_700_000_000_000, "before", "now", Seen.REPORTED, ("replicates.seeds: 2 -> 3",)
    )
    sweep = replace(lower.collected.sweep, growths={"1": grown})
    found = put_together((one, replace(lower, collected=replace(lower.collected, sweep=sweep))))
    (said,) = [sentence for sentence in found.cautions if "Growth 1" in sentence]
    assert said.startswith("lower: Growth 1 of this sweep, on 2023-11-14")
    assert said.endswith("one more often than the level says.")
    (setting,) = [one for one in found.settings if one.key == "growths"]
    assert (setting.part, setting.differs) == ("history", True)
    assert not any("Growth" in one for one in put_together((one, lower)).cautions)


def test_best_depths_have_a_table_of_their_own_where_their_runs_are_others(side):
    one, lower = side("one"), side("lower")
    assert put_together((one, lower)).best is None
    cells = dict(one.collected.cells)
    key = (Role.BEST_DEPTH, "shapeset", "tanh")
    few = cells[key]
    cells[key] = replace(few, errors=few.errors[1:], runs=few.runs[1:], streams=few.streams[1:])
    found = put_together((replace(one, collected=replace(one.collected, cells=cells)), lower))
    assert found.best is not None
    assert len(found.best.rows["shapeset", "tanh"][0].observations) == 2
    assert len(found.table.rows["shapeset", "tanh"][0].observations) == 3
    files = compared_files(found)
    assert "## Cells at each variant's best depth" in files["comparison.md"].decode()
    assert files["differences.csv"].decode().count("best_depth") == 2


def test_an_unfinished_sweep_is_taken_as_far_as_it_is(compared):
    found = compared("one", "lower", "partial")
    assert cell(found, "partial", "tanh").observations.tolist() == [20.0, 22.0]
    assert any("partial is unfinished" in said and "4 of the 6" in said for said in found.cautions)
    assert found.doubts == ()


def test_a_cell_without_any_replicate_yet_stands_empty(compared):
    found = compared("wider", "single", "begun")
    assert {(one.first, one.second) for one in found.table.differences} == {("wider", "single")}
    assert all(cells[2] is None for cells in found.table.rows.values())
    assert any("begun has no replicate in a cell" in sentence for sentence in found.cautions)


def test_a_single_replicate_has_a_mean_and_no_interval(compared):
    found = compared("wider", "single", "begun")
    alone = cell(found, "single", "tanh")
    assert (alone.mean, alone.interval) == (42.0, None)
    (one,) = found.table.differences
    assert (one.points, one.test) == (1.0, None)
    assert one.remark == "not tested: a single observation"


def test_replicates_of_one_group_are_one_observation_whichever_are_missing(place):
    names = {"whole": (), "lacks-0": (0,), "lacks-3": (3,)}
    for name, missing in names.items():
        state = State.RUNNING if missing else State.COMPLETE
        groups = {"search.groups": 2, "search.trials": 1}
        WrittenSweep(place, name, FIVE, changes=groups, missing=missing, state=state)
    found = compare(asked_sweeps(list(names), [place.uri], ["tests"]))
    means = [cell(found, name, "tanh").observations.tolist() for name in names]
    assert means == [[12.0, 21.0], [21.0, 13.0], [12.0, 20.0]]
    own = collect(place, "whole").cells["table_depth", "shapeset", "tanh"]
    assert own.observations.tolist() == means[0]


def test_one_search_leaves_the_search_out_and_says_so(compared):
    (said,) = [one for one in compared("one", "lower").cautions if "leaves out the search" in one]
    assert said.startswith("one, lower: ")


def test_a_name_that_two_sweeps_give_to_different_variants_is_told(side):
    """Each sweep has its rows; the label is that of the first."""
    one, other = side("one"), side("lower")
    assert not any("same variant" in said for said in put_together((one, other)).cautions)
    found = put_together((one, with_tanh(other, activation="mine", label="Mine")))
    told = (
        "tanh is not the same variant in all sweeps (one: activation tanh; lower: activation mine)"
    )
    assert any(said.startswith(told) for said in found.cautions)
    assert found.label_of("tanh") == "Tanh"


def test_what_a_row_is_stored_without_is_told_whichever_sweep_is_named_first(side):
    """A constant schedule without weight decay is stored as before there were any."""
    one, other = side("one"), with_tanh(side("lower"), schedule="cosine", weight_decay=0.01)
    of_one = "one: schedule constant, weight_decay 0.0"
    of_other = "lower: schedule cosine, weight_decay 0.01"
    for sides, each in (
        ((one, other), f"{of_one}; {of_other}"), ((other, one), f"{of_other}; {of_one}"),
    ):  # fmt: skip
        told = f"tanh is not the same variant in all sweeps ({each})"
        assert any(said.startswith(told) for said in put_together(sides).cautions)


def with_tanh(side, **changes):
    """A sweep whose tanh is made of other parts."""
    settings = side.config.model_copy()
    settings._rows = {**settings.rows, "tanh": replace(settings.rows["tanh"], **changes)}
    return replace(side, collected=replace(side.collected, config=settings))
