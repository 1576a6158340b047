"""Test error over depth or width: a line for each variant, with 95 % intervals."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from glorot_sweep.config.factors import factor_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.captions import joined
from glorot_sweep.report.figures.error_axis import set_error_axis
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence, PlannedFigure, Sources
from glorot_sweep.report.figures.style import WIDTH, legend_of, nominal_style
from glorot_sweep.report.final_value import shown_error
from glorot_sweep.report.labels import label
from glorot_sweep.report.over_factor import OverEntry, OverFactor, over_factor
from glorot_sweep.tracking.schema.names import Kind

NAME = "over_factor"
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
    figure = Figure(figsize=(WIDTH, 2.9 * len(datasets) + 0.2), layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(datasets), 1))
    for axes, dataset in zip(panels, datasets, strict=True):
        _draw(axes, over, dataset)
        axes.set_title(label(dataset))
    return figure


def _draw(axes: Axes, over: OverFactor, dataset: str) -> None:
    entries = []
    for number, variant in enumerate(over.config.variants):
        drawn = [entry for entry in over.row(dataset, variant) if entry.mean is not None]
        style = nominal_style(number)
        values = _beside_each_other(over, drawn, number)
        means = np.array([entry.mean for entry in drawn], dtype=np.float64)
        axes.errorbar(
            values, means, yerr=_lengths(drawn, means), fmt="none", color=style["color"],
            elinewidth=1.0, capsize=2.5,
        )  # fmt: skip
        entries += axes.plot(values, means, label=over.config.rows[variant].label, **style)
    _set_value_axis(axes, over)
    set_error_axis(axes, [entry.mean for entry in over.entries
                          if entry.mean is not None and entry.cell.dataset == dataset])  # fmt: skip
    axes.set_ylabel("test error (%)")
    legend_of(axes, entries)


def _beside_each_other(over: OverFactor, drawn: list[OverEntry], number: int) -> list[float]:
    """Return where a variant's means stand: a little apart, so that all intervals are seen."""
    count, numbers = len(over.config.variants), [value.number for value in over.values]
    shift = SPREAD * ((number + 0.5) / count - 0.5)
    if over.factor == "width":
        ratio = min(b / a for a, b in pairwise(numbers))
        return [entry.value.number * ratio**shift for entry in drawn]
    gap = min(b - a for a, b in pairwise(numbers))
    return [entry.value.number + gap * shift for entry in drawn]


def _lengths(drawn: list[OverEntry], means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the interval of each mean reaches below and above it [2, values]."""
    low = np.array([entry.low for entry in drawn], dtype=np.float64)
    high = np.array([entry.high for entry in drawn], dtype=np.float64)
    lengths: NDArray[np.float64] = np.maximum(np.stack([means - low, high - means]), 0.0)
    return lengths


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
