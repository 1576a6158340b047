"""The tables' numbers and words, from cells made by hand."""

import csv
import io

import numpy as np
import pytest
from report_builders import N_EXAMPLES, cell, collected
from rich.console import Console
from scipy import stats

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.papers.glorot2010.table_1 import BOLD, ERRORS, N_TEST
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.column_tests import CORRECTIONS
from glorot_sweep.report.labels import label
from glorot_sweep.report.paper import QUESTION, Beside
from glorot_sweep.report.render import (
    caption,
    pair_sentence,
    reading_note,
    table_markdown,
    table_terminal,
)
from glorot_sweep.report.render_latex import table_latex
from glorot_sweep.report.tables import (
    entries,
    entries_frame,
    significance_frame,
)
from glorot_sweep.significance import not_worse_than_best, two_percentages

CLEAR = [
    cell("tanh", [40.0, 41.0, 40.5]),
    cell("tanh_n", [30.0, 30.5, 31.0]),
    cell("sigmoid", [30.5, 31.0, 32.0]),
]


def bold(shown):
    return {entry.cell.variant for entry in shown if entry.bold}


def test_bold_follows_the_test_that_the_file_names():
    """Far apart over seeds, but 20 wrong examples of 200 more are no proof at p = 0.005."""
    cells = [cell("tanh", [40.0, 40.01, 40.02]), cell("tanh_n", [30.0, 30.01, 30.02])]
    by_test = {
        test: bold(entries(collected(cells, {"significance.test": test}), "table_depth", PAPER))
        for test in ("welch", "two_proportions", "paired")
    }
    assert by_test == {
        "welch": {"tanh_n"},
        "two_proportions": {"tanh", "tanh_n"},
        "paired": {"tanh_n"},
    }


def test_bold_follows_the_level_of_the_file():
    cells = [cell("tanh", [40.0, 41.0, 42.0]), cell("tanh_n", [36.0, 38.0, 39.0])]
    p = stats.ttest_ind(cells[0].errors, cells[1].errors, equal_var=False).pvalue
    assert 0.01 < p < 0.1
    assert bold(entries(collected(cells), "table_depth", PAPER)) == {"tanh", "tanh_n"}
    loose = collected(cells, {"significance.level": 0.1})
    assert bold(entries(loose, "table_depth", PAPER)) == {"tanh_n"}


def test_two_proportions_gives_the_papers_pattern_on_the_papers_table():
    names = ["shapeset", "mnist"]
    cells = [
        cell(variant, [ERRORS[variant][d]] * 2, dataset=d, n=N_TEST)
        for variant in ERRORS
        for d in names
    ]
    shown = entries(
        collected(cells, {"significance.test": "two_proportions"}), "table_depth", PAPER
    )
    marked = {(entry.cell.variant, entry.cell.dataset) for entry in shown if entry.bold}
    assert marked == {pair for pair in BOLD if pair[1] in names}


def test_means_intervals_and_the_papers_values():
    entry = entries(collected(CLEAR), "table_depth", PAPER)[0]
    errors = np.array([40.0, 41.0, 40.5])
    low, high = stats.t.interval(0.95, 2, errors.mean(), stats.sem(errors))
    assert (entry.mean, entry.low, entry.high) == pytest.approx((40.5, low, high))
    assert entry.reference == ERRORS["tanh"]["shapeset"]


@pytest.mark.parametrize(
    ("normalized", "expected"),
    [
        ([30.0, 30.1, 30.2], "Tanh N is significantly better than Tanh (by 10.00 points"),
        ([50.0, 50.1, 50.2], "Tanh N is significantly worse than Tanh (by 10.00 points"),
        ([30.0, 40.1, 45.2], "Tanh N is not told apart from Tanh (lower by 1.67"),
        ([36.0, 41.0, 50.0], "Tanh N is not told apart from Tanh (higher by 2.23"),
    ],
)
def test_the_sentence_on_a_named_pair(normalized, expected):
    found = pairs(collected([cell("tanh", [40.0, 40.1, 40.2]), cell("tanh_n", normalized)]), PAPER)
    assert len(found) == 1
    assert expected in pair_sentence(found[0], 0.005)
    assert pair_sentence(found[0], 0.005).startswith("Shapeset: ")


