"""The first sentences of a report: each named comparison, or the best of each column."""

import re
from dataclasses import replace

import pytest
from report_builders import cell, collected, over_depths
from sweep_builders import grouped_values

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.answer import MOST_NAMES, MOST_SENTENCES, answers
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.beyond import beyond_entries
from glorot_sweep.report.paper import QUESTION
from glorot_sweep.report.render import pair_sentence
from glorot_sweep.report.tables import entries
from glorot_sweep.report.untested import Untested, untested
from glorot_sweep.significance import welch

TANH_N = cell("tanh_n", [39.0, 40.1, 39.5, 39.4])
RELU_HE = cell("relu_he", [45.0, 45.5, 46.0, 45.3])
RELU = cell("relu", [38.0, 41.0, 44.0, 36.0])
NAMED = {"comparisons": [["tanh_n", "relu_he"]]}


def said(sweep, paper=QUESTION):
    table = entries(sweep, "table_depth", paper)
    beyond = beyond_entries(sweep, "table_depth", paper)
    return answers(sweep.asked, pairs(sweep, paper), untested(sweep, paper), table, beyond)


@pytest.mark.parametrize("order", [["tanh_n", "relu_he"], ["relu_he", "tanh_n"]])
def test_a_comparison_that_is_decided_says_which_is_better_whichever_was_named_first(order):
    sweep = collected([TANH_N, RELU_HE, RELU], {"comparisons": [order], "replicates.seeds": 4})
    found = welch(RELU_HE.errors, TANH_N.errors)
    low, high = found.interval_at(0.005)
    assert said(sweep) == [
        f"On Shapeset, Tanh N beats ReLU, He by {found.difference:.2f} points [{low:.2f}, "
        f"{high:.2f}] (99.5 % interval), p = {found.p_value:.2g}; 4 seeds, depth 2."
    ]


@pytest.mark.parametrize("order", [["tanh_n", "relu"], ["relu", "tanh_n"]])
def test_one_that_is_not_decided_says_so(order):
    (sentence,) = said(collected([TANH_N, RELU], {"comparisons": [order]}))
    first, second = ("Tanh N", "ReLU") if order[0] == "tanh_n" else ("ReLU", "Tanh N")
    better = "Tanh N is lower by 0.25 points [-"
    assert sentence.startswith(f"On Shapeset, {first} and {second} are not told apart: {better}")


TIED = [cell("tanh_n", [80.0] * 5), cell("relu", [80.0] * 5)]


@pytest.mark.parametrize("order", [["tanh_n", "relu"], ["relu", "tanh_n"]])
def test_of_two_with_the_same_mean_none_is_lower(order):
    """Of variants that stay at chance, say."""
    sweep = collected(TIED, {"comparisons": [order], "replicates.seeds": 5})
    (sentence,) = said(sweep)
    assert "not told apart: their means differ by 0.00 points [0.00, 0.00] (99.5 %" in sentence
    (pair,) = pairs(sweep, QUESTION)
    assert "(means differ by 0.00 points, p = 1" in pair_sentence(pair, 0.005)
    over = over_depths({1: TIED, 2: TIED}, {"comparisons": [order], "replicates.seeds": 5})
    (sentence,) = said(over)
    assert "not told apart at depths 1 and 2 (means differ by 0.00 to 0.00 points" in sentence


@pytest.mark.parametrize("side", [-1, 1])
def test_a_p_close_to_the_level_is_written_on_its_side_of_it(side):
    sweep = collected([TANH_N, RELU_HE], NAMED)
    (pair,) = pairs(sweep, QUESTION)
    near = replace(pair, adjusted_p_value=0.005 + 3e-5 * side, significant=side < 0)
    (sentence,) = answers(sweep.config, [near], [], [])
    shown = float(re.search(r"p = ([0-9.]+);", sentence)[1])
    assert (shown <= 0.005) == (side < 0)
    shown = float(re.search(r"p = ([0-9.]+)[,)]", pair_sentence(near, 0.005))[1])
    assert (shown <= 0.005) == (side < 0)


