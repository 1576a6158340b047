"""Tables as Markdown and in the terminal."""

import math
from typing import Final

import pandas as pd
from rich.table import Table
from rich.text import Text

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.markdown import in_a_cell
from glorot_sweep.report.against_base import base_caption, base_label
from glorot_sweep.report.beforehand import Pair
from glorot_sweep.report.belief import MARK as DOUBT
from glorot_sweep.report.beyond import BeyondEntry
from glorot_sweep.report.collect import Cell
from glorot_sweep.report.column_tests import CORRECTIONS
from glorot_sweep.report.coverage import coverage, looks_note, mean_over, observations
from glorot_sweep.report.final_value import AT_LAST, final_value, is_at_last, shown_error
from glorot_sweep.report.headings import NOTHING_NAMED
from glorot_sweep.report.labels import label
from glorot_sweep.report.over_factor import OverEntry
from glorot_sweep.report.paper import Beside, Paper
from glorot_sweep.report.tables import Entry
from glorot_sweep.report.winners import depths_text, rates_text, unlearned_text
from glorot_sweep.significance import is_tie, p_text, signed

HEADS: Final[dict[Beside, tuple[str, ...]]] = {
    Beside.PAPER: ("paper",),
    Beside.BASE: ("difference", "p"),
    Beside.P: ("p",),
    Beside.WINNER: ("depth", "learning rate"),
}

TESTS = {
    "welch": "Welch's t-test over seeds, Holm's correction over each column",
    "paired_seeds": "paired t-test over seeds, Holm's correction over each column",
    "paired": "paired t-test over test examples, Holm's correction over each column",
    "two_proportions": "two-proportion z-test on the test counts, uncorrected",
}

OTHER_SEARCH: Final = "what another search would have chosen is in neither interval nor p."

BEST: Final = "best"  # what p compares the others of a column with

OVER_SEEDS: Final = ("welch", "paired_seeds")


def caption(config: SweepConfig, paper: Paper) -> str:
    """Return what a reader must know to read the table."""
    if paper.beside(config) is Beside.BASE:
        return base_caption(config, test_name(config))
    search, replicates = config.search, config.replicates
    theirs = ", as in the paper" if config.significance.test == paper.test else ""
    scale = f" Paper: {paper.scale}." if paper.scale else ""
    at_last = f"; errors {AT_LAST}" if is_at_last(config, config.significance.test) else ""
    test = f"{TESTS[config.significance.test]}{theirs}{at_last}"
    return (
        f"{shown_error(config)}: {mean_over(config)} [95 % interval], networks of "
        f"{search.table_depth} hidden layers of {config.network.units} after "
        f"{replicates.updates:,} updates. {coverage(config)} Bold: not distinguishable from the "
        f"best of its column at p = {config.significance.level} ({test})."
        f"{looks_note(config)}{scale}"
    )


def short_caption(config: SweepConfig, paper: Paper) -> str:
    """Return what a reader must know at first sight; `caption` says all of it."""
    level = config.significance.level
    shown = (
        f"{shown_error(config)}: {mean_over(config)} [95 % interval] at depth "
        f"{config.search.table_depth}."
    )
    if paper.beside(config) is Beside.BASE:
        base = base_label(config)
        interval = "95 % interval" if config.replicates.until_decided else "corrected interval"
        return (
            f"{shown} Beside it the difference to {base} in points (negative: lower error) with "
            f"its {interval}, and p. Star: differs from {base} at p = {level}."
        )
    return f"{shown} Bold: not distinguishable from the best of its column at p = {level}."


def test_name(config: SweepConfig) -> str:
    """Return the sweep's test without its correction over a column, in words."""
    return TESTS[config.significance.test].partition(",")[0]