def test_pairs_are_corrected_by_holm_over_the_two():
    cells = [
        cell("tanh", [40.0, 41.0, 42.0]), cell("tanh_n", [36.0, 38.0, 39.0]),
        cell("softsign", [40.0, 41.0, 43.0]), cell("softsign_n", [35.0, 38.0, 39.0]),
    ]  # fmt: skip
    found = pairs(collected(cells), PAPER)
    raw = [pair.comparison.p_value for pair in found]
    adjusted = [pair.adjusted_p_value for pair in found]
    assert min(adjusted) == pytest.approx(2 * min(raw))
    assert max(adjusted) == pytest.approx(max(*raw, 2 * min(raw)))


def test_a_pair_of_which_one_variant_was_not_run_is_left_out():
    assert pairs(collected([cell("tanh", [1.0, 2.0]), cell("softsign_n", [1.0, 2.0])]), PAPER) == []


def test_every_test_is_reported_with_p_and_effect():
    frame = significance_frame(collected(CLEAR), PAPER)
    per_test = frame.groupby("test").size().to_dict()
    assert per_test == dict.fromkeys(CORRECTIONS, 3)  # 2 against the best, 1 pair
    row = frame[(frame["test"] == "welch") & (frame["kind"] == "named beforehand")].iloc[0]
    expected = stats.ttest_ind(CLEAR[0].errors, CLEAR[1].errors, equal_var=False)
    assert row["comparison"] == "tanh - tanh_n"
    assert row["p"] == pytest.approx(expected.pvalue)
    assert row["difference (points)"] == pytest.approx(10.0)
    effects = dict(zip(frame["test"], frame["effect"], strict=True))
    assert effects == {
        "welch": "Hedges' g", "paired_seeds": "d_z", "paired": "d_z",
        "two_proportions": "Cohen's h",
    }  # fmt: skip
    best = frame[(frame["test"] == "welch") & (frame["kind"] == "column's best")]
    assert (best["adjusted p"] >= best["p"]).all()


def test_the_table_in_all_its_forms():
    sweep = collected(CLEAR)
    shown = entries(sweep, "table_depth", PAPER)
    lines = table_markdown(shown, Beside.PAPER).splitlines()
    assert lines[0] == "| Type | Shapeset | Shapeset paper |"
    assert lines[2].startswith("| Tanh | 40.50 [39.26, 41.74] | 27.15 |")
    assert lines[3].startswith("| Tanh N | **30.50 [29.26, 31.74]** | 15.60 |")
    best = table_markdown(entries(sweep, "best_depth", PAPER), Beside.WINNER).splitlines()
    assert best[0] == "| Type | Shapeset | Shapeset depth | Shapeset learning rate |"
    rows = list(csv.DictReader(io.StringIO(entries_frame(shown, Beside.PAPER).to_csv(index=False))))
    assert [row["variant"] for row in rows] == ["tanh", "tanh_n", "sigmoid"]
    assert [row["bold"] for row in rows] == ["False", "True", "True"]
    assert float(rows[0]["test_error_percent"]) == 40.5
    assert rows[0]["seeds"] == "3"
    latex = table_latex(shown, sweep.config, PAPER)
    assert r"Tanh N & \textbf{30.50} & 15.60 \\" in latex
    assert r"Tanh & 40.50 & 27.15 \\" in latex
    assert "%" not in latex.replace(r"\%", "")
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(table_terminal(shown, "Table 1", Beside.PAPER))
    text = console.export_text()
    assert "* 30.50 [29.26, 31.74]" in text
    assert "* 40.50" not in text


