"""All cells of the table as a picture: mean test errors with their intervals, row by row."""

from collections.abc import Mapping, Sequence, Set
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from glorot_sweep.config.factors import factor_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.coverage import mean_over
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.captions import joined
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence, Reference
from glorot_sweep.report.figures.style import UNNAMED, WIDTH, Style, in_lines, whiskers
from glorot_sweep.report.figures.variant_styles import variant_styles
from glorot_sweep.report.final_value import shown_error
from glorot_sweep.report.labels import label
from glorot_sweep.significance import percent_interval
from glorot_sweep.tracking.schema.names import Role

ROW = 0.27  # inches
LINE = 0.17  # of a name beside a row
FAR = 3.0  # times the span of the errors here
NAME = "cells"
"""Of the figure; the page shows it before the table, and not among the other figures."""


Errors = Sequence[float | None]
"""The paper's, of each row, percent."""


def cells(
    evidence: Evidence, rows: Sequence[str] = (), reference: Reference | None = None
) -> Drawing:
    """Draw a panel for each data set, a row for each variant in the order of the sweep file.

    Args:
        evidence: where the cells are.
        rows: variants of the table; empty: all of the sweep's.
        reference: of a paper: its errors are drawn as hollow diamonds.

    Raises:
        NotInEvidence: there is no sweep, none of the rows is a variant of it, or no replicate of
            it has ended.
    """
    sweep = evidence.sweep
    if sweep is None:
        raise NotInEvidence("it is drawn from a sweep's replicates; report a sweep by its name")
    variants = [v for v in sweep.config.variants if not rows or v in rows]
    if not variants:
        raise NotInEvidence("the sweep has no variant of the table; name some in `variants`")
    found = {
        dataset: [sweep.cells.get((Role.TABLE_DEPTH, dataset, variant)) for variant in variants]
        for dataset in sweep.config.datasets
    }
    columns = {
        dataset: there
        for dataset, column in found.items()
        if (there := [cell for cell in column if cell is not None])
    }
    if not columns:
        raise NotInEvidence("no replicate has ended; continue the sweep")
    theirs = {
        dataset: [None if reference is None else reference(c.variant, dataset) for c in column]
        for dataset, column in columns.items()
    }
    figure = _figure(columns, theirs, sweep.config)
    has_references = any(error is not None for errors in theirs.values() for error in errors)
    drawn = {cell.variant for column in columns.values() for cell in column if cell.has_mean}
    return Drawing(figure, _caption(sweep, drawn, has_references), _notes(sweep, variants))


def _figure(
    columns: Mapping[str, Sequence[Cell]], theirs: Mapping[str, Errors], config: SweepConfig
) -> Figure:
    """Draw a panel for each data set; the paper's errors have one to its left if they are far."""
    styles = variant_styles(config.variants)
    longest = max(columns.values(), key=len)
    lines = 1 + max(in_lines(cell.label).count("\n") for cell in longest)
    row = ROW + LINE * (lines - 1)
    height = (row * len(longest) + 0.75) * len(columns) + 0.2
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    are_apart = any(_are_far(column, theirs[dataset]) for dataset, column in columns.items())
    ratios = [1.0, 2.0] if are_apart else [1.0]
    panels = figure.subplots(
        len(columns), len(ratios), squeeze=False, sharey="row", width_ratios=ratios
    )
    for (*beside, axes), (dataset, column) in zip(panels, columns.items(), strict=True):
        _set_rows(beside[0] if beside else axes, column)
        axes.set_title(label(dataset))
        _draw_column(axes, column, styles, config.base)
        _draw_references(beside[0] if beside else axes, theirs[dataset])
        if beside:
            beside[0].set_title("The paper's")
    for axes in panels[-1]:
        axes.set_xlabel("test error (%)")
    return figure


def _are_far(column: Sequence[Cell], theirs: Errors) -> bool:
    """Whether an axis that holds the paper's errors as well would press these together."""
    here = [end for cell in column if cell.has_mean for end in _span(cell)]
    everything = [*here, *(error for error in theirs if error is not None)]
    return bool(here) and float(np.ptp(everything)) > FAR * float(np.ptp(here))


def _draw_column(
    axes: Axes, column: Sequence[Cell], styles: Mapping[str, Style], base: str | None
) -> None:
    for place, cell in enumerate(column):
        if not cell.has_mean:
            continue
        mean, (low, high), style = cell.observations.mean(), _span(cell), styles[cell.variant]
        if cell.variant == base:
            axes.axvline(mean, color="0.35", linewidth=0.8, linestyle=":", gid=UNNAMED)
        whiskers(axes, [[low], [high]], [[place], [place]], cell.label, style)
        axes.plot([mean], [place], label=cell.label, **style)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))


def _span(cell: Cell) -> tuple[float, float]:
    """The ends of the interval; of a single observation, of an unfinished sweep, itself twice."""
    if len(cell.observations) == 1:
        return cell.observations[0], cell.observations[0]
    found = percent_interval(cell.observations)
    return found.low, found.high


def _set_rows(axes: Axes, column: Sequence[Cell]) -> None:
    axes.set_yticks(range(len(column)), [in_lines(cell.label) for cell in column])
    axes.set_ylim(len(column) - 0.5, -0.5)  # the first row on top


def _draw_references(axes: Axes, errors: Errors) -> None:
    places = [(error, place) for place, error in enumerate(errors) if error is not None]
    if places:
        axes.plot(
            [error for error, _ in places], [place for _, place in places], "D", color="0.35",
            markerfacecolor="none", zorder=3, label="the paper's",
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6 if len(axes.lines) > 1 else 3))


def _caption(sweep: Collected, drawn: Set[str], has_references: bool) -> str:
    config = sweep.config
    base = config.rows[config.base].label if config.base and config.base in drawn else ""
    width = f" and {config.network.units}" if factor_of(config) == "width" else ""
    return (
        f"{shown_error(config)}, on "
        f"{joined(label(dataset) for dataset in config.datasets)} at depth "
        f"{config.search.table_depth}{width}: {mean_over(config)}, with 95 % intervals."
        + (f" Dotted line: {base}, with which the others are compared." if base else "")
        + (" Diamonds: the paper's values." if has_references else "")
        + " Intervals that overlap do not say that two are alike, nor the reverse: the tests do."
    )


def _notes(sweep: Collected, variants: Sequence[str]) -> tuple[str, ...]:
    notes = []
    for dataset, variant in product(sweep.config.datasets, variants):
        cell = sweep.cells.get((Role.TABLE_DEPTH, dataset, variant))
        if cell is None:
            name = sweep.config.rows[variant].label
            notes.append(f"no replicate of {name} on {label(dataset)} has ended")
        elif not cell.has_mean:
            notes.append(f"{cell.label} on {label(dataset)} has no mean: {cell.instead}")
    return tuple(notes)