def test_variants_that_are_all_beyond_the_papers_have_an_answer_too():
    (sentence,) = said(collected([RELU_HE, RELU], {"replicates.seeds": 4}), PAPER)
    assert sentence.startswith(
        "On Shapeset, where no variant is in the paper's table, ReLU has the lowest test error, "
        "39.75 % ["
    )
    assert sentence.endswith("], 4 seeds, depth 2; it was tested against none of the others.")
    failed = [replace(one, failed=1) for one in (RELU_HE, RELU)]
    assert said(collected(failed), PAPER) == [
        "On Shapeset, where no variant is in the paper's table, none has a mean test error."
    ]


def test_with_width_as_a_factor_the_answer_says_at_which():
    at_widths = {"replicates.widths": [8, 16], "network.width": 16, "search.rungs": []}
    sweep = collected([TANH_N, RELU])
    config = SweepConfig.model_validate(grouped_values(at_widths))
    table = entries(sweep, "table_depth", QUESTION)
    (sentence,) = answers(config, [], [], table)
    assert "depth 2, 16 units." in sentence


def test_two_that_are_shown_to_be_alike_are_called_so():
    changes = {"comparisons": [["tanh_n", "relu"]], "significance.equivalence": {"margin": 50.0}}
    (sentence,) = said(collected([TANH_N, RELU], changes))
    assert "Tanh N and ReLU are alike within 50 points: Tanh N is lower by 0.25" in sentence


def test_one_that_could_not_be_tested_says_why():
    failed = replace(RELU_HE, failed=1)
    (sentence,) = said(collected([TANH_N, failed], NAMED))
    assert sentence == (
        "Shapeset: Tanh N against ReLU, He was not tested: 1 of 4 replicates of ReLU, He failed."
    )


def test_of_several_data_sets_those_where_it_was_not_tested_are_named():
    cells = [
        replace(one, dataset=name, failed=int(name != "shapeset" and one is RELU_HE))
        for name in ("shapeset", "mnist", "cifar10")
        for one in (TANH_N, RELU_HE)
    ]
    first, second = said(collected(cells, NAMED))
    begins = "Of 3 comparisons that were named beforehand, 1 is decided: Tanh N beats ReLU, He by "
    assert first.startswith(begins)
    assert first.endswith("] on Shapeset.")
    assert second == "Not tested: Tanh N and ReLU, He on MNIST; Tanh N and ReLU, He on CIFAR-10."


def test_a_paper_has_its_own_comparisons():
    tanh = cell("tanh", [45.0, 45.5, 46.0, 45.3])
    (sentence,) = said(collected([tanh, TANH_N, RELU_HE]), PAPER)
    assert sentence.startswith("On Shapeset, Tanh N beats Tanh by 5.95 points")


def test_where_nothing_was_named_the_best_of_each_column_is():
    here = [TANH_N, RELU_HE, RELU, cell("softplus", [1.0], failed=2)]
    there = [replace(one, dataset="mine") for one in (TANH_N, RELU_HE)]
    there[1] = replace(there[1], errors=there[1].errors - 40)
    first, second = said(_two(here, there))
    assert first.startswith("On Shapeset, Tanh N has the lowest test error, 39.50 % [")
    assert first.endswith(
        "Not distinguishable from it at p = 0.005: ReLU. Without a mean: Softplus (failed)."
    )
    assert second.startswith("On mine, ReLU, He has the lowest test error, 5.45 % [")
    assert second.endswith("All others are worse at p = 0.005. Without a mean: ReLU (failed); "
                           "Softplus (failed).")  # fmt: skip


def _two(here, there):
    there += [replace(cell(variant, [1.0], "mine"), failed=1) for variant in ("relu", "softplus")]
    folders = {"image_folders": {"mine": "mine"}}
    return collected([*here, *there], folders)


def test_a_single_variant_has_no_rival():
    (sentence,) = said(collected([TANH_N]))
    assert sentence.startswith("On Shapeset, Tanh N has a test error of 39.50 % [")
    assert sentence.endswith(", depth 2.")


