"""All cells of the table as a picture: mean test errors with their intervals, row by row."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.coverage import mean_over
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.captions import joined
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence
from glorot_sweep.report.figures.style import COLOURS, WIDTH
from glorot_sweep.report.final_value import shown_error
from glorot_sweep.report.labels import label
from glorot_sweep.significance import percent_interval
from glorot_sweep.tracking.schema.names import Role

ROW = 0.27  # inches
NAME = "cells"
"""Of the figure; the page shows it before the table, and not among the other figures."""

Reference = Callable[[str, str], float | None]
"""From variant and data set to the paper's error, percent."""


def cells(
    evidence: Evidence, rows: Sequence[str] = (), reference: Reference | None = None
) -> Drawing:
    """Draw a panel for each data set, a row for each variant in the order of the sweep file.

    Args:
        evidence: where the cells are.
        rows: variants of the table; empty: all of the sweep's.
        reference: of a paper: its errors are drawn as hollow diamonds.

    Raises:
        NotInEvidence: there is no sweep, or none of the rows is a variant of it.
    """
    sweep = evidence.sweep
    if sweep is None:
        raise NotInEvidence("it is drawn from a sweep's replicates; report a sweep by its name")
    variants = [v for v in sweep.config.variants if not rows or v in rows]
    if not variants:
        raise NotInEvidence("the sweep has no variant of the table; name some in `variants`")
    datasets = sweep.config.datasets
    height = (ROW * len(variants) + 0.75) * len(datasets) + 0.2
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    panels = figure.subplots(len(datasets), 1, squeeze=False)[:, 0]
    has_references = False
    for axes, dataset in zip(panels, datasets, strict=True):
        column = [sweep.cells[Role.TABLE_DEPTH, dataset, variant] for variant in variants]
        _draw_column(axes, column, sweep.config.base)
        if reference is not None:
            errors = [reference(variant, dataset) for variant in variants]
            has_references |= _draw_references(axes, errors)
        axes.set_title(label(dataset))
    panels[-1].set_xlabel("test error (%)")
    return Drawing(figure, _caption(sweep, variants, has_references), _notes(sweep, variants))


def _draw_column(axes: Axes, column: Sequence[Cell], base: str | None) -> None:
    for place, cell in enumerate(column):
        if not cell.has_mean:
            continue
        found = percent_interval(cell.observations)
        colour = COLOURS[1] if cell.variant == base else COLOURS[0]
        reach = [[found.mean - found.low], [found.high - found.mean]]
        axes.errorbar(
            [found.mean], [place], xerr=reach, fmt="o", color=colour, capsize=3, elinewidth=1.4
        )
        if cell.variant == base:
            axes.axvline(found.mean, color=colour, linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(column)), [cell.label for cell in column])
    axes.set_ylim(len(column) - 0.5, -0.5)  # the first row on top
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8))
    axes.grid(axis="y", visible=False)


def _draw_references(axes: Axes, errors: Sequence[float | None]) -> bool:
    """Draw the errors that there are; return whether there is any."""
    places = [(error, place) for place, error in enumerate(errors) if error is not None]
    if places:
        axes.plot(
            [error for error, _ in places], [place for _, place in places], "D", color="0.35",
            markerfacecolor="none", zorder=3,
        )  # fmt: skip
    return bool(places)


def _caption(sweep: Collected, variants: Sequence[str], has_references: bool) -> str:
    config = sweep.config
    base = config.rows[config.base].label if config.base and config.base in variants else ""
    return (
        f"{shown_error(config)}, on "
        f"{joined(label(dataset) for dataset in config.datasets)} at depth "
        f"{config.search.table_depth}: {mean_over(config)}, with 95 % intervals."
        + (f" Orange: {base}, with which the others are compared." if base else "")
        + (" Diamonds: the paper's values." if has_references else "")
        + " Intervals that overlap do not say that two are alike, nor the reverse: the tests do."
    )


def _notes(sweep: Collected, variants: Sequence[str]) -> tuple[str, ...]:
    without = [
        f"{cell.label} on {label(dataset)} has no mean: {cell.instead}"
        for dataset in sweep.config.datasets
        for variant in variants
        if not (cell := sweep.cells[Role.TABLE_DEPTH, dataset, variant]).has_mean
    ]
    return tuple(without)
