"""Differences that were named beforehand: which, by which test, alike or not, on all data sets."""

from dataclasses import replace

import numpy as np
import pytest
from report_builders import cell, collected, over_depths
from scipy import stats
from sweep_builders import grouped

from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.beforehand import (
    heading,
    named_beforehand,
    pairs,
    registration,
)
from glorot_sweep.report.beyond import all_tests_frame
from glorot_sweep.report.paper import QUESTION
from glorot_sweep.report.render import pair_sentence
from glorot_sweep.report.several_datasets import improvements
from glorot_sweep.report.tables import entries, significance_frame
from glorot_sweep.significance import (
    equivalence,
    probability_of_improvement,
    two_percentages,
    welch,
)

TANH = cell("tanh", [40.0, 41.0, 40.5])
TANH_N = cell("tanh_n", [39.0, 40.1, 39.5])
GROWING = cell("tanh_growing", [45.0, 45.5, 46.0])
NAMED = {"comparisons": [["tanh_growing", "tanh"]]}


def with_streams(one, streams):
    return replace(one, streams=tuple(streams))


def test_the_pairs_are_the_papers_as_far_as_the_file_has_both():
    sweep = collected([TANH, TANH_N])
    assert named_beforehand(sweep.config, PAPER) == (("tanh", "tanh_n"),)
    assert heading(sweep.config, PAPER).startswith("Named beforehand: normalized against")
    assert named_beforehand(sweep.config, QUESTION) == ()
    assert heading(sweep.config, QUESTION) == ""


def test_the_files_own_pairs_take_their_place():
    sweep = collected([TANH, TANH_N, GROWING], NAMED)
    assert named_beforehand(sweep.config, PAPER) == (("tanh", "tanh_growing"),)
    assert heading(sweep.config, PAPER) == "Named beforehand in the sweep file"
    (found,) = pairs(sweep, PAPER)
    assert found.comparison == welch(TANH.errors, GROWING.errors)
    assert "Tanh, growing is significantly worse than Tanh" in pair_sentence(found, 0.005)


def test_it_is_told_whether_the_file_says_to_be_older_than_its_results():
    silent = collected([TANH, TANH_N]).config
    assert "does not say" in registration(silent)
    said = collected([TANH, TANH_N], {"preregistered": "0f6fe30"}).config
    assert "commit 0f6fe30 held it before any of its results was seen" in registration(said)


def test_a_paper_is_not_needed():
    (found,) = pairs(collected([TANH, TANH_N], {"comparisons": [["tanh", "tanh_n"]]}), QUESTION)
    assert (found.first, found.second) == ("tanh_n", "tanh")
    assert found.comparison.difference == pytest.approx(-29 / 30)


def test_named_variants_beyond_the_table_leave_the_table_alone():
    with_pair, without = (collected([TANH, TANH_N, GROWING], c) for c in (NAMED, {}))
    assert entries(with_pair, "table_depth", PAPER) == entries(without, "table_depth", PAPER)
    frame = significance_frame(with_pair, PAPER)
    named = frame[frame["kind"] == "named beforehand"]
    assert set(named["comparison"]) == {"tanh_growing - tanh"}


def test_pairs_are_tested_where_no_variant_is_in_the_table():
    sweep = collected([GROWING, cell("relu", [10.0, 10.5, 11.0])],
                      {"comparisons": [["relu", "tanh_growing"]]})  # fmt: skip
    frame = significance_frame(sweep, PAPER)
    assert set(frame["comparison"]) == {"relu - tanh_growing"}


@pytest.mark.parametrize("cells", [[TANH, cell("softsign", [1.0, 2.0])], [GROWING]])
def test_over_no_pair_there_is_no_heading(cells):
    assert heading(collected(cells).config, PAPER) == ""
    assert heading(collected([TANH, TANH_N]).config, PAPER).startswith("Named beforehand: ")


def test_a_margin_says_whether_two_are_alike():
    sweep = collected([TANH, TANH_N], {"significance.equivalence": {"margin": 5.0}})
    (found,) = pairs(sweep, PAPER)
    assert found.alike == equivalence(welch(TANH.errors, TANH_N.errors), 5.0, 0.005)
    text = pair_sentence(found, 0.005)
    low, high = found.alike.interval
    assert "; alike within 5 points (two one-sided tests, p = 0.00" in text
    assert f"99 % interval of Tanh less Tanh N [{low:.2f}, {high:.2f}])" in text
    assert low < found.comparison.difference < high
    narrow = collected([TANH, TANH_N], {"significance.equivalence": {"margin": 0.5}})
    text = pair_sentence(pairs(narrow, PAPER)[0], 0.005)
    assert "; not shown to be alike within 0.5 points" in text
    assert "alike" not in pair_sentence(pairs(collected([TANH, TANH_N]), PAPER)[0], 0.005)


PAIRED = {"significance.test": "paired_seeds"}


def test_replicates_are_paired_by_the_examples_they_saw():
    cells = [with_streams(TANH, [7, 8, 9]), with_streams(TANH_N, [7, 8, 9])]
    (found,) = pairs(collected(cells, PAIRED), PAPER)
    other = stats.ttest_rel(TANH.errors, TANH_N.errors)
    assert found.comparison.p_value == pytest.approx(other.pvalue)
    assert found.significant
    assert not pairs(collected(cells), PAPER)[0].significant  # by Welch's test
    shown = entries(collected(cells, PAIRED), "table_depth", PAPER)
    assert [entry.bold for entry in shown] == [False, True]


