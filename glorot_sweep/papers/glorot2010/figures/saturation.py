"""Figures 3 and 10: how far each layer's activations reach while the network learns."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.report.figures.captions import described, divergence_notes, top_and_bottom
from glorot_sweep.report.figures.figure import Drawing
from glorot_sweep.report.figures.runs import layer_rows, monitored_together, updates_of
from glorot_sweep.report.figures.style import Style, legend_on_top, ordinal_style, stacked
from glorot_sweep.report.figures.update_axis import set_update_axis, well_apart

PERCENTILE = "98th percentile"
STANDARD_DEVIATION = "standard deviation"
DRAWN = (
    f"{PERCENTILE} (markers alone) and {STANDARD_DEVIATION} (lines with markers) of the "
    "activations of each hidden layer, over its units and the probe's examples."
)


def tanh_and_softsign(evidence: Evidence) -> Drawing:
    """Draw figure 3: tanh above softsign, both with the standard initialization."""
    runs = monitored_together(evidence, "tanh", "softsign")
    return _drawing(runs, f"{DRAWN} {top_and_bottom(*runs)}")


def normalized_tanh(evidence: Evidence) -> Drawing:
    """Draw figure 10: tanh with the normalized initialization."""
    runs = monitored_together(evidence, "tanh_n")
    return _drawing(runs, f"{DRAWN} {described(runs[0])}.")


def _drawing(runs: list[LookedAtRun], caption: str) -> Drawing:
    depth = runs[0].depth
    tables = [layer_rows(run.statistics, "activation", depth) for run in runs]
    figure, panels = stacked(len(runs), 2.8)
    set_update_axis(panels[-1], updates_of(tables))
    for axes, run, layers in zip(panels, runs, tables, strict=True):
        axes.set_title(run.label)
        axes.set_ylabel("activation")
        for layer, rows in layers.items():
            _draw_layer(axes, layer, depth, rows)
    panels[0].set_ylim(-0.03, 1.03)  # where both activation functions lie
    panels[0].label_outer()
    legend_on_top(figure, _legend(depth), columns=4)
    return Drawing(figure, caption, divergence_notes(runs))


def _draw_layer(axes: Axes, layer: int, depth: int, rows: pd.DataFrame) -> None:
    style = ordinal_style(layer, depth)
    shown = well_apart(axes, rows["update"].to_numpy())
    far = rows.iloc[shown]
    axes.plot(
        far["update"], far["p98"], linestyle="none", markersize=6.5,
        label=f"layer {layer}, {PERCENTILE}", **style,
    )  # fmt: skip
    axes.plot(
        rows["update"], rows["std"], markevery=list(shown), markersize=3.5,
        label=f"layer {layer}, {STANDARD_DEVIATION}", **style,
    )  # fmt: skip


def _legend(depth: int) -> list[Line2D]:
    grey: Style = {"color": "0.3", "marker": "o"}
    return [
        Line2D([], [], linestyle="none", markersize=6.5, label=PERCENTILE, **grey),
        Line2D([], [], markersize=3.5, label=STANDARD_DEVIATION, **grey),
        *(
            Line2D([], [], label=f"layer {layer}", **ordinal_style(layer, depth))
            for layer in range(1, depth + 1)
        ),
    ]
