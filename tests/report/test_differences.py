"""What did not reproduce: what the paper has and these runs have not, and nothing else."""

from dataclasses import replace

import pytest
from report_builders import cell, collected, over_depths

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.differences import differences
from glorot_sweep.report.evidence import Evidence

HIGH, LOW = [40.0, 41.0, 42.0, 41.0, 40.5], [30.0, 31.0, 30.5, 31.0, 30.0]
RELU_HE = cell("relu_he", [30.2, 31.0, 30.4, 31.0, 30.1])
AS_IN_THE_PAPER = [cell("tanh", HIGH), cell("tanh_n", LOW), RELU_HE]
OTHERWISE = [cell("tanh", LOW), cell("tanh_n", HIGH), RELU_HE]
EITHER_WAY = [["tanh", "tanh_n"], ["tanh_n", "tanh"]]


def of_pairs(cells, changes):
    """What is said of pairs alone: the paper's marks and claims are left out."""
    return said(cells, changes, replace(PAPER, bold=frozenset(), references={}))


def said(cells, changes=None, paper=PAPER):
    sweep = collected(cells, {"replicates.seeds": 5, **(changes or {})})
    return differences(compile_evidence(Evidence(sweep), replace(paper, claims=()), []))


@pytest.mark.parametrize(
    "changes",
    [{}, {"base": "tanh_n"}, {"base": "tanh"}, *({"comparisons": [pair]} for pair in EITHER_WAY)],
)
def test_what_agrees_with_the_paper_is_no_difference_in_whichever_direction_it_was_named(changes):
    assert of_pairs(AS_IN_THE_PAPER, changes) == []


@pytest.mark.parametrize("pair", EITHER_WAY)
def test_what_contradicts_the_paper_is_one_in_whichever_direction_it_was_named(pair):
    word = "better" if pair[0] == "tanh" else "worse"
    (sentence,) = of_pairs(OTHERWISE, {"comparisons": [pair]})
    assert f" is significantly {word} than " in sentence


@pytest.mark.parametrize("pair", EITHER_WAY)
def test_what_is_not_told_apart_is_one_in_whichever_direction_it_was_named(pair):
    (sentence,) = of_pairs([cell("tanh", LOW), cell("tanh_n", LOW)], {"comparisons": [pair]})
    assert " is not told apart from " in sentence


def test_of_a_factor_the_tables_value_alone_is_compared_with_the_paper():
    equal = [cell("tanh", LOW), cell("tanh_n", LOW), RELU_HE]
    paper = replace(PAPER, claims=(), bold=frozenset(), references={})
    for at_one, at_the_table, n in ((equal, AS_IN_THE_PAPER, 0), (AS_IN_THE_PAPER, equal, 1)):
        sweep = over_depths({1: at_one, 2: at_the_table}, {"replicates.seeds": 5})
        assert len(differences(compile_evidence(Evidence(sweep), paper, []))) == n


def test_a_pair_that_the_paper_does_not_name_is_none():
    named = {"comparisons": [["relu_he", "tanh_n"], ["tanh_n", "tanh"]]}
    (sentence,) = of_pairs(OTHERWISE, named)
    assert sentence.startswith("Shapeset: Tanh N is significantly worse than Tanh")


def test_bold_marks_are_compared_with_the_papers():
    shown = [cell("softsign", LOW), cell("tanh", LOW), cell("tanh_n", LOW)]
    assert said(shown, {"comparisons": [["softsign", "tanh"]]}) == [
        "Shapeset: not distinguishable from the best are Softsign, Tanh, Tanh N here, Softsign, "
        "Tanh N in the paper."
    ]
    without = replace(PAPER, bold=frozenset())
    assert said(shown, {"comparisons": [["softsign", "tanh"]]}, without) == []


def test_without_the_papers_best_its_bold_marks_say_nothing_of_the_others():
    assert said([cell("tanh", LOW), cell("sigmoid", HIGH)]) == []
    failed = cell("tanh_n", LOW[:4], failed=1)
    assert said([cell("softsign", LOW), cell("tanh", LOW), failed]) == []


def test_a_cell_without_a_mean_is_in_neither_list():
    shown = [cell("softsign_n", LOW[:4], failed=1), cell("tanh", LOW), cell("tanh_n", LOW)]
    assert said(shown, {"comparisons": [["softsign_n", "tanh"]]}) == [
        "Shapeset: not distinguishable from the best are Tanh, Tanh N here, Tanh N in the paper."
    ]


def test_one_of_several_that_are_the_papers_best_is_enough():
    shown = [cell("tanh_n", HIGH, "mnist"), cell("softsign_n", LOW, "mnist")]
    (sentence,) = said(shown)
    assert sentence == (
        "MNIST: not distinguishable from the best are Softsign N here, Softsign N, Tanh N in the "
        "paper."
    )
