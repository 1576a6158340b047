"""A base of one's own: every other variant against it, in one table, with named tests."""

import csv
import io
from dataclasses import replace

import pytest
from report_builders import cell, collected
from scipy import stats

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.against_base import base_entries, unmarked
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.beyond import all_tests_frame, beyond_entries
from glorot_sweep.report.paper import QUESTION, Beside
from glorot_sweep.report.render import caption, note_on_bold, short_caption, table_markdown
from glorot_sweep.report.render_latex import table_latex
from glorot_sweep.report.tables import entries, entries_frame
from glorot_sweep.significance import holm

TANH = cell("tanh", [40.0, 41.0, 40.5])
TANH_N = cell("tanh_n", [39.0, 40.1, 39.5])
RELU_HE = cell("relu_he", [44.0, 45.5, 46.0])
CELLS = [TANH, TANH_N, RELU_HE]
BASE = {"base": "relu_he"}


def shown(sweep, paper=QUESTION):
    return base_entries(sweep, pairs(sweep, paper), paper)


def test_each_difference_is_to_the_base_with_holms_correction_over_all():
    tanh, tanh_n, base = shown(collected(CELLS, BASE))
    raw = [stats.ttest_ind(one.errors, RELU_HE.errors, equal_var=False).pvalue
           for one in (TANH, TANH_N)]  # fmt: skip
    assert [tanh.adjusted_p_value, tanh_n.adjusted_p_value] == pytest.approx(holm(raw))
    assert tanh.against.difference == pytest.approx(40.5 - 135.5 / 3)
    assert tanh.against.interval[0] < tanh.against.difference < tanh.against.interval[1] < 0
    assert (base.against, base.adjusted_p_value, base.bold) == (None, None, False)
    assert base.mean == pytest.approx(135.5 / 3)


def test_a_pair_that_is_named_the_other_way_round_is_turned():
    plain = shown(collected(CELLS, BASE))
    turned = shown(collected(CELLS, {**BASE, "comparisons": [["relu_he", "tanh"]]}))
    assert turned[0].against == plain[0].against
    assert turned[0].against.effect_size < 0


def test_beside_it_no_mark_has_another_meaning():
    best = entries(collected(CELLS, BASE), "best_depth", QUESTION)
    assert any(entry.bold for entry in best)
    assert not any(entry.bold for entry in unmarked(best))
    assert [entry.mean for entry in unmarked(best)] == [entry.mean for entry in best]


def test_a_star_says_that_it_differs_and_nothing_is_bold():
    for level in (0.05, 0.0005):
        table = shown(collected(CELLS, {**BASE, "significance.level": level}))
        stars = [line.count("| * ") for line in table_markdown(table, Beside.BASE).splitlines()]
        expected = [int(entry.adjusted_p_value <= level) for entry in table[:2]]
        assert stars[2:] == [*expected, 0]
        assert not any(entry.bold for entry in table)
    assert expected == [0, 0]


def test_in_a_question_of_ones_own_it_is_the_table_in_all_its_forms():
    sweep = collected(CELLS, BASE)
    assert QUESTION.beside(sweep.config) is Beside.BASE
    table = shown(sweep)
    lines = table_markdown(table, Beside.BASE).splitlines()
    assert lines[0] == "| Type | Shapeset | Shapeset difference | Shapeset p |"
    assert "| -4.67 [" in lines[2]
    assert lines[4].endswith("| – | – |")
    latex = table_latex(table, sweep.config, QUESTION)
    assert r"\begin{tabular}{lrrr}" in latex
    assert "Type & Shapeset & difference & p" in latex
    assert latex.count("ReLU, He & 45.17") == 1
    rows = list(csv.DictReader(io.StringIO(entries_frame(table, Beside.BASE).to_csv(index=False))))
    assert [row["difference_confidence"] for row in rows] == ["0.9975", "0.9975", ""]
    assert float(rows[0]["difference_points"]) == pytest.approx(table[0].against.difference)
    assert rows[2]["difference_points"] == rows[2]["p"] == ""


def test_its_words_speak_of_the_base():
    config = collected(CELLS, BASE).config
    assert "Star: differs from ReLU, He at p = 0.005 (Welch's t-test over seeds, Holm's" in (
        caption(config, QUESTION)
    )
    assert note_on_bold(config, QUESTION).startswith("A difference without a star is not shown")
    plain = collected(CELLS).config
    assert note_on_bold(plain, QUESTION).startswith("Nothing was named beforehand in the sweep")
    named = collected(CELLS, {"comparisons": [["tanh", "tanh_n"]]}).config
    assert "Nothing was named" not in note_on_bold(named, QUESTION)
    assert "Nothing was named" not in note_on_bold(plain, PAPER)


def test_a_papers_rows_stay_what_they_are():
    with_base, without = collected(CELLS, BASE), collected(CELLS)
    for make in (entries, beyond_entries):
        assert make(with_base, "table_depth", PAPER) == make(without, "table_depth", PAPER)
    assert [e.cell.variant for e in shown(with_base, PAPER)] == ["tanh", "tanh_n", "relu_he"]
    assert shown(without) == []


def test_without_a_mean_of_the_base_nothing_is_compared_and_every_row_says_why():
    failed = replace(RELU_HE, failed=2)
    sweep = collected([TANH, TANH_N, failed], BASE)
    assert all(entry.against is None for entry in shown(sweep))
    assert [entry.mean is None for entry in shown(sweep)] == [False, False, True]
    frame = all_tests_frame(sweep, QUESTION)
    named = frame[frame["kind"] == "named beforehand"]
    assert list(named["comparison"]) == ["tanh - relu_he", "tanh_n - relu_he"]
    assert named["p"].isna().all()
    assert set(named["not tested"]) == {"2 of 3 replicates of ReLU, He failed"}
    assert set(frame[frame["kind"] != "named beforehand"]["not tested"]) == {""}


def test_where_no_cell_has_a_mean_the_rows_are_there_all_the_same():
    sweep = collected([replace(one, failed=1) for one in (TANH, RELU_HE)], BASE)
    (row,) = all_tests_frame(sweep, QUESTION).to_dict("records")
    assert row["not tested"] == (
        "1 of 3 replicates of Tanh failed; 1 of 3 replicates of ReLU, He failed"
    )


def test_what_is_said_of_an_interval_at_first_sight_is_what_the_caption_says():
    until = {
        **BASE, "search.groups": 5, "search.table_depth_share": None, "search.depth_trials": 0,
        "search.updates": 40, "search.rungs": [], "search.sampler": "random",
        "replicates.window": 1, "replicates.seeds": 5,
        "replicates.until_decided": {"most": 15, "step": 5},
    }  # fmt: skip
    for asked, first, whole in ((BASE, "its corrected interval", ""), (until, "its 95 % interval",
                                "uncorrected")):  # fmt: skip
        config = collected(CELLS, asked).config
        assert first in short_caption(config, QUESTION)
        assert whole in caption(config, QUESTION)
