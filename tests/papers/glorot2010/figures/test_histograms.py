"""Figures 4 and 6 to 8: densities, panels, limits, and which networks they are from."""

import numpy as np
import pytest
from report.figures.builders import FIGURES, cut, evidence, init_study, monitored, sweep_of
from report.figures.paper_like import initial_rows, row
from report.figures.readers import curve, legend, share_both_axes, titles

from glorot_sweep.papers.glorot2010.figures.histograms import density
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence
from glorot_sweep.tracking.layer_table import layer_frame

AT_INITIALIZATION = {
    "figure_6": "activation",
    "figure_7": "backpropagated_gradient",
    "figure_8": "weight_gradient",
}


def histogram_of(table, quantity, layer):
    chosen = table[(table["quantity"] == quantity) & (table["layer"] == layer)]
    return chosen.iloc[-1]


def check_panel(axes, table, quantity, depth=5):
    """The panel's lines hold the shares: their area is 1, their bins are the table's."""
    assert len(axes.lines) == depth, "the output layer is left out"
    for layer in range(1, depth + 1):
        expected = histogram_of(table, quantity, layer)
        centres, densities = curve(axes, f"layer {layer}").T
        width = (expected["histogram_high"] - expected["histogram_low"]) / len(centres)
        # Shares are at most 1 and the divisions round twice; centres likewise.
        np.testing.assert_allclose(densities * width, expected["histogram"], atol=1e-14)
        middles = expected["histogram_low"] + width * (np.arange(len(centres)) + 0.5)
        np.testing.assert_allclose(centres, middles, rtol=0, atol=1e-14)


def test_density_is_numpys():
    values = np.random.default_rng(0).normal(0.1, 0.3, 500)
    table = layer_frame([row("activation", 1, values, limits=(-2.0, 2.0))])
    centres, densities = density(table.iloc[0])
    expected, edges = np.histogram(values, len(centres), (-2.0, 2.0), density=True)
    # A count over 500 over a bin of 4/101: three roundings of numbers below 3.
    np.testing.assert_allclose(densities, expected, rtol=0, atol=1e-14)
    np.testing.assert_allclose(centres, (edges[1:] + edges[:-1]) / 2, rtol=0, atol=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("name", AT_INITIALIZATION)
def test_standard_above_normalized_from_the_study(full, name):
    """The study's other rows (gain, depth, activation, seed) have other histograms."""
    drawing = FIGURES[name].draw(full)
    assert titles(drawing) == ["Tanh, standard initialization", "Tanh, normalized initialization"]
    for axes, initialization in zip(drawing.figure.axes, ("standard", "normalized"), strict=True):
        expected = layer_frame(initial_rows(initialization, n=2000))
        check_panel(axes, expected, AT_INITIALIZATION[name])
    assert share_both_axes(drawing)
    assert legend(drawing) == [f"layer {k}" for k in range(1, 6)]


@pytest.mark.slow
def test_caption_names_the_study(full):
    caption = FIGURES["figure_6"].draw(full).caption
    assert "the initialization study init-shapeset" in caption
    assert "Tanh on Shapeset, 5 hidden layers of 100 units, seed 0, 0 updates" in caption


@pytest.mark.parametrize("name", AT_INITIALIZATION)
def test_without_a_study_the_first_look_of_monitored_runs_is_taken(name):
    runs = [monitored("tanh", 3), monitored("tanh_n", 3)]
    drawing = FIGURES[name].draw(evidence(runs))
    for axes, run in zip(drawing.figure.axes, runs, strict=True):
        first = run.statistics[run.statistics["update"] == 0]
        check_panel(axes, first, AT_INITIALIZATION[name], depth=3)
    assert all(f"{run.name}" in drawing.caption for run in runs)


@pytest.mark.slow
def test_the_study_is_that_of_the_sweeps_first_data_set():
    init_studies = {name: init_study(name) for name in ("shapeset", "mnist")}
    mnist = sweep_of([monitored("tanh", 1, dataset="mnist")])
    assert "init-mnist" in FIGURES["figure_6"].draw(Evidence(mnist, (), init_studies)).caption
    assert "init-shapeset" in FIGURES["figure_6"].draw(Evidence(None, (), init_studies)).caption


def test_the_whole_range_of_tanh_is_shown_and_what_gradients_fill_of_theirs(full):
    left, right = FIGURES["figure_6"].draw(full).figure.axes[0].get_xlim()
    assert left < -1 < 1 < right
    axes = FIGURES["figure_8"].draw(full).figure.axes
    _, right = axes[0].get_xlim()
    floor, _ = axes[0].get_ylim()
    beyond = [
        (centres, densities)
        for panel in axes
        for centres, densities in (line.get_xydata().T for line in panel.lines)
    ]
    assert all((d[abs(c) > right] <= floor).all() for c, d in beyond), "nothing is cut off"
    furthest = max(abs(c[d > floor]).max() for c, d in beyond)
    assert right < 1.1 * furthest, "and no space is wasted"


def test_peaks_lie_within_the_panels(full):
    for name in AT_INITIALIZATION:
        for axes in FIGURES[name].draw(full).figure.axes:
            low, high = axes.get_ylim()
            peaks = [line.get_ydata().max() for line in axes.lines]
            assert all(low < peak / 30 < peak < high for peak in peaks)


def test_figure_4_shows_the_last_look(full):
    drawing = FIGURES["figure_4"].draw(full)
    assert titles(drawing) == ["Tanh", "Softsign"]
    for axes, variant in zip(drawing.figure.axes, ("tanh", "softsign"), strict=True):
        (run,) = [r for r in full.runs if (r.kind, r.variant) == ("monitored", variant)]
        last = run.statistics[run.statistics["update"] == 20_000]
        check_panel(axes, last, "activation")
    assert share_both_axes(drawing)


def test_figure_4_is_not_drawn_from_an_untrained_network():
    runs = [cut(monitored("tanh", 2), 1000), monitored("softsign", 2)]
    with pytest.raises(NotInEvidence, match=r"tanh.* diverged; name a smaller rate"):
        FIGURES["figure_4"].draw(evidence(runs))


def test_a_study_of_one_initialization_is_not_enough():
    table = init_study().statistics.query("initialization == 'standard'")
    with pytest.raises(NotInEvidence, match="init-shapeset has no tanh networks with both"):
        FIGURES["figure_6"].draw(Evidence(None, (), {"shapeset": init_study(statistics=table)}))


def test_a_study_without_histograms_is_named():
    table = init_study().statistics.assign(histogram=None)
    with pytest.raises(NotInEvidence, match="activation of layer 1, 2, 3, 4, 5"):
        FIGURES["figure_6"].draw(Evidence(None, (), {"shapeset": init_study(statistics=table)}))
