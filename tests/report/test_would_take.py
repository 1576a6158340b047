"""What undecided comparisons would take: which are asked, at which level, in which unit."""

from dataclasses import replace

import numpy as np
import pytest
from report_builders import cell, collected

from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.paper import QUESTION
from glorot_sweep.report.tables import entries
from glorot_sweep.report.would_take import would_take
from glorot_sweep.significance import seeds_for_pairs, seeds_for_welch

A = cell("tanh_n", [39.0, 40.0, 41.0, 40.5])
B = cell("relu_he", [42.0, 40.0, 43.0, 42.5])
CLEAR = cell("relu", [80.0, 80.5, 81.0, 80.5])
ONE = {"comparisons": [["tanh_n", "relu_he"]]}


def wanting(cells, changes):
    sweep = collected(cells, changes)
    table = entries(sweep, "table_depth", QUESTION)
    return would_take(sweep, QUESTION, pairs(sweep, QUESTION), table)


def test_a_named_comparison_is_asked_at_the_sweeps_level():
    (found,) = wanting([A, B, CLEAR], ONE)
    assert (found.first, found.second, found.there) == ("relu_he", "tanh_n", 4)
    assert found.level == 0.005
    assert found.needed == seeds_for_welch(A.errors, B.errors, 0.005)
    assert found.sentence == (
        "Shapeset: Tanh N against ReLU, He: a difference of 1.75 points at the level 0.005 would "
        f"take {found.needed} seeds of each variant, {found.needed - 4} more than there are"
    )


def test_of_several_the_level_is_that_of_holms_first_step_and_decided_ones_are_left_out():
    changes = {"comparisons": [["tanh_n", "relu_he"], ["tanh_n", "relu"]]}
    (found,) = wanting([A, B, CLEAR], changes)
    assert found.level == 0.0025
    assert found.needed == seeds_for_welch(A.errors, B.errors, 0.0025)


def test_where_nothing_was_named_it_is_the_bold_cells_with_the_best():
    (found,) = wanting([B, A, CLEAR], {})
    assert (found.first, found.second, found.level) == ("relu_he", "tanh_n", 0.0025)


def test_of_a_named_comparison_that_could_not_be_tested_no_other_takes_the_place():
    open_ones = [replace(A, failed=1), B, replace(B, variant="relu")]
    assert wanting(open_ones, {}) != []
    assert wanting(open_ones, ONE) == []


def test_replicates_that_share_streams_are_taken_in_pairs():
    both = [replace(one, streams=(5, 6, 7, 8)) for one in (A, B)]
    (found,) = wanting(both, {**ONE, "significance.test": "paired_seeds"})
    assert found.needed == seeds_for_pairs(B.errors, A.errors, 0.005)


def test_of_fewer_groups_than_seeds_searches_are_counted():
    both = [replace(one, groups=2) for one in (A, B)]
    (found,) = wanting(both, ONE)
    assert (found.there, found.unit) == (2, "searches")
    means = [np.array([one.errors[g::2].mean() for g in (0, 1)]) for one in both]
    assert found.needed == seeds_for_welch(*means, 0.005)


def test_too_many_are_not_counted_and_no_difference_needs_none():
    near = replace(B, variant="relu_he", errors=A.errors + np.array([0.1, -0.1, 0.1, 0.1]))
    (found,) = wanting([A, near], ONE)
    assert found.sentence.endswith("would take more than 100 seeds of each variant")
    (none,) = wanting([A, replace(B, errors=A.errors)], ONE)
    assert none.sentence.endswith("no difference was seen, so no number of seeds would decide it")


@pytest.mark.parametrize("test", ["paired", "two_proportions"])
def test_seeds_decide_no_test_across_examples(test):
    assert wanting([A, B], {**ONE, "significance.test": test}) == []
