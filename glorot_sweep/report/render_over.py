"""The table over depth or width, and what is said of it, as text and in the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from glorot_sweep.markdown import as_text, in_a_cell
from glorot_sweep.parts.variants import Variant
from glorot_sweep.report.coverage import coverage, mean_over
from glorot_sweep.report.final_value import shown_error
from glorot_sweep.report.labels import label
from glorot_sweep.report.over_factor import OverEntry, OverFactor, OverPair, over_frame
from glorot_sweep.report.render import interval_text, markdown_table
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
    """Return the table of a data set: variants down, values across."""
    return [
        [over.config.rows[variant].label, *map(over_text, over.row(dataset, variant))]
        for variant in over.config.variants
    ]


def over_text(entry: OverEntry) -> str:
    """Return a cell as text: `52.31 [51.80, 52.82]`."""
    if entry.mean is None:
        return entry.cell.instead
    return interval_text(entry.cell, entry.mean, entry.low, entry.high)


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
        "for how many there are."
    )


def over_sentences(over: OverFactor) -> list[str]:
    """Return what was found of the named pairs at every value, a sentence each."""
    level, rows = over.config.significance.level, over.config.rows
    told = [_sentence(pair, level, rows) for pair in over.pairs]
    if not told:
        return told
    count = len([pair for pair in over.pairs if pair.dataset == over.pairs[0].dataset])
    lead = (
        f"p of the differences at each {over.factor} is corrected by Holm over all {count} of a "
        "data set."
    )
    return [*told, lead]


def _sentence(pair: OverPair, level: float, rows: Mapping[str, Variant]) -> str:
    first, second = rows[pair.first].label, rows[pair.second].label
    difference = pair.comparison.difference
    how = f"by {abs(difference):.2f} points, p = {pair.adjusted_p_value:.2g}"
    where = f"{label(pair.dataset)}, {pair.value}"
    if not pair.significant:
        side = "lower" if difference > 0 else "higher"
        return f"{where}: {second} is NOT significantly different from {first} ({side} {how})"
    word = "better" if difference > 0 else "WORSE"
    return f"{where}: {second} is significantly {word} than {first} ({how}, level {level})"


def over_markdown(over: OverFactor) -> str:
    """Return the section as Markdown, without its heading."""
    parts = []
    for dataset in over.config.datasets:
        rows = [list(map(in_a_cell, row)) for row in over_rows(over, dataset)]
        table = markdown_table(over_head(over), rows)
        parts += [f"### {label(dataset)}\n", table]
    sentences = "".join(f"- {as_text(sentence)}\n" for sentence in over_sentences(over))
    return "\n".join([*parts, f"{over_caption(over)}\n", *([sentences] if sentences else [])])


def over_files(over: OverFactor) -> dict[str, str]:
    """Return the section's files."""
    stem = over_stem(over)
    return {
        f"{stem}.md": over_markdown(over),
        f"{stem}.csv": over_frame(over).to_csv(index=False),
    }


def over_section(over: OverFactor | None) -> dict[str, Any] | None:
    """Return what the page's section shows, for its template; None without a factor."""
    if over is None:
        return None
    return {
        "anchor": over_stem(over),
        "title": over_title(over),
        "head": over_head(over),
        "tables": [(label(d), over_rows(over, d)) for d in over.config.datasets],
        "caption": over_caption(over),
        "sentences": over_sentences(over),
    }


def show_over(over: OverFactor, console: Console) -> None:
    """Print the tables, and what was found of the named pairs."""
    for dataset in over.config.datasets:
        for part in within_width(over_terminal(over, dataset), console):
            console.print(part, markup=False)
    console.print(over_caption(over), style="dim", markup=False)
    for sentence in over_sentences(over):
        console.print(sentence, markup=False, soft_wrap=True)
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