def test_a_column_without_a_mean_says_so():
    (sentence,) = said(collected([replace(TANH_N, failed=1)]))
    assert sentence == "On Shapeset, no variant has a mean test error."


def test_many_comparisons_begin_with_how_many_are_decided():
    others = ["relu", "tanh", "softsign", "softplus", "relu_n", "tanh_growing", "relu_orthogonal"]
    cells = [TANH_N, *(cell(name, list(RELU_HE.errors + 1)) for name in others)]
    cells[1] = RELU
    sentences = said(collected(cells, {"base": "tanh_n"}))
    assert len(sentences) == MOST_SENTENCES == 2
    assert sentences[0].startswith("Of 7 comparisons that were named beforehand, 6 are decided: ")
    assert sentences[0].count("Tanh N beats") == MOST_NAMES
    assert sentences[0].endswith("; and 2 more.")
    assert sentences[1] == "Not told apart: ReLU and Tanh N."


def test_a_comparison_that_was_tested_at_one_value_alone_is_counted_once():
    others = ["relu", "tanh", "softsign"]
    sweep = collected([TANH_N, *(cell(n, list(TANH_N.errors)) for n in others)], {"base": "tanh_n"})
    pair = pairs(sweep, QUESTION)[0]
    at_another_value = Untested(
        "shapeset", pair.first, pair.second, pair.labels, "it failed", 0.005
    )
    (first, _) = answers(sweep.config, pairs(sweep, QUESTION), [at_another_value], [])
    assert first == "Of 3 comparisons that were named beforehand, none is decided."


def test_of_comparisons_none_may_be_decided():
    others = ["relu", "tanh", "softsign"]
    cells = [TANH_N, *(cell(name, list(TANH_N.errors)) for name in others)]
    sentences = said(collected(cells, {"base": "tanh_n"}))
    assert sentences[0] == "Of 3 comparisons that were named beforehand, none is decided."


def test_where_the_test_is_of_the_last_answers_the_mean_is_not_called_the_lowest():
    """What is best by the last evaluation need not have the lowest mean of the last ten."""
    changes = {"significance.test": "paired", "replicates.window": 3}
    (sentence,) = said(collected([TANH_N, RELU_HE], changes))
    assert sentence.startswith(
        "On Shapeset, Tanh N has the lowest test error at the last evaluation; its mean of the "
        "last 3 evaluations is 39.50 % ["
    )


@pytest.mark.parametrize(("test", "when"), [("paired", " at the last evaluation"), ("welch", "")])
def test_a_comparison_of_the_last_answers_says_so_beside_its_difference(test, when):
    """The table shows means of the last evaluations, which differ otherwise."""
    tanh = cell("tanh", [80.0, 81.0, 80.5, 80.0])
    shown = [replace(one, errors=one.errors + 6) for one in (TANH_N, tanh)]
    shown += [cell("relu", [80.0, 81.0, 80.5, 80.0]), cell("relu_he", list(TANH_N.errors))]
    changes = {"significance.test": test, "replicates.seeds": 4, "replicates.window": 3}
    (one,) = said(collected(shown[:2], {**changes, "comparisons": [["tanh_n", "tanh"]]}))
    assert re.match(rf"On Shapeset, Tanh N beats Tanh by \d+\.\d\d points{when} \[", one)
    many, *_ = said(collected(shown, {**changes, "base": "tanh_n"}))
    assert re.search(rf"Tanh N beats Tanh by \d+\.\d\d points{when} \[", many)


def test_of_many_data_sets_those_without_any_mean_are_named():
    cells = [
        replace(TANH_N, dataset=name, failed=int(name == "mnist"))
        for name in ("shapeset", "mnist", "cifar10")
    ]
    (sentence,) = said(collected(cells))
    assert sentence == (
        "Lowest test error at depth 2: Tanh N on Shapeset, 39.50 %; Tanh N on CIFAR-10, 39.50 %; "
        "no variant has a mean test error on MNIST."
    )
    (sentence,) = said(collected([replace(one, failed=1) for one in cells]))
    assert sentence == ("At depth 2 no variant has a mean test error on Shapeset; MNIST; CIFAR-10.")
