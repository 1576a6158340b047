"""A figure within a page: what can be read off it, in words and by the page's script."""

import io
import re
from base64 import b64decode
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from glorot_sweep.report.figures import draw_all, draw_one
from glorot_sweep.report.figures.inline import inline_svg, smaller
from glorot_sweep.report.figures.readings import readings
from glorot_sweep.report.figures.style import UNNAMED, band, whiskers

from .builders import FIGURES, evidence, replicates

XLINK = "{http://www.w3.org/1999/xlink}href"


@pytest.fixture(scope="module")
def drawn():
    """Figure 11 of two seeds, and its picture within a page."""
    (figure,) = draw_all([FIGURES["figure_11"]], evidence(replicates(seeds=2)))
    svg = figure.inline.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1)
    return figure, ElementTree.fromstring(svg)


@pytest.mark.slow
def test_points_have_the_values_and_lie_where_the_picture_has_them(drawn):
    _, svg = drawn
    lines = {g.get("data-series"): g for g in svg.iter("g") if g.get("data-points")}
    assert set(lines) == {"Tanh", "Tanh N", "Softsign", "Softsign N", "Sigmoid"}
    (axes,) = FIGURES["figure_11"].draw(evidence(replicates(seeds=2))).figure.axes
    for line in axes.lines:
        group = lines[line.get_label()]
        points = [tuple(map(float, one.split())) for one in group.get("data-points").split(";")]
        drawn_at = [(float(use.get("x")), float(use.get("y"))) for use in group.iter("use")]
        assert [point[0] for point in points] == list(line.get_xdata())
        assert [point[1] for point in points] == pytest.approx(list(line.get_ydata()), rel=1e-4)
        for point, at in zip(points, drawn_at, strict=True):
            assert point[2:] == pytest.approx(at, abs=0.06)


@pytest.mark.slow
def test_bands_belong_to_their_lines_and_panels_say_what_they_count(drawn):
    _, svg = drawn
    (panel,) = [g for g in svg.iter("g") if g.get("data-y")]
    assert (panel.get("data-panel"), panel.get("data-x"), panel.get("data-y")) == (
        "Shapeset", "updates", "test error (%)"
    )  # fmt: skip
    low, high, bottom, top, scale = panel.get("data-range").split()
    assert 0 < float(low) < 16 < 82 < float(high)
    assert float(bottom) > float(top) > 0
    assert scale in {"linear", "log"}
    series = [g.get("data-series") for g in svg.iter("g") if g.get("data-series")]
    assert sorted(series) == sorted(2 * ["Tanh", "Tanh N", "Softsign", "Softsign N", "Sigmoid"])
    (ticks,) = [g for g in svg.iter("g") if g.get("data-ticks") is not None]
    assert any(g.get("class") == "tick" for g in ticks)


def test_its_ids_are_its_own_and_found(drawn):
    _, svg = drawn
    ids = [one.get("id") for one in svg.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("figure_11-") for one in ids)
    named = {one.get(XLINK)[1:] for one in svg.iter("use")}
    named |= set(re.findall(r"url\(#([^)]*)\)", ElementTree.tostring(svg, encoding="unicode")))
    assert named <= set(ids)


def test_every_colour_is_named_for_light_and_dark_pages(drawn):
    figure, _ = drawn
    colours = re.findall(
        r"(?:fill|stroke):(#\w{6});(?:fill|stroke):light-dark\((#\w{6}),", figure.inline
    )
    assert colours
    assert all(light == first for light, first in colours)
    assert len(re.findall("#[0-9a-f]{6}", figure.inline)) == 3 * len(colours)


def test_the_alternative_text_says_what_is_seen(drawn):
    figure, svg = drawn
    assert (svg.get("role"), svg.get("aria-label")) == ("img", figure.alt)
    assert figure.alt.startswith(
        "Figure 11: Test error during training on Shapeset. Shapeset, test error (%) over updates. "
    )
    for run in ("Tanh", "Tanh N", "Softsign", "Softsign N", "Sigmoid"):
        assert re.search(rf"\b{run}: from [\d.]+ to [\d.]+", figure.alt)


