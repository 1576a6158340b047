"""Figure 5: the first seed's surfaces, and every seed's plateaus."""

import numpy as np
import pytest
from report.figures.builders import FIGURES, init_study

from glorot_sweep.papers.glorot2010.figures.cost_surfaces import MESH
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence


@pytest.mark.slow
def test_surfaces_are_those_of_the_first_seed(full):
    surfaces = full.init_studies["shapeset"].surfaces
    space = FIGURES["figure_5"].draw(full).figure.axes[0]
    quadratic, log_likelihood = space.collections
    for drawn, cost in ((quadratic, surfaces.quadratic), (log_likelihood, surfaces.log_likelihood)):
        corners = np.concatenate(drawn._faces)  # all points of all polygons [n, 3]
        i, j = (np.searchsorted(surfaces.axis, corners[:, k] - 1e-9) for k in (0, 1))
        np.testing.assert_allclose(corners[:, 2], cost[0][i, j], rtol=0, atol=1e-12)
        assert len(set(zip(i, j, strict=True))) == MESH**2


def test_log_likelihood_is_black_and_quadratic_red(full):
    quadratic, log_likelihood = FIGURES["figure_5"].draw(full).figure.axes[0].collections
    red, green, blue, _ = quadratic.get_edgecolor()[0]
    assert red > 3 * max(green, blue)
    assert log_likelihood.get_edgecolor()[0][:3].max() < 0.2


def test_a_strip_shows_the_plateaus_of_every_seed(full):
    surfaces = full.init_studies["shapeset"].surfaces
    _, strip = FIGURES["figure_5"].draw(full).figure.axes
    dots = [line.get_ydata() for line in strip.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(dots[0], surfaces.log_likelihood_plateau)
    np.testing.assert_array_equal(dots[1], surfaces.quadratic_plateau)
    pairs = [tuple(line.get_ydata()) for line in strip.lines if line.get_marker() != "o"]
    shares = zip(surfaces.log_likelihood_plateau, surfaces.quadratic_plateau, strict=True)
    assert pairs == list(shares)
    assert strip.get_ylim()[1] > max(surfaces.quadratic_plateau)


def test_a_study_of_another_data_set_will_do(full):
    """Its networks have random inputs, so the sweep's first data set does not matter."""
    evidence = Evidence(full.sweep, full.runs, {"mnist": init_study("mnist")})
    assert "init-mnist" in FIGURES["figure_5"].draw(evidence).caption


def test_a_study_without_surfaces_is_not_enough():
    with pytest.raises(NotInEvidence, match="glorot-sweep init-study"):
        FIGURES["figure_5"].draw(Evidence(None, (), {"shapeset": init_study(surfaces=None)}))