def test_replicates_that_saw_other_examples_are_not_paired():
    cells = [with_streams(TANH, [7, 8, 9]), with_streams(TANH_N, [7, 8, 10])]
    for make in (pairs, lambda sweep, paper: entries(sweep, "table_depth", paper)):
        with pytest.raises(UserError, match=r"shapeset those of tanh have .* \[7, 8, 9\]") as error:
            make(collected(cells, PAIRED), PAPER)
        assert "tanh_n [7, 8, 10]" in str(error.value)
    # As one test among others it is left out.
    assert "paired_seeds" not in set(all_tests_frame(collected(cells), PAPER)["test"])
    alike = [with_streams(one, [7, 8, 9]) for one in cells]
    assert "paired_seeds" in set(all_tests_frame(collected(alike), PAPER)["test"])


@pytest.mark.parametrize("test", ["welch", "paired_seeds"])
def test_with_fewer_groups_than_replicates_the_groups_means_are_tested(test):
    rng = np.random.default_rng(2)
    errors = {v: np.round(rng.normal(40, 1, 6), 2) for v in ("tanh", "tanh_n")}
    cells = [
        replace(cell(v, list(e)), groups=3, streams=tuple(range(6))) for v, e in errors.items()
    ]
    sweep = collected(cells, {"significance.test": test})
    means = [[e[group::3].mean() for group in range(3)] for e in errors.values()]
    (found,) = pairs(sweep, PAPER)
    other = stats.ttest_rel(*means) if test == "paired_seeds" else stats.ttest_ind(
        *means, equal_var=False
    )  # fmt: skip
    assert found.comparison.p_value == pytest.approx(other.pvalue)
    entry = entries(sweep, "table_depth", PAPER)[0]
    low, high = stats.t.interval(0.95, 2, np.mean(means[0]), stats.sem(means[0]))
    assert (entry.mean, entry.low, entry.high) == pytest.approx((np.mean(means[0]), low, high))


@pytest.mark.parametrize("test", ["paired", "two_proportions"])
def test_so_they_are_across_examples_where_groups_have_unlike_numbers_of_replicates(test):
    """Of three replicates in two groups the second one counts as much as both others together."""
    errors = {"tanh": [60.0, 50.0, 40.0], "tanh_n": [45.0, 40.0, 41.0]}
    cells = [replace(cell(v, e, n=100), groups=2) for v, e in errors.items()]
    (found,) = pairs(collected(cells, {"significance.test": test}), PAPER)
    assert found.comparison.difference == pytest.approx((50 + 50) / 2 - (43 + 40) / 2)
    shares = [np.array([0.25, 0.5, 0.25]) @ own.wrong for own in cells]
    other = {
        "paired": stats.ttest_rel(*shares).pvalue,
        "two_proportions": two_percentages(50.0, 41.5, 100).p_value,
    }
    assert found.comparison.p_value == pytest.approx(other[test])


def on(*datasets):
    cells = [
        replace(one, dataset=dataset)
        for dataset in datasets
        for one in (TANH, cell("tanh_n", [39.0, 40.1, 41.5]))
    ]
    return collected(cells)


def test_several_data_sets_are_put_together():
    (found,) = improvements(on("shapeset", "mnist"), PAPER)
    assert (found.first, found.second) == ("tanh", "tanh_n")
    again = probability_of_improvement(
        {d: (TANH.errors, [39.0, 40.1, 41.5]) for d in ("shapeset", "mnist")},
        np.random.default_rng(0),
    )
    assert found.found.probability == again.probability == pytest.approx(5 / 9)
    assert found.found.low == pytest.approx(again.low, abs=0.06)
    assert improvements(on("shapeset", "mnist"), PAPER) == [found]  # the same draws
    assert found.sentence.startswith(
        "Over 2 data sets: a run of Tanh N has a lower error than one of Tanh with probability 0.56"
    )


def test_of_fewer_groups_than_replicates_means_are_put_together_and_so_called():
    cells = [
        replace(cell(variant, errors, dataset), groups=2)
        for dataset in ("shapeset", "mnist")
        for variant, errors in (("tanh", [40.0, 30.0, 42.0, 32.0]), ("tanh_n", [35.0] * 4))
    ]
    changes = {"datasets": ["shapeset", "mnist"], "replicates.seeds": 4, "search.groups": 2}
    (found,) = improvements(replace(collected(cells), config=grouped(changes)), PAPER)
    assert found.found.probability == 0.5
    assert "a search's mean of Tanh N has a lower error than one of Tanh" in found.sentence


def test_of_a_sweep_with_a_factor_each_value_has_its_own_probability():
    def at(first, second):
        pair = {"tanh": first, "tanh_n": second}
        return [cell(v, [e, e + 1], d) for d in ("shapeset", "mnist") for v, e in pair.items()]

    asked = {"datasets": ["shapeset", "mnist"], "variants": ["tanh", "tanh_n"],
             "replicates.seeds": 2, "search.groups": 1}  # fmt: skip
    sweep = over_depths({2: at(40.0, 30.0), 3: at(30.0, 40.0)}, asked)
    said = [found.sentence.partition(" [")[0] for found in improvements(sweep, PAPER)]
    told = "a run of Tanh N has a lower error than one of Tanh with probability"
    assert said == [
        f"Over 2 data sets, depth 2: {told} 1.00",
        f"Over 2 data sets, depth 3: {told} 0.00",
    ]


def test_one_data_set_needs_no_putting_together():
    assert improvements(on("shapeset"), PAPER) == []


def test_a_data_set_whose_cell_failed_is_left_out():
    sweep = on("shapeset", "mnist", "cifar10")
    failed = {
        place: replace(one, failed=1) if place[1:] == ("mnist", "tanh") else one
        for place, one in sweep.cells.items()
    }
    (found,) = improvements(replace(sweep, cells=failed), PAPER)
    assert found.found.n_datasets == 2