@pytest.mark.slow
def test_names_with_markup_or_dollars_are_text():
    runs = [one for one in replicates(seeds=2) if one.variant == "tanh"]
    name = '<b>"$x$ & $y$'
    named = [replace(run, label=name) for run in runs]
    (figure,) = draw_all([FIGURES["figure_11"]], evidence(named))
    assert "<b>" not in figure.inline
    assert "&lt;b&gt;&quot;$x$ &amp; $y$" in figure.inline
    assert name in figure.alt


@pytest.mark.parametrize("name", ["_plain tanh", "child", "_child0", "_nolegend_", "__"])
def test_a_name_that_begins_as_those_of_matplotlib_is_read_with_its_band(name):
    figure = Figure()
    axes = figure.subplots()
    band(axes, [0, 1], [1, 2], [3, 4], name, {"color": "0.5"})
    axes.plot([0, 1], [2, 3], label=name)
    whiskers(axes, [[0, 1], [0, 1]], [[1, 2], [3, 4]], name, {"color": "0.5"})
    axes.axvline(0.5, gid=UNNAMED)
    (panel,) = readings(figure)
    assert [(line.name, list(line.values[:, 1])) for line in panel.readings.values()] == [
        (name, [2, 3])
    ]
    assert list(panel.companions.values()) == [name, name]
    assert axes.lines[-1].get_gid() is None


@pytest.mark.slow
def test_of_every_figure_what_belongs_to_a_line_belongs_to_one_that_is_read(full):
    """A page offers each of their names for choice."""
    seen = 0
    for figure in FIGURES.values():
        for panel in readings(draw_one(figure, full).figure):
            names = {line.name for line in panel.readings.values()}
            assert set(panel.companions.values()) <= names
            assert not any(name.startswith("_") for name in names)
            seen += len(panel.companions)
    assert seen


def picture(x, y, **style):
    figure = Figure()
    (axes,) = figure.subplots(1, 1, squeeze=False)[0]
    axes.plot(x, y, label="Tanh", **style)
    ((line,),) = [panel.readings.values() for panel in readings(figure)]
    return line


def test_pixels_of_a_surface_take_a_fraction_and_look_the_same():
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot(projection="3d")
    x, y = np.meshgrid(np.linspace(-1, 1, 29), np.linspace(-1, 1, 29))
    axes.plot_surface(x, y, x * y, color="#FBE3DC", edgecolor="#C8201C", rasterized=True)
    svg = io.StringIO()
    figure.savefig(svg, format="svg")
    pixels = re.compile(r'data:image/png;base64,\s*([^"]+)"')
    images = [
        Image.open(io.BytesIO(b64decode(pixels.search(text)[1])))
        for text in (svg.getvalue(), inline_svg(svg.getvalue(), "one", "alt", []))
    ]
    sizes = [len(pixels.search(text)[1]) for text in (svg.getvalue(), smaller(svg.getvalue()))]
    assert sizes[1] < sizes[0] / 3
    assert images[1].mode == "P"
    seen = []
    for image in images:
        page = Image.new("RGBA", image.size, "white")
        page.alpha_composite(image.convert("RGBA"))
        seen.append(np.asarray(page, float)[..., :3])
    # A palette of 256 has two to three bits of each channel and of the opacity.
    assert np.abs(seen[1] - seen[0]).max() < 255 / 4
    assert np.abs(seen[1] - seen[0]).mean() < 255 / 100


def test_of_a_line_with_markers_every_point_is_read():
    """The best of 150 trials must not be the one that is passed over."""
    rates, errors = np.geomspace(0.001, 1.0, 150), np.full(150, 80.0)
    errors[77] = 61.0
    assert len(picture(rates, errors, marker="o", linestyle="None").values) == 150


def test_of_a_long_line_the_end_and_the_extremes_are_kept():
    updates, errors = np.arange(150.0), np.full(150, 70.0)
    errors[[0, 51, 77, 149]] = 80.0, 90.0, 50.0, 55.0
    values = picture(updates, errors).values
    assert len(values) < 150
    assert (values[0, 1], values[-1, 1], values[:, 1].min(), values[:, 1].max()) == (80, 55, 50, 90)
    assert (np.diff(values[:, 0]) > 0).all()
