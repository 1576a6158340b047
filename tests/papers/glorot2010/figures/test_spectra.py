"""Singular values of the Jacobians: sorted, with their means, beside the quarter-circle law."""

import numpy as np
import pytest
from report.figures.builders import FIGURES, init_study
from report.figures.paper_like import initial_rows
from report.figures.readers import curve, legend, share_both_axes, titles
from scipy import integrate

from glorot_sweep.papers.glorot2010.figures.spectra import quarter_circle
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence


@pytest.mark.parametrize("scale", [1.0, 0.577])
def test_quarter_circle_is_the_integral_of_its_density(scale):
    """Density sqrt(4 s^2 - x^2) / (pi s^2) on [0, 2 s], integrated by quadrature."""
    shares, values = quarter_circle(scale, points=9)
    for share, value in zip(shares, values, strict=True):
        above, error = integrate.quad(
            lambda x: np.sqrt(4 * scale**2 - x**2) / (np.pi * scale**2), value, 2 * scale
        )
        assert share == pytest.approx(above, abs=1e-9 + error)


def test_quarter_circle_is_followed_by_a_random_matrix():
    """Singular values of one 400 x 400 matrix differ from the law by O(1/n) of their range."""
    weights = np.random.default_rng(0).normal(0, 1 / 20, (400, 400))
    values = np.linalg.svd(weights, compute_uv=False)
    shares, law = quarter_circle(1.0)
    expected = np.interp((np.arange(400) + 0.5) / 400, shares[::-1], law[::-1])
    assert np.abs(values - expected).max() < 10 * 2 / 400


def test_panels_hold_the_spectra(full):
    drawing = FIGURES["jacobian"].draw(full)
    assert titles(drawing) == ["Tanh, standard initialization", "Tanh, normalized initialization"]
    for axes, initialization in zip(drawing.figure.axes, ("standard", "normalized"), strict=True):
        rows = [r for r in initial_rows(initialization, n=2000) if r.quantity == "jacobian"]
        spectra = [line for line in axes.lines if len(line.get_xdata()) == 100]
        assert len(spectra) == len(rows) == 4
        for line, row in zip(spectra, rows, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), row.spectrum)
            assert line.get_xdata()[0] == pytest.approx(0.005)
    assert share_both_axes(drawing)


def test_means_are_marked_on_their_curves_and_in_the_legend(full):
    drawing = FIGURES["jacobian"].draw(full)
    axes = drawing.figure.axes[1]
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    for k in range(1, 5):
        (row,) = [
            r
            for r in initial_rows("normalized", n=2000)
            if (r.quantity, r.layer) == ("jacobian", k)
        ]
        text = f"layer {k} to {k + 1}, mean {row.mean:.2f}"
        assert text in texts
        ((share, mean),) = curve(axes, text)
        assert mean == row.mean
        larger = np.mean(np.array(row.spectrum) > row.mean)
        assert share == pytest.approx(larger, abs=1 / 100), "the share of larger ones"
    assert texts[-1] == "law, mean 0.85"
    assert "law, mean 0.49" in legend(drawing)


def test_one_hidden_layer_has_no_jacobian():
    with pytest.raises(NotInEvidence, match="networks of one hidden layer have no Jacobian"):
        FIGURES["jacobian"].draw(Evidence(None, (), {"shapeset": init_study(depth=1)}))
