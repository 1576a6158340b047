"""The table beneath a paper's in words, in the terminal and as Markdown."""

from rich.table import Table

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.markdown import in_a_cell
from glorot_sweep.report.beyond import BeyondEntry
from glorot_sweep.report.coverage import coverage, looks_note, mean_over
from glorot_sweep.report.final_value import AT_LAST, is_at_last, shown_error
from glorot_sweep.report.labels import label
from glorot_sweep.report.render import cell_text, markdown_table, test_name
from glorot_sweep.report.winners import depths_text, rates_text
from glorot_sweep.significance import signed

HEAD = ("Type", "data set", "test error", "seeds", "depth", "learning rate", "against", "p")


def beyond_caption(config: SweepConfig) -> str:
    """Return what a reader must know to read the table."""
    name = test_name(config)
    at_last = f" {AT_LAST}" if is_at_last(config, config.significance.test) else ""
    return (
        "Variants that are not in the paper's table, and take no part in its tests. "
        f"{shown_error(config)}: {mean_over(config)} [95 % interval]. {coverage(config)} "
        "Against: the paper's variant of the same activation and initialization, where the sweep "
        f"has it, and the difference to it in points{at_last} "
        f"(negative: lower error); star: significant at p = {config.significance.level} ({name}, "
        f"Holm's correction over this table).{looks_note(config)}"
    )


def beyond_cells(entry: BeyondEntry) -> tuple[str, ...]:
    """Return a row in the order of `HEAD`."""
    cell = entry.cell
    return (
        cell.label,
        label(cell.dataset),
        cell_text(entry),
        str(len(cell.errors)),
        depths_text(cell.winners),
        rates_text(cell.winners),
        *_difference(entry),
    )


def beyond_markdown(shown: list[BeyondEntry]) -> str:
    """Return the table."""
    rows = [list(map(in_a_cell, beyond_cells(entry))) for entry in shown]
    return markdown_table(list(HEAD), rows)


def beyond_terminal(shown: list[BeyondEntry], title: str) -> Table:
    """Return the table for the terminal."""
    table = Table(title=title, title_justify="left")
    for place, name in enumerate(HEAD):
        table.add_column(name, justify="right" if place > 1 else "left")
    for entry in shown:
        table.add_row(*beyond_cells(entry))
    return table


def _difference(entry: BeyondEntry) -> tuple[str, str]:
    if entry.base is None or entry.comparison is None:
        return "–", "–"
    star = "* " if entry.significant else ""
    return f"{star}{entry.base_label} {signed(entry.comparison.difference)}", entry.p_text
