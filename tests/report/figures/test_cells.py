"""The picture of all cells: where the points are, how far their bars reach, what is left out."""

from dataclasses import replace

import pytest
from matplotlib.colors import to_hex
from report_builders import cell, collected
from scipy import stats

from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.cells import cells
from glorot_sweep.report.figures.figure import NotInEvidence
from glorot_sweep.report.figures.style import COLOURS

TANH = cell("tanh", [40.0, 41.0, 42.0])
RELU = cell("relu", [10.0, 10.5, 11.0])
FAILED = cell("softplus", [1.0], failed=2)


def drawing(changes=None, **given):
    return cells(Evidence(collected([TANH, RELU, FAILED], changes)), **given)


def points(axes):
    """Return (error, row, low, high, colour) of each point."""
    found = []
    for container in axes.containers:
        line, _, (bar,) = container
        (low, _), (high, _) = bar.get_segments()[0]
        found.append(
            (line.get_xdata()[0], line.get_ydata()[0], low, high, to_hex(line.get_color()))
        )
    return found


def test_points_are_means_and_bars_their_intervals_row_by_row_in_the_order_of_the_file():
    (axes,) = drawing().figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Tanh", "ReLU", "Softplus"]
    first, second = points(axes)
    assert (first[:2], second[:2]) == ((41.0, 0), (10.5, 1))
    for found, one in ((first, TANH), (second, RELU)):
        interval = stats.t.interval(0.95, 2, one.errors.mean(), stats.sem(one.errors))
        assert found[2:4] == pytest.approx(interval)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row is on top
    assert axes.get_title() == "Shapeset"


def test_a_cell_without_a_mean_is_named():
    assert drawing().notes == ("Softplus on Shapeset has no mean: failed",)


def test_the_base_has_a_colour_of_its_own():
    found = drawing({"base": "relu"})
    colours = [point[-1] for point in points(found.figure.axes[0])]
    assert colours == [to_hex(COLOURS[0]), to_hex(COLOURS[1])]
    assert "Orange: ReLU, with which the others are compared" in found.caption
    assert "Orange" not in drawing().caption


def test_each_data_set_has_a_panel():
    both = [TANH, replace(TANH, dataset="mnist")]
    figure = cells(Evidence(collected(both))).figure
    assert [axes.get_title() for axes in figure.axes] == ["Shapeset", "MNIST"]


def test_a_papers_values_are_diamonds_on_its_rows_alone():
    found = drawing(rows=("tanh",), reference=lambda variant, _: {"tanh": 27.15}.get(variant))
    (axes,) = found.figure.axes
    (diamonds,) = [line for line in axes.lines if line.get_marker() == "D"]
    assert (list(diamonds.get_xdata()), list(diamonds.get_ydata())) == ([27.15], [0])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Tanh"]
    assert "Diamonds: the paper's values" in found.caption
    beside = drawing({"base": "relu"}, rows=("tanh",), reference=lambda *_: None)
    assert "Diamonds" not in beside.caption
    assert "Orange" not in beside.caption


@pytest.mark.parametrize(
    ("evidence", "rows", "said"),
    [
        (Evidence(), (), "report a sweep by its name"),
        (Evidence(collected([TANH])), ("relu",), "no variant of the table"),
    ],
)
def test_what_it_cannot_be_drawn_from(evidence, rows, said):
    with pytest.raises(NotInEvidence, match=said):
        cells(evidence, rows)
