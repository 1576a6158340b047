"""Figures 2 and 9: every layer's mean and standard deviation, at the right updates."""

import numpy as np
import pytest
from report.figures.builders import FIGURES, cut, evidence, monitored
from report.figures.readers import bars, curve, legend, share_both_axes, titles

LAYERS = [f"layer {k}" for k in range(1, 6)]


def rows_of(run, quantity, layer):
    table = run.statistics
    return table[(table["quantity"] == quantity) & (table["layer"] == layer)].sort_values("update")


def check_panel(axes, run, quantity):
    """Means at every look; bars from mean - std to mean + std at some of them, ends included."""
    drawn = bars(axes)
    assert len(drawn) == run.depth, "the output layer is left out"
    for layer, of_layer in enumerate(drawn, start=1):
        rows = rows_of(run, quantity, layer)
        line = curve(axes, f"layer {layer}")
        np.testing.assert_array_equal(line, rows[["update", "mean"]].to_numpy())
        ends = {
            row.update: (row.mean - row.std, row.mean + row.std)
            for row in rows[["update", "mean", "std"]].itertuples(index=False)
        }
        assert {x: (low, high) for x, low, high in of_layer}.items() <= ends.items()
        assert {of_layer[0][0], of_layer[-1][0]} == {0, run.updates}


@pytest.mark.slow
def test_figure_2_has_a_panel_for_each_depth(full):
    drawing = FIGURES["figure_2"].draw(full)
    assert titles(drawing) == [f"{n} hidden layers of 100 units" for n in (4, 5)]
    for axes, depth in zip(drawing.figure.axes, (4, 5), strict=True):
        sigmoids = [r for r in full.runs if (r.kind, r.variant) == ("monitored", "sigmoid")]
        (run,) = [r for r in sigmoids if r.depth == depth]
        check_panel(axes, run, "activation")
    assert share_both_axes(drawing)
    assert legend(drawing) == LAYERS


def test_figure_9_has_standard_above_normalized(full):
    drawing = FIGURES["figure_9"].draw(full)
    assert titles(drawing) == ["Tanh", "Tanh N"]
    for axes, variant in zip(drawing.figure.axes, ("tanh", "tanh_n"), strict=True):
        (run,) = [r for r in full.runs if (r.kind, r.variant) == ("monitored", variant)]
        check_panel(axes, run, "weight_gradient")
    assert share_both_axes(drawing)


def test_bars_lie_within_the_panel(full):
    """Bars are shifted aside, and what is shifted does not move matplotlib's limits by itself."""
    for name in ("figure_2", "figure_9"):
        for axes in FIGURES[name].draw(full).figure.axes:
            low, high = axes.get_ylim()
            ends = [(bottom, top) for layer in bars(axes) for _, bottom, top in layer]
            assert low < min(bottom for bottom, _ in ends)
            assert max(top for _, top in ends) < high


def test_caption_gives_the_specification(full):
    caption = FIGURES["figure_9"].draw(full).caption
    for variant in ("Tanh", "Tanh N"):
        assert (
            f"{variant} on Shapeset, 5 hidden layers of 100 units, learning rate 0.05, seed 0, "
            "20,000 updates"
        ) in caption


def test_a_diverged_run_is_drawn_as_far_as_it_came():
    runs = [cut(monitored("tanh", 2), 1000), monitored("tanh_n", 2)]
    drawing = FIGURES["figure_9"].draw(evidence(runs))
    top, bottom = drawing.figure.axes
    assert curve(top, "layer 1")[-1, 0] == 1000
    assert curve(bottom, "layer 1")[-1, 0] == 20_000
    assert "20,000 updates, diverged" in drawing.caption
    assert drawing.notes == (f"run {runs[0].name} diverged: nothing is drawn after update 1,000",)


@pytest.mark.parametrize("depth", [1, 10])
def test_any_depth(depth):
    drawing = FIGURES["figure_2"].draw(evidence([monitored("sigmoid", depth)]))
    assert legend(drawing) == [f"layer {k}" for k in range(1, depth + 1)]
    colours = {axes_line.get_color() for axes_line in drawing.figure.legends[0].get_lines()}
    assert len(colours) == depth, "no two layers look alike"