def reading_note(config: SweepConfig) -> str:
    """Say what bold does not mean."""
    test = config.significance.test
    if test in OVER_SEEDS:
        meaning = (
            f"A bold cell is not distinguishable from the best with {observations(config)}, which "
            "does not show that the two are alike: a row that varies much between seeds stays bold "
            "with a higher mean."
        )
        if config.search.groups == 1:
            meaning += (
                " A cell that is not bold differs from the best for the learning rates that this "
                f"search chose; {OTHER_SEARCH}"
            )
    else:
        meaning = (
            "The test is about other test examples, not about other seeds: a cell that is not "
            "bold may owe that to the seeds it was trained with."
        )
    if is_at_last(config, test):
        meaning += (
            f" It compares the answers {AT_LAST}, which alone are kept, and the table shows the "
            f"{final_value(config)}: what it calls best need not have the smallest mean."
        )
    times = "k/2" if CORRECTIONS[test] == "holm" else "k(k - 1)/2"
    return (
        f"{meaning} The best is chosen by the errors that are then tested, so among k equal cells "
        f"one loses its bold mark with a chance of up to {times} times the level, not the level."
    )


def note_on_bold(config: SweepConfig, paper: Paper) -> str:
    """Say what bold does not mean, in whichever table the report has; and if nothing was named."""
    if paper.beside(config) is Beside.BASE:
        search = f" {OTHER_SEARCH.capitalize()}" if config.search.groups == 1 else ""
        return f"A difference without a star is not shown to be none.{search}"
    named = config.all_comparisons or not paper.is_none
    return reading_note(config) if named else f"{NOTHING_NAMED} {reading_note(config)}"


def cell_text(entry: Entry | BeyondEntry | OverEntry) -> str:
    """Return a cell without emphasis: `52.31 [51.80, 52.82]`."""
    if entry.mean is None:
        return entry.cell.instead
    return interval_text(entry.cell, entry.mean, entry.low, entry.high)


def cell_parts(text: str) -> tuple[str, str, str]:
    """Return the mean of a cell that is told, its interval and what has to be known of it.

    Example:
        >>> cell_parts("52.31 [51.80, 52.82] (1 diverged)"), cell_parts("failed")
        (('52.31', '[51.80, 52.82]', '(1 diverged)'), ('failed', '', ''))
    """
    value, _, rest = text.partition(" ")
    interval, bracket, remark = rest.partition("]")
    return value, interval + bracket, remark.strip()


def interval_text(cell: Cell, mean: float, low: float | None, high: float | None) -> str:
    """Return a mean with its interval, and what has to be known of its cell."""
    diverged = f"{cell.diverged} diverged" if cell.diverged else ""
    known = [f" ({said})" for said in (diverged, unlearned_text(cell.winners)) if said]
    mark = f" {DOUBT}" if cell.doubts else ""
    return f"{mean:.2f} [{low:.2f}, {high:.2f}]{''.join(known)}{mark}"


def texts_beside(entry: Entry, what: Beside) -> list[str]:
    """Return what stands beside a cell, in the order of `HEADS`."""
    if what is Beside.WINNER:
        return [depths_text(entry.cell.winners), rates_text(entry.cell.winners)]
    if what is Beside.BASE:
        return difference_texts(entry)
    if what is Beside.PAPER:
        return ["–" if entry.reference is None else f"{entry.reference:.2f}"]
    if entry.is_best:
        return [BEST]
    return [entry.p_text]


def difference_texts(entry: Entry) -> list[str]:
    """Return the difference to the base with its interval, and p; dashes if it was not tested."""
    if entry.against is None or entry.interval is None:
        return ["–", "–"]
    low, high = entry.interval
    star = "* " if entry.differs else ""
    points = f"{star}{signed(entry.against.difference)} [{signed(low)}, {signed(high)}]"
    return [points, entry.p_text]


