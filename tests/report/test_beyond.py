"""The table beneath Table 1: its rows, their base rows, and that Table 1 does not notice it."""

import io

import pytest
from report_builders import cell, collected
from rich.console import Console
from scipy import stats

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.beyond import all_tests_frame, beyond_entries, beyond_frame
from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.files import report_files
from glorot_sweep.report.render_beyond import (
    HEAD,
    beyond_caption,
    beyond_markdown,
    beyond_terminal,
)
from glorot_sweep.report.tables import entries, significance_frame

ROWS = [cell("tanh", [40.0, 41.0, 40.5]), cell("tanh_n", [30.0, 30.5, 31.0])]
BEYOND = [
    cell("tanh_growing", [50.0, 51.0, 50.0]),
    cell("tanh_n_growing", [30.0, 31.0, 30.5]),
    cell("relu", [10.0, 10.5, 11.0]),
]


def by_variant(shown):
    return {entry.cell.variant: entry for entry in shown}


def welch(a, b):
    return stats.ttest_ind(a.errors, b.errors, equal_var=False).pvalue


def test_table_1_is_as_if_there_were_nothing_beyond():
    """Bold marks, pairs and tests, although ReLU is far better than the paper's best."""
    apart, together = collected(ROWS), collected([*ROWS, *BEYOND])
    shown = entries(together, "table_depth", PAPER)
    assert [entry.cell.variant for entry in shown] == ["tanh", "tanh_n"]
    assert [entry.bold for entry in shown] == [False, True]
    assert [entry.bold for entry in entries(apart, "table_depth", PAPER)] == [False, True]
    assert pairs(together, PAPER) == pairs(apart, PAPER)
    assert significance_frame(together, PAPER).equals(significance_frame(apart, PAPER))


def test_differences_to_base_rows_with_holm_over_the_table():
    shown = by_variant(beyond_entries(collected([*ROWS, *BEYOND]), "table_depth", PAPER))
    assert list(shown) == ["tanh_growing", "tanh_n_growing", "relu"]
    growing, normalized = shown["tanh_growing"], shown["tanh_n_growing"]
    assert (growing.base, normalized.base, shown["relu"].base) == ("tanh", "tanh_n", None)
    assert growing.comparison.difference == pytest.approx(151 / 3 - 40.5)
    raw = welch(BEYOND[0], ROWS[0]), welch(BEYOND[1], ROWS[1])
    assert raw[0] < raw[1]
    assert growing.adjusted_p_value == pytest.approx(2 * raw[0])  # Holm: the smaller of two
    assert normalized.adjusted_p_value == pytest.approx(raw[1])
    assert (growing.significant, normalized.significant) == (True, False)
    assert shown["relu"].comparison is None


def test_the_sweeps_test_and_level_decide():
    loose = collected([*ROWS, BEYOND[0]], {"significance.test": "two_proportions"})
    (entry,) = beyond_entries(loose, "table_depth", PAPER)
    # 50.33 against 40.5 % of 200: z = 1.97.
    assert entry.comparison.test.startswith("two-proportion")
    assert entry.adjusted_p_value == pytest.approx(0.048, abs=0.003)
    assert not entry.significant


def test_a_base_that_the_sweep_lacks_or_that_failed():
    (entry,) = beyond_entries(collected(BEYOND[:1]), "table_depth", PAPER)
    assert (entry.base, entry.comparison) == (None, None)
    failed = cell("tanh", [40.0, 41.0], failed=1)
    (entry,) = beyond_entries(collected([failed, BEYOND[0]]), "table_depth", PAPER)
    assert entry.base is None
    assert entry.mean == pytest.approx(151 / 3)


def test_a_failed_cell_is_shown_as_failed():
    broken = collected([ROWS[0], cell("tanh_growing", [40.0, 41.0], failed=1)])
    shown = beyond_entries(broken, "table_depth", PAPER)
    assert shown[0].mean is None
    assert "| Tanh, growing | Shapeset | failed |" in beyond_markdown(shown)


def test_without_the_papers_variants_or_without_others():
    beyond, paper = collected(BEYOND), collected(ROWS)
    assert entries(beyond, "table_depth", PAPER) == []
    assert pairs(beyond, PAPER) == []
    assert len(beyond_entries(beyond, "table_depth", PAPER)) == 3
    assert all_tests_frame(beyond, PAPER).empty
    assert beyond_entries(paper, "table_depth", PAPER) == []
    assert len(all_tests_frame(paper, PAPER)) == len(significance_frame(paper, PAPER)) > 0


def test_markdown_terminal_and_csv():
    both = collected([*ROWS, *BEYOND])
    shown = beyond_entries(both, "table_depth", PAPER)
    lines = beyond_markdown(shown).splitlines()
    assert lines[0] == "| " + " | ".join(HEAD) + " |"
    assert lines[2].startswith("| Tanh, growing | Shapeset | 50.33 [48.90, 51.77] | 3 | 2 | 0.1 |")
    assert "* Tanh +9.83" in lines[2]
    assert "Tanh N 0.00" in lines[3]
    assert lines[4].endswith("| – | – |")
    text = io.StringIO()
    Console(file=text, width=160).print(beyond_terminal(shown, "Beyond"))
    assert "* Tanh +9.83" in text.getvalue()
    table = beyond_frame(shown).set_index("variant")
    assert table.loc["relu", "test_error_percent"] == 10.5
    assert table.loc["tanh_growing", "base"] == "tanh"
    assert table.loc["tanh_growing", "difference_points"] == pytest.approx(151 / 3 - 40.5)
    assert bool(table.loc["tanh_growing", "significant"])
    assert "p = 0.005 (Welch's t-test over seeds, Holm's" in beyond_caption(both.config)


def test_every_test_of_base_rows_is_in_the_table_of_all_tests():
    rows = all_tests_frame(collected([*ROWS, *BEYOND]), PAPER)
    of_bases = rows[rows["kind"] == "base row"]
    assert set(of_bases["comparison"]) == {"tanh_growing - tanh", "tanh_n_growing - tanh_n"}
    assert set(of_bases["test"]) == {"welch", "paired_seeds", "paired", "two_proportions"}


def test_without_any_of_the_papers_rows_the_comparisons_of_the_file_are_told_all_the_same():
    cells = [*BEYOND, cell("relu_he", [20.0, 20.5, 21.0])]
    asked = {"base": "relu", "comparisons": [["relu_he", "tanh_growing"]]}
    report = compile_evidence(Evidence(collected(cells, asked)), PAPER, [])
    assert not report.table
    files = {name: text.decode() for name, text in report_files(report).items()}
    said = report.sentences_on_pairs
    assert len(said) == 4
    assert "against_base.csv" in files
    for shown in (files["report.md"], files["report.html"]):
        assert "Every variant against ReLU" in shown
        assert all(one.partition("(")[0] in shown for one in said)
