"""Depth as a factor: one family of comparisons, told with the same numbers everywhere."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from report_builders import cell, over_depths

from glorot_sweep.config.factors import Value
from glorot_sweep.interface import frames
from glorot_sweep.report.against_base import base_entries
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.files import report_files
from glorot_sweep.report.headline import headline
from glorot_sweep.report.over_factor import over_factor
from glorot_sweep.report.page import render_page
from glorot_sweep.report.paper import QUESTION
from glorot_sweep.report.render_over import over_caption
from glorot_sweep.significance import holm, welch

NAMED = {"comparisons": [["tanh_n", "relu_he"]], "significance.level": 0.05, "paper": "none",
         "replicates.seeds": 3, "search.groups": 3}  # fmt: skip
SPREAD = np.array([0.3, -0.2, 0.1])
GAPS = {2: 0.1, 3: -0.3, 4: -2.5, 5: -1.8, 6: -2.0}  # tanh_n minus relu_he, points


def sweep(gaps=GAPS, changes=None):
    return over_depths(
        {
            depth: [
                cell("tanh_n", list(40 + gap + SPREAD)),
                cell("relu_he", list(40 + SPREAD[::-1])),
            ]
            for depth, gap in gaps.items()
        },
        {**NAMED, **(changes or {})},
    )


@pytest.fixture(scope="module")
def report():
    return compile_evidence(Evidence(sweep()), QUESTION, [])


@pytest.fixture(scope="module")
def files(report):
    return report_files(report)


def test_all_values_are_one_family():
    found = pairs(sweep(), QUESTION)
    assert [pair.value.number for pair in found] == list(GAPS)
    raw = [welch(40 + SPREAD[::-1], 40 + gap + SPREAD).p_value for gap in GAPS.values()]
    assert [pair.adjusted_p_value for pair in found] == pytest.approx(holm(raw))
    for pair in found:
        low, high = pair.interval
        assert pair.significant == (not low <= 0 <= high)


def test_the_answer_tells_where_the_two_differ_and_where_not(report):
    (answer,) = report.answers
    found = {pair.value.number: pair.adjusted_p_value for pair in report.pairs}
    assert answer == (
        "On Shapeset, Tanh N beats ReLU, He at depths 4 to 6 (by 1.80 to 2.50 points, p ≤ "
        f"{max(found[depth] for depth in (4, 5, 6)):.2g}); not told apart at depths 2 and 3 "
        "(Tanh N from 0.30 points lower to 0.10 points higher, p ≥ "
        f"{min(found[depth] for depth in (2, 3)):.2g}); 3 seeds."
    )


def with_its_table_at(depth, whole):
    """The same sweep with its table at another depth than the last."""
    each = (*whole.others, whole)
    here = next(one for one in each if one.value.number == depth)
    others = tuple(replace(one, others=()) for one in each if one is not here)
    return replace(here, others=others)


def test_the_sweeps_run_has_the_numbers_of_the_tables_depth():
    at_4 = with_its_table_at(4, sweep())
    found = headline(compile_evidence(Evidence(at_4), QUESTION, []))
    (pair,) = [one for one in pairs(at_4, QUESTION) if one.value.number == 4]
    name = "shapeset/relu_he-minus-tanh_n"
    assert found.difference == {name: pytest.approx(2.5)}
    assert found.adjusted_p_value == {name: pair.adjusted_p_value}
    assert found.decided == {name: 1.0}


def test_the_table_of_differences_to_the_base_is_of_the_tables_depth():
    at_4 = with_its_table_at(4, sweep(changes={"comparisons": [], "base": "relu_he"}))
    tested = [one for one in base_entries(at_4, pairs(at_4, QUESTION), QUESTION) if one.against]
    assert [one.against.difference for one in tested] == [pytest.approx(-2.5)]


@pytest.mark.parametrize(
    ("gaps", "said"),
    [
        ({2: -0.1, 4: -0.2}, "Tanh N and ReLU, He are not told apart at depths 2 and 4 "
                             "(Tanh N lower by 0.10 to 0.20 points, p = 0."),
        ({2: -0.1, 3: 0.1, 4: -0.2}, "are not told apart at any depth from 2 to 4 ("),
        ({2: 3.0, 3: 0.1, 4: -3.0}, "Tanh N beats ReLU, He at depth 4 (by 3.00 points, p = "),
        ({2: 3.0, 3: 0.1, 4: -3.0}, "); ReLU, He beats Tanh N at depth 2 (by 3.00 points, p = "),
        ({2: 3.0, 3: 0.1, 4: -3.0}, "); not told apart at depth 3 (ReLU, He lower by 0.10 points"),
    ],
)  # fmt: skip
def test_either_may_be_better_and_neither_anywhere(gaps, said):
    (answer,) = compile_evidence(Evidence(sweep(gaps)), QUESTION, []).answers
    assert said in answer


def test_where_the_two_are_shown_to_be_alike_it_says_so():
    margin = {"significance.equivalence": {"margin": 0.9}}
    whole = sweep({2: 0.0, 3: -0.5, 4: -9.0}, margin)
    (answer,) = compile_evidence(Evidence(whole), QUESTION, []).answers
    assert "; alike within 0.9 points at depth 2 (means differ by 0.00 points" in answer
    assert "; not told apart at depth 3 (Tanh N lower by 0.50 points" in answer


def test_differences_of_the_last_answers_are_told_so():
    changes = {"significance.test": "paired", "replicates.window": 3}
    whole = sweep({2: 1.0, 3: -1.0, 4: -9.0, 5: -8.0}, changes)
    (answer,) = compile_evidence(Evidence(whole), QUESTION, []).answers
    assert "beats ReLU, He at depths 4 and 5 (by " in answer
    assert " points at the last evaluation, p ≤ " in answer
    assert " points higher at the last evaluation, p " in answer


def test_every_file_has_the_same_p_in_the_order_of_the_sweep_file(report, files):
    tests = pd.read_csv(io.BytesIO(files["significance.csv"]))
    named = tests[(tests.kind == "named beforehand") & (tests.test == "welch")]
    assert set(named.comparison) == {"tanh_n - relu_he"}
    assert named.depth.tolist() == list(GAPS)
    assert named["difference (points)"].tolist() == pytest.approx(list(GAPS.values()))
    adjusted = [pair.adjusted_p_value for pair in report.pairs]
    assert named["adjusted p"].tolist() == pytest.approx(adjusted)
    for text in (files["report.html"].decode(), files["report.md"].decode()):
        for pair in report.pairs:
            assert text.count(f"Shapeset, {pair.value}: Tanh N is") == 1
            assert f"points, p = {pair.adjusted_p_value:.2g}" in text.replace(
                "\N{NO-BREAK SPACE}", " "
            )


def test_the_frame_of_tests_has_depth_and_width(report):
    made = frames.comparisons_frame(report.collected, QUESTION)
    named = made[(made["kind"] == "named beforehand") & (made["test"] == "welch")]
    assert named["depth"].tolist() == list(GAPS)
    assert set(made["width"]) == {report.collected.config.network.width}


def test_what_would_decide_is_told_at_each_value_at_the_familys_level(report):
    assert [one.value.number for one in report.wanting] == [2, 3]
    assert {one.level for one in report.wanting} == {0.05 / len(GAPS)}
    assert report.sentences_on_wanting[0].startswith("Shapeset, depth 2: Tanh N against ReLU, He")


def failed_at(depths, whole):
    """The same sweep, of which a replicate of each cell has failed at some depths."""
    if whole.value.number in depths:
        cells = {key: replace(one, failed=1) for key, one in whole.cells.items()}
        whole = replace(whole, cells=cells)
    return replace(whole, others=tuple(failed_at(depths, one) for one in whole.others))


def test_a_cell_without_a_mean_at_one_value_is_told():
    whole = failed_at([2], sweep({2: -1.0, 3: -2.0}))
    report = compile_evidence(Evidence(whole), QUESTION, [])
    assert [one.value.number for one in report.missing] == [2]
    assert "Shapeset, depth 2: Tanh N against ReLU, He was not tested" in report.answers[1]


@pytest.mark.parametrize(
    ("failed", "decided", "not_tested"),
    [
        ([2, 3], "decided: Tanh N beats ReLU, He at depths 4 and 5 by 2.00 to 3.00 points.",
         "at depths 2 and 3."),
        ([2, 3, 4], "decided: Tanh N beats ReLU, He at depth 5 by 3.00 points [",
         "at depths 2 to 4."),
        ([2, 3, 4, 5], "not decided.", "at depths 2 to 5."),
    ],
)  # fmt: skip
def test_where_a_comparison_was_not_tested_is_told_once_with_all_values(
    failed, decided, not_tested
):
    whole = failed_at(failed, sweep({2: -1.0, 3: -2.0, 4: -2.0, 5: -3.0}))
    first, second = compile_evidence(Evidence(whole), QUESTION, []).answers
    assert first.startswith(f"The comparison that was named beforehand is {decided}")
    assert second == f"Not tested: Tanh N and ReLU, He {not_tested}"


def test_the_trials_of_a_variant_are_counted_at_each_value(files):
    """A search at one depth has as many; all of them together have a multiple of that."""
    page = files["report.html"].decode()
    assert "of 40 updates for each variant and data set at each depth." in page


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        ([], "of a data set together, 4 tests."),
        ([2], "of a data set together, 3 tests."),
        ([2, 3, 4], "of a data set together, 1 test."),
    ],
)
def test_the_caption_counts_the_tests_that_were_made(failed, said):
    whole = failed_at(failed, sweep({2: -1.0, 3: -2.0, 4: -2.0, 5: -3.0}))
    assert over_caption(over_factor(whole)).endswith(said)


def test_where_no_comparison_was_tested_the_caption_speaks_of_no_correction():
    whole = failed_at([2, 3], sweep({2: -1.0, 3: -2.0}))
    assert "Holm" not in over_caption(over_factor(whole))


def test_data_sets_with_unequal_numbers_of_tests_are_told_with_both():
    whole = failed_at([2], sweep({2: -1.0, 3: -2.0}))
    over = over_factor(whole)
    there = [
        replace(one, cell=replace(one.cell, dataset="mnist", failed=0)) for one in over.entries
    ]
    config = over.config.model_copy(update={"datasets": ("shapeset", "mnist")})
    both = replace(over, config=config, entries=(*over.entries, *there))
    assert over_caption(both).endswith("of a data set together, 1 to 2 tests.")


def test_a_sweep_over_width_has_networks_of_all_its_widths(report):
    """Its table is at one of them."""
    assert "Networks of 16 units, 40 updates" in render_page(report)
    values = (Value("width", 8), Value("width", 16))
    entries = tuple(
        replace(one, value=value) for value in values for one in report.over.entries[:2]
    )
    over = replace(report.over, factor="width", values=values, entries=entries)
    assert "Networks of 8 to 16 units, 40 updates" in render_page(replace(report, over=over))
