"""Test error over depth or width: a line for each variant, with 95 % intervals."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from glorot_sweep.config.factors import factor_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.captions import joined
from glorot_sweep.report.figures.error_axis import set_error_axis
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence, PlannedFigure, Sources
from glorot_sweep.report.figures.style import KEY_ROW, WIDTH, legend_above, whiskers
from glorot_sweep.report.figures.variant_styles import variant_styles
from glorot_sweep.report.final_value import shown_error
from glorot_sweep.report.labels import label
from glorot_sweep.report.over_factor import OverEntry, OverFactor, over_factor
from glorot_sweep.tracking.schema.names import Kind

NAME = "over_factor"
PANEL = 2.6  # inches, of a panel without its legend
SPREAD = 0.2  # of the smallest gap between two values, over which the variants stand
AXES = {"depth": "hidden layers", "width": "units of each hidden layer"}


def factor_figures(config: SweepConfig) -> tuple[PlannedFigure, ...]:
    """Return the figure of a sweep's factor; none without one."""
    factor = factor_of(config)
    if factor is None:
        return ()
    number, title = f"Error over {factor}", f"Test error over {factor}"
    return (PlannedFigure(NAME, number, title, "", error_over_factor, Sources((Kind.REPLICATE,))),)


def error_over_factor(evidence: Evidence) -> Drawing:
    """Draw a panel for each data set, a line for each variant.

    Raises:
        NotInEvidence: no cell at two values has a mean.
    """
    sweep = evidence.sweep
    over = None if sweep is None else over_factor(sweep)
    if over is None:
        raise NotInEvidence("it is drawn from a sweep with replicates.depths or replicates.widths")
    measured = [entry for entry in over.entries if entry.mean is not None]
    if len({entry.value for entry in measured}) < 2:
        raise NotInEvidence(f"the sweep {over.config.name} has no means at two values")
    return Drawing(_figure(over), _caption(over), _notes(over))


def _figure(over: OverFactor) -> Figure:
    datasets = over.config.datasets
    rows = -(-len(over.config.variants) // 2)
    height = (PANEL + KEY_ROW * rows) * len(datasets) + 0.2
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(datasets), 1))
    for axes, dataset in zip(panels, datasets, strict=True):
        _draw(axes, over, dataset)
        legend_above(axes, label(dataset))
    return figure


def _draw(axes: Axes, over: OverFactor, dataset: str) -> None:
    styles = variant_styles(over.config.variants)
    for number, variant in enumerate(over.config.variants):
        drawn = [entry for entry in over.row(dataset, variant) if entry.mean is not None]
        values = _beside_each_other(over, drawn, number)
        name, style = over.config.rows[variant].label, styles[variant]
        low, mean, high = np.array(
            [(entry.low, entry.mean, entry.high) for entry in drawn], dtype=np.float64
        ).reshape(-1, 3).T  # fmt: skip
        whiskers(axes, [values, values], [low, high], name, style)
        axes.plot(values, mean, label=name, **style)
    _set_value_axis(axes, over)
    set_error_axis(axes, [entry.mean for entry in over.entries
                          if entry.mean is not None and entry.cell.dataset == dataset])  # fmt: skip
    axes.set_ylabel("test error (%)")


def _beside_each_other(over: OverFactor, drawn: list[OverEntry], number: int) -> list[float]:
    """Return where a variant's means stand: a little apart, so that all intervals are seen."""
    count, numbers = len(over.config.variants), [value.number for value in over.values]
    shift = SPREAD * ((number + 0.5) / count - 0.5)
    if over.factor == "width":
        ratio = min(b / a for a, b in pairwise(numbers))
        return [entry.value.number * ratio**shift for entry in drawn]
    gap = min(b - a for a, b in pairwise(numbers))
    return [entry.value.number + gap * shift for entry in drawn]


def _set_value_axis(axes: Axes, over: OverFactor) -> None:
    """Label each value; widths stand on a logarithmic axis."""
    numbers = [value.number for value in over.values]
    if over.factor == "width":
        axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(numbers))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(numbers, [str(number) for number in numbers])
    axes.set_xlabel(AXES[over.factor])


def _caption(over: OverFactor) -> str:
    config = over.config
    other = (
        config.network.units
        if over.factor == "depth"
        else f"{config.search.table_depth} hidden layers"
    )
    return (
        f"{shown_error(config)} over {over.factor} on "
        f"{joined(label(dataset) for dataset in config.datasets)}: means with 95 % intervals, each "
        f"of its own cell; {other}, {config.replicates.updates:,} updates, the learning rate "
        f"searched anew for each variant at each {over.factor}. Seed {config.seed}."
    )


def _notes(over: OverFactor) -> tuple[str, ...]:
    """Name the cells that are not drawn."""
    return tuple(
        f"{entry.cell.label} on {label(entry.cell.dataset)} at {entry.value} is "
        f"not drawn: {entry.cell.instead}"
        for entry in over.entries
        if entry.mean is None
    )
