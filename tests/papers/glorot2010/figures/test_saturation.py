"""Figures 3 and 10: percentiles as markers alone, standard deviations as lines."""

import numpy as np
from report.figures.builders import FIGURES
from report.figures.readers import curve, legend, share_both_axes, titles


def monitored_run(full, variant):
    (run,) = [r for r in full.runs if (r.kind, r.variant, r.depth) == ("monitored", variant, 5)]
    return run


def check_panel(axes, run):
    table = run.statistics
    for layer in range(1, 6):
        rows = table[(table["quantity"] == "activation") & (table["layer"] == layer)]
        deviations = curve(axes, f"layer {layer}, standard deviation")
        np.testing.assert_array_equal(deviations, rows[["update", "std"]].to_numpy())
        percentiles = curve(axes, f"layer {layer}, 98th percentile")
        expected = rows.set_index("update")["p98"]
        np.testing.assert_array_equal(percentiles[:, 1], expected[percentiles[:, 0]])
        assert percentiles[0, 0] == 0
        assert percentiles[-1, 0] == run.updates
        assert 6 < len(percentiles) < len(rows), "those that have room"


def test_figure_3_has_tanh_above_softsign(full):
    drawing = FIGURES["figure_3"].draw(full)
    assert titles(drawing) == ["Tanh", "Softsign"]
    for axes, variant in zip(drawing.figure.axes, ("tanh", "softsign"), strict=True):
        check_panel(axes, monitored_run(full, variant))
    assert share_both_axes(drawing)
    assert legend(drawing)[2:] == [f"layer {k}" for k in range(1, 6)]


def test_figure_10_shows_tanh_n_in_the_same_way(full):
    drawing = FIGURES["figure_10"].draw(full)
    assert titles(drawing) == ["Tanh N"]
    check_panel(drawing.figure.axes[0], monitored_run(full, "tanh_n"))
    assert "Tanh N on Shapeset, 5 hidden layers" in drawing.caption


def test_percentiles_are_markers_alone(full):
    axes = FIGURES["figure_10"].draw(full).figure.axes[0]
    lines = {line.get_label(): line.get_linestyle() for line in axes.lines}
    assert lines["layer 2, 98th percentile"] == "None"
    assert lines["layer 2, standard deviation"] == "-"


def test_both_figures_have_the_same_limits(full):
    """Figure 10 is to be compared with figure 3."""
    limits = {
        axes.get_ylim()
        for name in ("figure_3", "figure_10")
        for axes in FIGURES[name].draw(full).figure.axes
    }
    assert len(limits) == 1
