"""What is shown is a mean over evaluations; tests across examples are of the last, and say so."""

from dataclasses import replace

import pytest
from report_builders import cell, collected

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.beyond import all_tests_frame
from glorot_sweep.report.column_tests import CORRECTIONS
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.report.render import caption, pair_sentence, reading_note
from glorot_sweep.report.render_beyond import beyond_caption
from glorot_sweep.report.tables import entries

SHOWN = [cell("tanh", [40.0, 40.5, 41.0]), cell("tanh_n", [30.0, 30.5, 31.0])]
LAST = [cell("tanh", [20.0, 20.0, 20.5]), cell("tanh_n", [45.0, 45.0, 45.5])]


def of_three(test):
    """A sweep whose last errors are in another order than the means that are shown."""
    cells = [replace(one, wrong=last.wrong) for one, last in zip(SHOWN, LAST, strict=True)]
    return collected(cells, {"replicates.window": 3, "significance.test": test})


def bold(sweep):
    return {one.cell.variant for one in entries(sweep, "table_depth", PAPER) if one.bold}


@pytest.mark.parametrize("test", ["paired", "two_proportions"])
def test_tests_across_examples_are_of_the_last_evaluation_and_say_so(test):
    sweep = of_three(test)
    assert bold(sweep) == {"tanh"}
    (pair,) = pairs(sweep, PAPER)
    assert pair.comparison.difference == pytest.approx(-25.0)
    said = pair_sentence(pair, 0.005)
    assert "significantly worse than Tanh (by 25.00 points at the last evaluation, p = " in said
    said = caption(sweep.config, PAPER)
    assert said.startswith("Test error in percent, mean of the last 3 evaluations: mean over 2")
    assert "; errors at the last evaluation)" in said
    assert "what it calls best need not have the smallest mean" in reading_note(sweep.config)
    assert "in points at the last evaluation (negative" in beyond_caption(sweep.config)


@pytest.mark.parametrize("test", ["welch", "paired_seeds"])
def test_tests_over_seeds_are_of_the_means_that_the_table_shows(test):
    sweep = of_three(test)
    shown = entries(sweep, "table_depth", PAPER)
    assert [entry.mean for entry in shown] == [40.5, 30.5]
    assert bold(sweep) == {"tanh_n"}
    (pair,) = pairs(sweep, PAPER)
    assert pair.comparison.difference == pytest.approx(10.0)
    said = [caption(sweep.config, PAPER), beyond_caption(sweep.config)]
    assert all("Test error in percent, mean of the last 3 evaluations: mean" in one for one in said)
    said += [reading_note(sweep.config), pair_sentence(pair, 0.005)]
    assert not any("at the last evaluation" in one for one in said)


def test_every_row_of_all_tests_says_what_is_compared():
    of_means = "mean of the last 3 evaluations"
    for sweep, over_seeds in ((of_three("welch"), of_means), (collected(SHOWN), "last evaluation")):
        frame = all_tests_frame(sweep, PAPER)
        compared = {test: set(rows["compared"]) for test, rows in frame.groupby("test")}
        assert compared == {
            test: {over_seeds if test in {"welch", "paired_seeds"} else "last evaluation"}
            for test in CORRECTIONS
        }


@pytest.mark.parametrize("test", CORRECTIONS)
def test_a_window_of_one_needs_no_words(test):
    config = collected(SHOWN, {"significance.test": test}).config
    (pair,) = pairs(collected(SHOWN, {"significance.test": test}), PAPER)
    for text in (caption(config, PAPER), reading_note(config), beyond_caption(config),
                 pair_sentence(pair, 0.005)):  # fmt: skip
        assert "evaluation" not in text


@pytest.mark.usefixtures("unrendered")
@pytest.mark.slow
def test_every_form_of_the_report_and_its_figures_name_the_window(place, written, stores):
    written(**{"replicates.window": 3}).copy_to(stores, place)
    report = compile_report(place, "small", PAPER)
    files = report_files(report)
    said = "mean of the last 3 evaluations"
    for name in ("report.md", "report.html", "table1.tex", "significance.csv"):
        assert said in files[name].decode(), name
    captions = {one.name: one.caption for one in report.figures
                if one.name in {"figure_11", "learning_rate"}}  # fmt: skip
    assert "legend: mean of the last 3 evaluations, from worst to best" in captions["figure_11"]
    assert "mean of the last 3 evaluations of complete ones (filled)" in captions["learning_rate"]
