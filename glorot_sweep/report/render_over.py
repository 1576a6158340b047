"""The table over depth or width, and what is said of it, as text and in the terminal."""

from itertools import product
from typing import Any

from rich.console import Console
from rich.table import Table

from glorot_sweep.markdown import in_a_cell
from glorot_sweep.report.coverage import coverage, mean_over
from glorot_sweep.report.final_value import shown_error
from glorot_sweep.report.labels import label
from glorot_sweep.report.names import as_csv
from glorot_sweep.report.over_factor import OverFactor, over_frame
from glorot_sweep.report.render import cell_parts, cell_text, markdown_table
from glorot_sweep.report.terminal_width import within_width


def over_stem(over: OverFactor) -> str:
    """Return the name of the section's files, and its place on the page."""
    return f"over_{over.factor}"


def over_title(over: OverFactor) -> str:
    """Return the heading of the section."""
    return f"Error over {over.factor}"


def over_head(over: OverFactor) -> list[str]:
    """Return the heads of the table's columns."""
    return ["Type", *(str(value) for value in over.values)]


def over_rows(over: OverFactor, dataset: str) -> list[list[str]]:
    """Return the table of a data set: variants down, values across; labels as they are."""
    return [
        [over.config.rows[variant].label, *map(cell_text, over.row(dataset, variant))]
        for variant in over.config.variants
    ]


def over_caption(over: OverFactor) -> str:
    """Return what a reader must know to read the table and the figure."""
    config, factor = over.config, over.factor
    other = (
        f"networks of {config.network.units} a layer"
        if factor == "depth"
        else f"networks of {config.search.table_depth} hidden layers"
    )
    return (
        f"{shown_error(config)}: {mean_over(config)} [95 % interval], {other}, after "
        f"{config.replicates.updates:,} updates. Each {factor} has searches of its own, of equally "
        f"many trials. {coverage(config)} The training examples of a seed are the same at every "
        f"{factor} and of every variant. An interval is that of its own cell alone, not corrected "
        f"for how many there are.{_corrected(over)}"
    )


def _corrected(over: OverFactor) -> str:
    """Say over what the p of named pairs is corrected; nothing where the file names none."""
    count, tests = len(over.config.all_comparisons), _tests(over)
    if not max(tests):
        return ""
    pairs = "comparison" if count == 1 else f"{count} comparisons"
    numbers = " to ".join(map(str, sorted({min(tests), max(tests)})))
    return (
        f" p of the {pairs} that the file names is corrected by Holm over all {over.factor}s of a "
        f"data set together, {numbers} test{'' if max(tests) == 1 else 's'}."
    )


def _tests(over: OverFactor) -> list[int]:
    """Return how many tests each data set has: without a mean a cell takes no part in one."""
    measured = {
        (entry.cell.dataset, entry.value, entry.cell.variant)
        for entry in over.entries
        if entry.cell.has_mean
    }
    return [
        sum(
            {(dataset, value, variant) for variant in pair} <= measured
            for pair, value in product(over.config.all_comparisons, over.values)
        )
        for dataset in over.config.datasets
    ]


def over_markdown(over: OverFactor) -> str:
    """Return the section as Markdown, without its heading."""
    parts = []
    for dataset in over.config.datasets:
        rows = [list(map(in_a_cell, row)) for row in over_rows(over, dataset)]
        table = markdown_table(over_head(over), rows)
        parts += [f"### {label(dataset)}\n", table]
    return "\n".join([*parts, f"{over_caption(over)}\n"])


def over_files(over: OverFactor) -> dict[str, str]:
    """Return the section's files."""
    stem = over_stem(over)
    return {
        f"{stem}.md": over_markdown(over),
        f"{stem}.csv": as_csv(over_frame(over)),
    }


def over_section(over: OverFactor | None) -> dict[str, Any] | None:
    """Return what the page's section shows, for its template; None without a factor."""
    if over is None:
        return None
    return {
        "anchor": over_stem(over),
        "title": over_title(over),
        "head": over_head(over),
        "tables": [
            (
                label(d),
                [(name, list(map(cell_parts, cells))) for name, *cells in over_rows(over, d)],
            )
            for d in over.config.datasets
        ],
        "short": f"Test error in percent [95 % interval] at each {over.factor}.",
        "caption": over_caption(over),
    }


def show_over(over: OverFactor, console: Console) -> None:
    """Print the tables."""
    for dataset in over.config.datasets:
        for part in within_width(over_terminal(over, dataset), console):
            console.print(part, markup=False)
    console.print(over_caption(over), style="dim", markup=False)
    console.print()


def over_terminal(over: OverFactor, dataset: str) -> Table:
    """Return the table of a data set for the terminal."""
    title = f"{over_title(over)}, {label(dataset)}"
    table = Table(title=title, title_justify="left")
    first, *others = over_head(over)
    table.add_column(first)
    for head in others:
        table.add_column(head, justify="right")
    for name, *cells in over_rows(over, dataset):
        table.add_row(name, *cells)
    return table
