"""Figures 2 and 9: mean and standard deviation of each layer while the network learns."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.report.figures.captions import (
    described,
    divergence_notes,
    hidden_layers,
    top_and_bottom,
)
from glorot_sweep.report.figures.figure import Drawing
from glorot_sweep.report.figures.runs import (
    layer_rows,
    monitored_depths,
    monitored_together,
    updates_of,
)
from glorot_sweep.report.figures.style import companion, legend_on_top, ordinal_style, stacked
from glorot_sweep.report.figures.update_axis import set_update_axis, well_apart

BAR_SHIFT = 1.7  # points between the bars of neighbouring layers, so that none hides another


def sigmoid_activations(evidence: Evidence) -> Drawing:
    """Draw figure 2: activations z^k of the sigmoid, a panel for each depth that was monitored."""
    runs = monitored_depths(evidence, "sigmoid")
    titles = [hidden_layers(run.depth, run.width, run.widths) for run in runs]
    specification = " ".join(f"{described(run)}." for run in runs)
    caption = (
        "Mean (lines) and standard deviation (vertical bars) of the activations of each hidden "
        f"layer, over its units and the probe's examples. {specification}"
    )
    return _drawing(runs, titles, "activation", caption)


def weight_gradients(evidence: Evidence) -> Drawing:
    """Draw figure 9: weight gradients of tanh, standard initialization above normalized."""
    runs = monitored_together(evidence, "tanh", "tanh_n")
    caption = (
        "Mean (lines) and standard deviation (vertical bars) of the gradients on the weights that "
        "lead to each hidden layer, over the weights and over batches of 10 of the probe's "
        f"examples. {top_and_bottom(*runs)}"
    )
    titles = [run.label for run in runs]
    return _drawing(runs, titles, "weight_gradient", caption)


def _drawing(runs: list[LookedAtRun], titles: list[str], quantity: str, caption: str) -> Drawing:
    tables = [layer_rows(run.statistics, quantity, run.depth) for run in runs]
    deepest = max(run.depth for run in runs)
    figure, panels = stacked(len(runs), 2.6)
    set_update_axis(panels[-1], updates_of(tables))
    for axes, title, layers in zip(panels, titles, tables, strict=True):
        axes.set_title(title)
        axes.set_ylabel(quantity.replace("_", " "))
        for layer, rows in layers.items():
            _draw_layer(axes, layer, deepest, rows)
        axes.autoscale_view()
    legend_on_top(
        figure,
        [
            Line2D([], [], label=f"layer {layer}", **ordinal_style(layer, deepest))
            for layer in range(1, deepest + 1)
        ],
    )
    panels[0].label_outer()
    return Drawing(figure, caption, divergence_notes(runs))


def _draw_layer(axes: Axes, layer: int, deepest: int, rows: pd.DataFrame) -> None:
    """Draw the mean as a line through all looks, and bars where there is room for them."""
    style = ordinal_style(layer, deepest)
    points = (layer - (deepest + 1) / 2) * BAR_SHIFT
    root = axes.figure.get_figure(root=True)
    aside = axes.transData + ScaledTranslation(points / 72, 0, root.dpi_scale_trans)
    name = f"layer {layer}"
    axes.plot(rows["update"], rows["mean"], color=style["color"], transform=aside, label=name)
    for end in (rows["mean"] - rows["std"], rows["mean"] + rows["std"]):
        axes.update_datalim(np.column_stack([rows["update"], end]))  # a shifted line sets none
    shown = rows.iloc[well_apart(axes, rows["update"].to_numpy())]
    bars = axes.errorbar(
        shown["update"], shown["mean"], yerr=shown["std"], linestyle="none",
        markersize=4, elinewidth=1.1, transform=aside, **style,
    )  # fmt: skip
    bars.lines[0].set(**companion(name))  # its points