def table_markdown(shown: list[Entry], what: Beside) -> str:
    """Return a table with a row for each variant and, for each data set, its cells and more.

    Args:
        shown: entries, row by row.
        what: stands beside each cell.
    """
    datasets = datasets_of(shown)
    head = ["Type"] + [f"{label(d)}{suffix}" for d in datasets for suffix in _suffixes(what)]
    rows = []
    for cells in rows_of(shown):
        row = [in_a_cell(cells[0].cell.label)]
        for entry in cells:
            text = cell_text(entry)
            row.append(f"**{text}**" if entry.bold else text)
            row += texts_beside(entry, what)
        rows.append(row)
    return markdown_table(head, rows)


def terminal_heads(what: Beside) -> list[str]:
    """Return the headings of what stands beside each cell, short."""
    return [head.removeprefix("learning ") for head in HEADS[what]]


def table_terminal(shown: list[Entry], title: str, what: Beside) -> Table:
    """Return a table for the terminal; bold cells are marked with a star as well."""
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.add_column("Type")
    for dataset in datasets_of(shown):
        table.add_column(label(dataset), justify="right")
        for head in terminal_heads(what):
            table.add_column(head, justify="right")
    for cells in rows_of(shown):
        row: list[str | Text] = [cells[0].cell.label]
        for entry in cells:
            text = cell_text(entry)
            row.append(Text(f"* {text}", "bold") if entry.bold else Text(text))
            row += texts_beside(entry, what)
        table.add_row(*row)
    return table


def pair_sentence(pair: Pair, level: float) -> str:
    """Say whether the second variant of a pair is better than the first."""
    first, second = pair.labels
    points, p = pair.comparison.difference, pair.adjusted_p_value
    when = f" {AT_LAST}" if pair.is_at_last else ""
    stopped = f", {pair.stopped}" if pair.stopped else ""
    numbers = f"by {abs(points):.2f} points{when}, p = {p_text(p, level)}"
    where = f"{label(pair.dataset)}, {pair.value}" if pair.value else label(pair.dataset)
    if not pair.significant:
        side = "means differ" if is_tie(points) else "lower" if points > 0 else "higher"
        return (
            f"{where}: {second} is not told apart from {first} "
            f"({side} {numbers}, level {level}{stopped}){_alike(pair, level)}"
        )
    word = "better" if points > 0 else "worse"
    said = f"{where}: {second} is significantly {word} than {first}"
    return f"{said} ({numbers}{stopped}){_alike(pair, level)}"


def _alike(pair: Pair, level: float) -> str:
    """Say whether two variants are within the margin that the sweep file names, if it does."""
    if pair.alike is None:
        return ""
    said = "alike" if pair.alike.equivalent else "not shown to be alike"
    first, second = pair.labels
    low, high = pair.alike.interval
    return (
        f"; {said} within {pair.alike.margin:g} points (two one-sided tests, "
        f"p = {pair.alike.p_value:.2g}, {100 * (1 - 2 * level):g} % interval of {first} less "
        f"{second} [{low:.2f}, {high:.2f}])"
    )


def frame_markdown(frame: pd.DataFrame) -> str:
    """Return a data frame as a Markdown table, with a dash for each value that it lacks."""
    rows = [[in_a_cell(_plain(value)) for value in row] for row in frame.itertuples(index=False)]
    return markdown_table([str(name) for name in frame.columns], rows)


def _plain(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _suffixes(what: Beside) -> list[str]:
    return ["", *(f" {head}" for head in HEADS[what])]


def datasets_of(shown: list[Entry]) -> list[str]:
    """Return the data sets of a table, in its order."""
    return list(dict.fromkeys(entry.cell.dataset for entry in shown))


def rows_of(shown: list[Entry]) -> list[list[Entry]]:
    """Return the rows of a table, each with a cell for each data set."""
    variants = dict.fromkeys(entry.cell.variant for entry in shown)
    return [[entry for entry in shown if entry.cell.variant == v] for v in variants]


def markdown_table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, numbers to the right."""
    align = [":--"] + ["--:"] * (len(head) - 1)
    lines = [head, align, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
