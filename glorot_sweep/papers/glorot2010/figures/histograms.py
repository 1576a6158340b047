"""Figures 4 and 6 to 8: histograms of each layer, overlaid, of two networks below each other."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator, NullFormatter, StrMethodFormatter
from numpy.typing import NDArray

from glorot_sweep.papers.glorot2010.figures.initial_networks import (
    INITIALIZATIONS,
    initial_networks,
)
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.report.figures.captions import divergence_notes, top_and_bottom
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence
from glorot_sweep.report.figures.runs import layer_rows, monitored_together
from glorot_sweep.report.figures.style import legend_on_top, ordinal_style, stacked

Histogram = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Bin centres [bins] and densities [bins]."""

Histograms = dict[int, Histogram]
"""By layer."""

LABELS = {
    "activation": "activation",
    "backpropagated_gradient": "back-propagated gradient",
    "weight_gradient": "weight gradient",
}
BELOW_LOWEST_PEAK = 40  # about what a normal density has at 2.7 standard deviations


def end_of_learning(evidence: Evidence) -> Drawing:
    """Draw figure 4: activations of tanh above softsign when the runs of figure 3 have ended."""
    runs = monitored_together(evidence, "tanh", "softsign")
    shown = [histograms(last_histograms(run), "activation", run.depth) for run in runs]
    caption = (
        "Histograms of the activations of each hidden layer at the end of learning, over its "
        "units and the probe's examples; each has unit area; the vertical axis is logarithmic. "
        f"{top_and_bottom(*runs)}"
    )
    titles = [run.label for run in runs]
    drawing = _drawing(titles, shown, "activation", caption)
    return Drawing(drawing.figure, caption, divergence_notes(runs))


def at_initialization(evidence: Evidence, quantity: str) -> Drawing:
    """Draw figure 6, 7 or 8: a quantity of tanh, standard above normalized initialization."""
    networks = initial_networks(evidence)
    shown = [
        histograms(rows, quantity, networks.depth)
        for rows in (networks.standard, networks.normalized)
    ]
    caption = (
        f"Histograms of the {LABELS[quantity]}s of each hidden layer at initialization; each has "
        "unit area; the vertical axis is logarithmic. Top: standard initialization (1). Bottom: "
        "normalized initialization (16). "
        f"{networks.source}"
    )
    titles = [f"Tanh, {name} initialization" for name in INITIALIZATIONS]
    return _drawing(titles, shown, quantity, caption)


def histograms(rows: pd.DataFrame, quantity: str, depth: int) -> Histograms:
    """Return the densities of a quantity's hidden layers, from rows of one update.

    Raises:
        NotInEvidence: a layer has no histogram.
    """
    layers = layer_rows(rows[rows["histogram"].notna()], quantity, depth)
    return {layer: density(of_layer.iloc[0]) for layer, of_layer in layers.items()}


def density(row: pd.Series) -> Histogram:
    """Return bin centres and densities of a row's histogram: shares over the width of a bin."""
    shares = np.asarray(row["histogram"], dtype=np.float64)
    edges = np.linspace(row["histogram_low"], row["histogram_high"], len(shares) + 1)
    return (edges[:-1] + edges[1:]) / 2, shares / np.diff(edges)


def last_histograms(run: LookedAtRun) -> pd.DataFrame:
    """Return the rows with activations' histograms of the last look that has any.

    Raises:
        NotInEvidence: the network had not learned yet.
    """
    table = run.statistics
    found: pd.DataFrame = table[(table["quantity"] == "activation") & table["histogram"].notna()]
    if found.empty or found["update"].max() == 0:
        remedy = (
            "it diverged; name a smaller rate in `learning_rates` of `monitored`"
            if run.diverged
            else "run the sweep again with `statistics: economy` or `full`"
        )
        raise NotInEvidence(f"run {run.name} has no histograms of a trained network; {remedy}")
    last: pd.DataFrame = found[found["update"] == found["update"].max()]
    return last


def floor_of(layers: Iterable[Histogram]) -> float:
    """Return the density at which a logarithmic axis starts: a part of the lowest peak."""
    return min(float(densities.max()) for _, densities in layers) / BELOW_LOWEST_PEAK


def reach(layers: Iterable[Histogram], floor: float) -> float:
    """Return the smallest r such that [-r, r] holds all densities above `floor`."""
    return max(float(np.abs(centres[densities > floor]).max()) for centres, densities in layers)


def _drawing(titles: list[str], shown: list[Histograms], quantity: str, caption: str) -> Drawing:
    depth = len(shown[0])
    figure, panels = stacked(len(shown), 2.5)
    for axes, title, layers in zip(panels, titles, shown, strict=True):
        axes.set_title(title)
        axes.set_ylabel("density")
        for layer, (centres, densities) in layers.items():
            colour = ordinal_style(layer, depth)["color"]
            axes.plot(centres, densities, color=colour, linewidth=1.4, label=f"layer {layer}")
    _set_axes(panels, quantity, [one for layers in shown for one in layers.values()])
    panels[0].label_outer()
    legend_on_top(
        figure,
        [
            Line2D([], [], color=ordinal_style(layer, depth)["color"], label=f"layer {layer}")
            for layer in range(1, depth + 1)
        ],
    )
    return Drawing(figure, caption)


def _set_axes(panels: list[Axes], quantity: str, everything: list[Histogram]) -> None:
    """Set the axes that all panels share.

    Densities are on a logarithmic axis: the highest peak is up to twenty times the lowest, which
    a linear axis would show as a flat line.
    """
    floor = floor_of(everything)
    last = panels[-1]
    last.set_yscale("log")
    last.set_ylim(bottom=floor)
    last.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    last.yaxis.set_minor_formatter(NullFormatter())
    last.set_xlabel(LABELS[quantity])
    if quantity == "activation":  # the whole range of the function
        last.set_xlim(-1.03, 1.03)
        last.xaxis.set_major_locator(MultipleLocator(0.5))
    else:
        end = 1.05 * reach(everything, floor)
        last.set_xlim(-end, end)
