"""Tables as Markdown, LaTeX and in the terminal."""

import re

import pandas as pd
from rich.table import Table

from glorot_sweep.config.datasets import FINITE_SHAPESET, REDUCED_IMAGENET
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.tables import CORRECTIONS, Entry, Pair

DATASET_LABELS = {
    "shapeset": "Shapeset",
    "mnist": "MNIST",
    "cifar10": "CIFAR-10",
    "small_imagenet": "Small-ImageNet",
    "shapeset_64": "Shapeset 64x64",
    "shapeset_single": "Shapeset, one object",
}
TESTS = {
    "welch": "Welch's t-test over seeds, Holm's correction over each column",
    "paired": "paired t-test over test examples, Holm's correction over each column",
    "two_proportions": "two-proportion z-test on the test counts, uncorrected, as in the paper",
}


def label(dataset: str) -> str:
    """Return how the paper writes a data set's name; a reduced set's size stands behind it.

    Example:
        >>> label("cifar10"), label("small_imagenet-8x500"), label("mine")
        ('CIFAR-10', 'Small-ImageNet 8x500', 'mine')
        >>> label("shapeset_finite_100000")
        'Shapeset, 100,000 images'
    """
    if dataset in DATASET_LABELS:
        return DATASET_LABELS[dataset]
    if finite := FINITE_SHAPESET.fullmatch(dataset):
        return f"Shapeset, {int(finite[1]):,} images"
    reduced = REDUCED_IMAGENET.fullmatch(dataset)
    return f"{DATASET_LABELS['small_imagenet']} {reduced[1]}" if reduced else dataset


def caption(config: SweepConfig) -> str:
    """Return what a reader must know to read Table 1."""
    search, replicates = config.search, config.replicates
    return (
        f"Test error in percent: mean over {replicates.seeds} seeds [95 % interval], networks of "
        f"{search.table_depth} hidden layers of {config.network.units} after "
        f"{replicates.updates:,} updates. Bold: not significantly worse than the best of its "
        f"column at p = {config.significance.level} ({TESTS[config.significance.test]}). "
        "Paper: 1000 units, 5,000,000 updates, one run."
    )


def reading_note(config: SweepConfig) -> str:
    """Say what bold does not mean."""
    test = config.significance.test
    if test == "welch":
        meaning = (
            f"With {config.replicates.seeds} seeds a cell that is not bold is clearly worse, but "
            "a bold one need not be as good as the best: a row that varies much between seeds "
            "stays bold with a worse mean."
        )
    else:
        meaning = (
            "The test is about other test examples, not about other seeds: a cell that is not "
            "bold may owe that to the seeds it was trained with."
        )
    times = "k/2" if CORRECTIONS[test] == "holm" else "k(k - 1)/2"
    return (
        f"{meaning} The best is chosen by the errors that are then tested, so among k equal cells "
        f"one loses its bold mark with a chance of up to {times} times the level, not the level."
    )


def cell_text(entry: Entry) -> str:
    """Return a cell without emphasis: `52.31 [51.80, 52.82]`."""
    if entry.mean is None:
        return "failed"
    text = f"{entry.mean:.2f} [{entry.low:.2f}, {entry.high:.2f}]"
    return f"{text} ({entry.cell.diverged} diverged)" if entry.cell.diverged else text


def table_markdown(shown: list[Entry], *, with_best: bool = False) -> str:
    """Return a table with a row per variant and two columns per data set: ours, the paper's.

    Args:
        shown: entries, row by row.
        with_best: show depth and learning rate of each cell as well.
    """
    datasets = _datasets(shown)
    extra = ["depth", "learning rate"] if with_best else ["paper"]
    head = ["Type"] + [f"{label(d)}{suffix}" for d in datasets for suffix in _suffixes(extra)]
    rows = []
    for variant, cells in _rows(shown):
        row = [VARIANTS[variant].label]
        for entry in cells:
            text = cell_text(entry)
            row.append(f"**{text}**" if entry.bold else text)
            row += _extras(entry, with_best)
        rows.append(row)
    return markdown_table(head, rows)


def table_latex(shown: list[Entry], config: SweepConfig) -> str:
    """Return Table 1 as a LaTeX table."""
    datasets = _datasets(shown)
    columns = "l" + "rr" * len(datasets)
    head = " & ".join(["Type", *(f"{_latex(label(d))} & paper" for d in datasets)])
    lines = []
    for variant, cells in _rows(shown):
        row = [_latex(VARIANTS[variant].label)]
        for entry in cells:
            value = "failed" if entry.mean is None else f"{entry.mean:.2f}"
            row.append(rf"\textbf{{{value}}}" if entry.bold else value)
            row.append("--" if entry.paper is None else f"{entry.paper:.2f}")
        lines.append(" & ".join(row) + r" \\")
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{_latex(caption(config))}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\hline",
            head + r" \\",
            r"\hline",
            *lines,
            r"\hline",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _latex(text: str) -> str:
    return re.sub(r"([#$%&_])", r"\\\1", text)


def table_terminal(shown: list[Entry], title: str, *, with_best: bool = False) -> Table:
    """Return a table for the terminal; bold cells are marked with a star as well."""
    table = Table(title=title, title_justify="left", caption_justify="left")
    table.add_column("Type")
    for dataset in _datasets(shown):
        table.add_column(label(dataset), justify="right")
        for suffix in ["depth", "rate"] if with_best else ["paper"]:
            table.add_column(suffix, justify="right")
    for variant, cells in _rows(shown):
        row = [VARIANTS[variant].label]
        for entry in cells:
            text = cell_text(entry)
            row.append(f"[bold]* {text}[/bold]" if entry.bold else text)
            row += _extras(entry, with_best)
        table.add_row(*row)
    return table


def pair_sentence(pair: Pair, level: float) -> str:
    """Say whether normalized initialization made a difference."""
    standard, normalized = VARIANTS[pair.standard].label, VARIANTS[pair.normalized].label
    points, p = pair.comparison.difference, pair.adjusted_p_value
    numbers = f"by {abs(points):.2f} points, p = {p:.2g}"
    where = label(pair.dataset)
    if not pair.significant:
        side = "lower" if points > 0 else "higher"
        return (
            f"{where}: {normalized} is NOT significantly different from {standard} "
            f"({side} {numbers}, level {level})"
        )
    word = "better" if points > 0 else "WORSE"
    return f"{where}: {normalized} is significantly {word} than {standard} ({numbers})"


def frame_markdown(frame: pd.DataFrame) -> str:
    """Return a data frame as a Markdown table."""
    rows = [[_plain(value) for value in row] for row in frame.itertuples(index=False)]
    return markdown_table([str(name) for name in frame.columns], rows)


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _suffixes(extra: list[str]) -> list[str]:
    return ["", *(f" {name}" for name in extra)]


def _extras(entry: Entry, with_best: bool) -> list[str]:
    if with_best:
        return [str(entry.cell.depth), f"{entry.cell.learning_rate:.3g}"]
    return ["–" if entry.paper is None else f"{entry.paper:.2f}"]


def _datasets(shown: list[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.cell.dataset for entry in shown))


def _rows(shown: list[Entry]) -> list[tuple[str, list[Entry]]]:
    variants = dict.fromkeys(entry.cell.variant for entry in shown)
    return [(v, [entry for entry in shown if entry.cell.variant == v]) for v in variants]


def markdown_table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, numbers to the right."""
    align = [":--"] + ["--:"] * (len(head) - 1)
    lines = [head, align, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
