"""Winners at the edge of their range: told beneath the table, on the page and in the terminal."""

from dataclasses import replace

import pytest
from report_builders import cell, collected
from run_builders import record
from sweep_builders import grouped

from glorot_sweep.report.cautions import cautions
from glorot_sweep.report.paper import Beside
from glorot_sweep.report.render import interval_text, texts_beside
from glorot_sweep.report.tables import Entry
from glorot_sweep.report.winners import GroupWinner, middle_rate, usual_depth, winners_in
from glorot_sweep.tracking.schema.trained import NOT_LEARNED


def study(variant="tanh", **edges):
    found = {name.removeprefix("g"): end for name, end in edges.items()}
    return record("study", variant=variant, range_edge=found)


def of(groups, *studies, extend=False):
    found = collected([cell("tanh", [40.0] * 4), cell("tanh_n", [30.0] * 4)])
    changes = {"replicates.seeds": 4, "search.groups": groups, "search.extend": extend}
    settings = grouped(changes)
    return replace(found, config=settings, studies=list(studies))


def test_no_edge_no_caution():
    assert cautions(of(4, study(), study("tanh_n"))) == []
    assert cautions(of(4)) == [], "a store of before has no such tags"


@pytest.mark.parametrize(
    ("groups", "edges", "said"),
    [
        (1, {"g0": "low"}, "Tanh: the winner lies in the lowest tenth of the range"),
        (4, {"g0": "high", "g3": "high"}, "Tanh: of 4 winners 2 in the highest tenth of the range"),
        (4, {"g0": "low", "g1": "high", "g3": "low"},
         "Tanh: of 4 winners 2 in the lowest and 1 in the highest tenth"),
    ],
)  # fmt: skip
def test_a_sentence_for_each_study(groups, edges, said):
    (sentence,) = cautions(of(groups, study("tanh_n"), study(**edges)))
    assert said in sentence
    assert sentence.startswith("Shapeset, ")


def test_half_of_the_winners_at_an_edge_are_a_warning_of_their_own():
    (few,), (half,) = (cautions(of(4, study(**edges))) for edges in (
        {"g0": "low"}, {"g0": "low", "g2": "high"},
    ))  # fmt: skip
    assert "half" not in few
    assert half.endswith("half of them or more: widen search.learning_rates.tanh, or set "
                         "search.extend, in a sweep of another name.")  # fmt: skip
    extended = of(4, study(**{"g0": "low", "g2": "high"}), extend=True)
    assert "search.extend" not in cautions(extended)[0]


def at_best_depth(**edges):
    return record("study", variant="tanh", best_range_edge=edges)


@pytest.mark.parametrize(
    ("groups", "edges", "said"),
    [
        (1, {"0": "low"}, "Tanh: the winner at its best depth lies in the lowest tenth"),
        (4, {"3": "high"}, "Tanh: of 4 winners at its best depth 1 in the highest tenth"),
    ],
)
def test_winners_at_the_best_depth_have_a_sentence_of_their_own(groups, edges, said):
    (sentence,) = cautions(of(groups, at_best_depth(**edges)))
    assert said in sentence
    table, best = cautions(of(groups, replace(at_best_depth(**edges), range_edge={"0": "low"})))
    assert (said in table, said in best) == (False, True)


def test_half_of_the_winners_at_the_best_depth_are_a_warning_too():
    (half,) = cautions(of(4, at_best_depth(**{"0": "low", "2": "high"})))
    assert half.endswith("widen search.learning_rates.tanh in a sweep of another name.")


WINNERS = (GroupWinner(5, 0.03), GroupWinner(4, 0.012, has_learned=False), GroupWinner(5, 0.021))


def test_a_cell_of_several_winners_has_their_range_and_says_where_nothing_was_learned():
    several = replace(cell("tanh", [40.0, 41.0, 42.0]), group_winners=WINNERS)
    assert interval_text(several, 41.0, 40.0, 42.0) == (
        "41.00 [40.00, 42.00] (nothing learned in 1 of 3 groups)"
    )
    entry = Entry(several, 41.0, 40.0, 42.0, bold=False, reference=None, adjusted_p_value=None)
    assert texts_beside(entry, Beside.WINNER) == ["4 to 5", "0.012 to 0.03"]
    assert (usual_depth(WINNERS), middle_rate(WINNERS)) == (5, 0.021)


def test_a_cell_of_one_winner_reads_as_before():
    entry = Entry(cell("tanh", [40.0, 41.0]), 40.5, 40.0, 41.0, False, None, None)
    assert texts_beside(entry, Beside.WINNER) == ["2", "0.1"]


def test_a_cell_of_one_winner_that_learned_nothing_says_so():
    idle = replace(cell("tanh", [40.0, 41.0]), group_winners=WINNERS[1:2])
    assert interval_text(idle, 40.5, 40.0, 41.0) == "40.50 [40.00, 41.00] (nothing learned)"


def test_one_replicate_is_enough_to_say_that_a_group_has_learned_nothing():
    runs = [
        record("replicate", seed=seed, group=seed % 2, learned=learned)
        for seed, learned in enumerate((None, None, NOT_LEARNED, None))
    ]
    assert [winner.has_learned for winner in winners_in(runs)] == [False, True]
