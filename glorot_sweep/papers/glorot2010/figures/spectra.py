"""The Jacobians between hidden layers at initialization: singular values, equation (17)."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from glorot_sweep.papers.glorot2010.figures.initial_networks import initial_networks
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence
from glorot_sweep.report.figures.runs import layer_rows
from glorot_sweep.report.figures.style import Style, companion, legend_above, ordinal_style, stacked

SCALES = {"standard": 1 / np.sqrt(3), "normalized": 1.0}
"""s = sqrt(n Var[W]) between layers of equal width: equations (15) and (12)."""


def jacobian_spectra(evidence: Evidence) -> Drawing:
    """Draw the sorted singular values of each Jacobian, standard above normalized."""
    networks = initial_networks(evidence)
    if networks.depth == 1:
        raise NotInEvidence(
            "networks of one hidden layer have no Jacobian between hidden layers; run "
            "`glorot-sweep init-study` with a depth of 2 or more"
        )
    figure, panels = stacked(2, 2.7)
    shown = (networks.standard, networks.normalized)
    for axes, rows, (name, scale) in zip(panels, shown, SCALES.items(), strict=True):
        jacobians = layer_rows(rows[rows["spectrum"].notna()], "jacobian", networks.depth - 1)
        axes.set_ylabel("singular value")
        for layer, of_layer in jacobians.items():
            _draw_spectrum(axes, layer, networks.depth, of_layer.iloc[0])
        _draw_law(axes, scale)
        legend_above(axes, f"Tanh, {name} initialization")
    panels[0].set_ylim(bottom=0)
    panels[-1].set_xlabel("share of larger singular values")
    panels[0].label_outer()
    caption = (
        "Singular values of the Jacobians from each hidden layer to the next, from largest to "
        "smallest, averaged over examples; a marker stands at each mean. Dashed: the "
        "quarter-circle law, which a matrix of independent entries of variance s²/n follows, with "
        "s² = 1/3 by (1) and s = 1 by (16); it leaves out the slope of tanh. Top: standard "
        f"initialization. Bottom: normalized initialization. {networks.source}"
    )
    return Drawing(figure, caption)


def quarter_circle(scale: float, points: int = 201) -> tuple[NDArray[np.float64], ...]:
    """Return the law on [0, 2 `scale`]: share of larger values [points], and value [points].

    Its density at x = 2 s t is proportional to sqrt(1 - t²), so the share below is
    2/pi (arcsin t + t sqrt(1 - t²)), and its mean is 8 s / (3 pi).

    Example:
        >>> share, value = quarter_circle(1.0)
        >>> f"{abs(np.trapezoid(value, share)):.3f}"
        '0.849'
    """
    t = np.linspace(0, 1, points)
    below = 2 / np.pi * (np.arcsin(t) + t * np.sqrt(1 - t**2))
    return 1 - below, 2 * scale * t


def _draw_spectrum(axes: Axes, layer: int, depth: int, row: pd.Series) -> None:
    """Draw one Jacobian's values at the middle of their ranks, and its mean on them."""
    values = np.asarray(row["spectrum"], dtype=np.float64)
    shares = (np.arange(len(values)) + 0.5) / len(values)
    style = ordinal_style(layer, depth - 1)
    name = f"layer {layer} to {layer + 1}, mean {row['mean']:.2f}"
    axes.plot(shares, values, color=style["color"], linewidth=1.4, **companion(name))
    place = np.interp(-row["mean"], -values, shares)
    axes.plot([place], [row["mean"]], zorder=3, label=name, **style)


def _draw_law(axes: Axes, scale: float) -> None:
    shares, values = quarter_circle(scale)
    mean = 8 * scale / (3 * np.pi)
    name = f"law, mean {mean:.2f}"
    dashes: Style = {"color": "0.35", "linestyle": (0, (3, 2)), "linewidth": 1.0}
    axes.plot(shares, values, label=name, **dashes)
