"""A reduced Small-ImageNet answers at the scale of its runs, and says nothing of the paper."""

from dataclasses import replace

import pytest

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.claims.verdict import judge_all

from .builders import finding, whole_world
from .changes import TANH, initial, times
from .test_table_columns import errors

WHOLE, REDUCED = "small_imagenet", "small_imagenet-8x1000"
ABOUT_IT = {"C12", "C34", "C35", "C36", "C38", "C49", "C51", "C52"}


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
    assert {one.here for one in findings} == {"HOLDS"}
    reasons = {one.number: one.reason for one in findings if one.verdict == "INCONCLUSIVE"}
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


def test_beside_the_whole_set_it_plays_no_part():
    world = whole_world()
    for (role, dataset, variant), (values, depth) in list(world.cells.items()):
        if dataset == WHOLE:
            world.cells[role, REDUCED, variant] = (values + 20.0, depth)
    assert finding("C34", world).verdict == "CONFIRMED"
