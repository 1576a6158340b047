"""A reduced Small-ImageNet answers at the scale of its runs, and says nothing of the paper."""

from dataclasses import replace

import numpy as np
import pytest

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.claims.several import judge_several
from glorot_sweep.report.claims.verdict import judge, judge_all
from glorot_sweep.report.evidence import Evidence

from .builders import BY_NUMBER, finding, whole_world
from .changes import TANH, initial, times
from .test_table_columns import errors

WHOLE, REDUCED = "small_imagenet", "small_imagenet-8x1000"
ABOUT_IT = {"C12", "C34", "C35", "C36", "C38", "C51", "C52"}


def reduced(name=REDUCED):
    """Everything that holds, with a reduced set for the whole one."""
    world = whole_world()
    world.cells = {
        (role, name if dataset == WHOLE else dataset, variant): cell
        for (role, dataset, variant), cell in world.cells.items()
    }
    world.runs = {
        key: replace(run, dataset=name) if run.dataset == WHOLE else run
        for key, run in world.runs.items()
    }
    study = replace(world.init_studies.pop(WHOLE), dataset=name)
    world.init_studies[name] = study
    return world


@pytest.mark.slow
def test_all_holds_at_its_own_scale_and_the_papers_claims_on_it_stay_open():
    findings = judge_all(PAPER.claims, reduced().evidence())
    levels = next(one for one in findings if one.number == "C49")  # fewer classes, lower errors
    assert (levels.here, levels.numbers) == ("OPEN", {})
    others = [one for one in findings if one is not levels]
    assert {one.here for one in others} == {"HOLDS"}
    told = {one.number for one in others if one.here_scale.endswith(", small_imagenet-8x1000")}
    assert told == ABOUT_IT
    reasons = {one.number: one.reason for one in others if one.verdict == "INCONCLUSIVE"}
    assert reasons == dict.fromkeys(
        ABOUT_IT, "a reduced set, small_imagenet-8x1000, instead of small_imagenet"
    )


def test_what_does_not_hold_on_it_contradicts_nothing():
    world = reduced()
    errors(REDUCED, tanh_n=75.0)(world)
    found = finding("C35", world)
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "DOES NOT HOLD")
    assert found.reason.startswith("a reduced set, small_imagenet-8x1000, instead of")
    assert found.numbers["tanh minus tanh N on small_imagenet, points"] == pytest.approx(70.58 - 75)


def test_what_the_whole_sets_decide_stays():
    for number, changed in (
        ("C35", errors(tanh_n=28.0)),
        ("C12", initial("mean", times(1.3), "mnist", quantity="jacobian", **TANH)),
    ):
        world = reduced()
        changed(world)
        found = finding(number, world)
        assert (found.verdict, found.here) == ("CONTRADICTED", "DOES NOT HOLD")


def test_it_counts_among_several_only_where_whole_ones_are_too_few():
    """MNIST's own difference is too small to count, as in the paper; here it is not."""
    world = reduced()
    assert finding("C36", world).verdict == "INCONCLUSIVE"
    errors("mnist", tanh=2.4, softsign=1.7, softsign_n=1.7)(world)
    assert finding("C36", world).verdict == "CONFIRMED"


def test_the_largest_that_has_what_is_asked_for_stands_in_and_no_other_is_named():
    world = reduced()
    study = world.init_studies.pop(REDUCED)
    world.init_studies["small_imagenet-2x30"] = replace(study, dataset="small_imagenet-2x30")
    tanh = world.runs["elsewhere-small_imagenet-tanh-5-0.01-0"]
    world.runs["more"] = replace(tanh, run_id="more", dataset="small_imagenet-9x5000")
    for number, name in (
        ("C12", "small_imagenet-2x30"), ("C34", REDUCED), ("C51", REDUCED),
        ("C52", "small_imagenet-9x5000"),
    ):  # fmt: skip
        found = finding(number, world)
        assert found.here_scale.endswith(f", {name}"), number
        assert f"a reduced set, {name}, instead of" in found.reason
        assert found.reason.count("a reduced set") == 1


def test_what_a_reduced_set_lacks_takes_nothing_from_the_others():
    world = reduced()
    rows = world.init_studies[REDUCED].statistics
    world.init_studies[REDUCED] = replace(
        world.init_studies[REDUCED], statistics=rows[rows["quantity"] != "jacobian"]
    )
    found = finding("C12", world)
    del world.init_studies[REDUCED]
    assert found == finding("C12", world)
    assert found.numbers


def test_a_message_about_it_names_it():
    sweep = reduced().sweep()
    key = ("table_depth", REDUCED, "softsign")
    sweep.cells[key] = replace(sweep.cells[key], failed=1)
    found = judge(BY_NUMBER["C34"], Evidence(sweep))
    assert found.reason.startswith("1 replicates of softsign on small_imagenet failed for good;")
    assert found.reason.endswith("(for small_imagenet read small_imagenet-8x1000)")


def test_several_sweeps_that_differ_are_told_apart_by_the_set():
    world = reduced()
    errors(REDUCED, tanh_n=75.0)(world)
    found = judge_several(PAPER.claims, [world.evidence(), whole_world().evidence()], ["C35"])[0]
    assert (found.verdict, found.here) == ("CONFIRMED", "OPEN")
    assert "3 seeds, small_imagenet-8x1000)" in found.reason


def test_of_no_error_at_all_there_is_no_share():
    world = reduced()
    world.cells["table_depth", REDUCED, "tanh"] = (np.zeros(3), 5)
    found = finding("C38", world)
    assert "tanh makes no error on small_imagenet" in found.reason


def test_beside_the_whole_set_it_plays_no_part():
    world = whole_world()
    for (role, dataset, variant), (values, depth) in list(world.cells.items()):
        if dataset == WHOLE:
            world.cells[role, REDUCED, variant] = (values + 20.0, depth)
    assert finding("C34", world).verdict == "CONFIRMED"
    for variant in ("tanh", "tanh_n"):  # the whole set leaves it open, the reduced one would not
        values, depth = world.cells["table_depth", WHOLE, variant]
        world.cells["table_depth", WHOLE, variant] = (np.add(values, [-4.0, 0.0, 4.0]), depth)
    found = finding("C34", world)
    assert (found.here, "reduced" in found.reason) == ("OPEN", False)