def test_the_caption_names_seeds_depth_test_and_level():
    text = caption(collected(CLEAR, {"significance.test": "paired"}).config, PAPER)
    assert "as in the paper" not in text
    counted = collected(CLEAR, {"significance.test": "two_proportions"}).config
    assert "uncorrected, as in the paper)" in caption(counted, PAPER)
    assert "uncorrected)" in caption(counted, QUESTION)
    for part in ("2 seeds", "2 hidden layers of 16 units", "40 updates", "p = 0.005", "paired"):
        assert part in text


@pytest.mark.slow
@pytest.mark.parametrize("test", ["welch", "paired", "two_proportions"])
def test_the_note_bounds_the_marks_that_equal_cells_lose(test):
    """Five equal cells, whose errors differ by binomial chance alone, in 1,000 columns."""
    config = collected(CLEAR, {"significance.test": test}).config
    factor = {"welch": "k/2", "paired": "k/2", "two_proportions": "k(k - 1)/2"}[test]
    assert f"a chance of up to {factor} times the level" in reading_note(config)
    assert ("2 seeds" in reading_note(config)) == (test == "welch")
    if test == "two_proportions":
        random, level, k = np.random.default_rng(1), 0.05, 5
        lost = 0
        for _ in range(1000):
            errors = random.binomial(10_000, 0.3, k) / 100
            found = not_worse_than_best(
                dict(enumerate(errors)), two_percentages, level, CORRECTIONS[test]
            )
            lost += not all(standing.bold for standing in found.values())
        assert k / 2 * level < lost / 1000 < k * (k - 1) / 2 * level


def of_ones_own(name):
    cells = [cell("tanh", (40.0, 41.0), name), cell("tanh_n", (30.0, 31.0), name)]
    return collected(cells, {"image_folders": {name: "folder"}})


def test_latex_takes_every_name_of_a_data_set():
    sweep = of_ones_own("my_images")
    latex = table_latex(entries(sweep, "table_depth", PAPER), sweep.config, PAPER)
    assert r"Type & my\_images & paper \\" in latex


def test_a_data_set_of_ones_own_has_no_numbers_in_the_paper():
    sweep = of_ones_own("mnist-fashion")
    assert [entry.reference for entry in entries(sweep, "table_depth", PAPER)] == [None, None]
    assert label("mnist-fashion") == "mnist-fashion"
    reduced = collected([cell("tanh", (40.0, 41.0), "small_imagenet-9x500")])
    (entry,) = entries(reduced, "table_depth", PAPER)
    assert entry.reference == ERRORS["tanh"]["small_imagenet"]


def test_a_failed_cell_is_shown_and_takes_no_part_in_the_tests():
    sweep = collected([cell("tanh", [10.0], failed=1), *CLEAR[1:]])
    shown = entries(sweep, "table_depth", PAPER)
    assert "| Tanh | failed | 27.15 |" in table_markdown(shown, Beside.PAPER)
    assert not shown[0].bold
    assert shown[1].bold
    assert "Tanh & failed & 27.15" in table_latex(shown, sweep.config, PAPER)
    assert not significance_frame(sweep, PAPER)["comparison"].str.contains("tanh ").any()
    assert pairs(sweep, PAPER) == []


def test_a_column_of_failed_cells_is_still_a_table():
    sweep = collected([cell("tanh", [], failed=2), cell("tanh_n", [], failed=2)])
    assert table_markdown(entries(sweep, "table_depth", PAPER), Beside.PAPER).count("failed") == 2
    assert significance_frame(sweep, PAPER).empty


def test_diverged_replicates_count_and_are_marked():
    shown = entries(
        collected([cell("tanh", [83.0, 30.0], diverged=1), CLEAR[1]]), "table_depth", PAPER
    )
    assert shown[0].mean == 56.5
    assert "(1 diverged)" in table_markdown(shown, Beside.PAPER)


def test_the_builders_cells_have_the_errors_they_claim():
    assert 100 * CLEAR[0].wrong[1].mean() == 41.0
    assert CLEAR[0].wrong.shape == (3, N_EXAMPLES)
