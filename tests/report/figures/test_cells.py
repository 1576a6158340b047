"""The picture of all cells: where the points are, how far their bars reach, what is left out."""

from dataclasses import replace

import pytest
from report_builders import cell, collected
from scipy import stats

from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.cells import cells
from glorot_sweep.report.figures.figure import NotInEvidence

TANH = cell("tanh", [40.0, 41.0, 42.0])
RELU = cell("relu", [10.0, 10.5, 11.0])
FAILED = cell("softplus", [1.0], failed=2)


def drawing(changes=None, **given):
    return cells(Evidence(collected([TANH, RELU, FAILED], changes)), **given)


def points(axes):
    """Return (error, row, low, high) of each point."""
    lines = {line.get_label(): line for line in axes.lines}
    found = []
    for name, bar in lines.items():
        if name.startswith("_") and (point := lines.get(name[1:])):
            low, high, _ = bar.get_xdata()
            found.append((point.get_xdata()[0], point.get_ydata()[0], low, high))
    return found


def test_points_are_means_and_bars_their_intervals_row_by_row_in_the_order_of_the_file():
    (axes,) = drawing().figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Tanh", "ReLU", "Softplus"]
    first, second = points(axes)
    assert (first[:2], second[:2]) == ((41.0, 0), (10.5, 1))
    for found, one in ((first, TANH), (second, RELU)):
        interval = stats.t.interval(0.95, 2, one.errors.mean(), stats.sem(one.errors))
        assert found[2:] == pytest.approx(interval)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row is on top
    assert axes.get_title() == "Shapeset"


def test_a_long_name_is_broken_beside_its_row_which_grows_by_its_lines():
    name = "the longest label that a sweep file may give to a variant"
    lines = ["the longest label that a", "sweep file may give to a", "variant"]
    long = cells(Evidence(collected([replace(TANH, label=name), RELU]))).figure
    short = cells(Evidence(collected([TANH, RELU]))).figure
    assert long.axes[0].get_yticklabels()[0].get_text().split("\n") == lines
    assert long.get_figheight() - short.get_figheight() == pytest.approx(2 * 2 * 0.17)
    assert name in {line.get_label() for line in long.axes[0].lines}  # as a reader's pointer has it


def test_a_cell_without_a_mean_is_named():
    assert drawing().notes == ("Softplus on Shapeset has no mean: failed",)


def test_of_an_unfinished_sweep_what_has_ended_is_drawn():
    lone = replace(cell("softsign", [38.0]), groups=5, numbers=(2,))
    sweep = collected([TANH, RELU, lone], {"datasets": ["shapeset", "mnist"]})
    there = {key: one for key, one in sweep.cells.items() if one.variant != "relu"}
    found = cells(Evidence(replace(sweep, cells=there)))
    (axes,) = found.figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Tanh", "Softsign"]
    assert points(axes)[1] == (38.0, 1, 38.0, 38.0)
    assert found.notes == (
        "no replicate of ReLU on Shapeset has ended",
        *(f"no replicate of {name} on MNIST has ended" for name in ("Tanh", "ReLU", "Softsign")),
    )
    with pytest.raises(NotInEvidence, match="no replicate has ended; continue the sweep"):
        cells(Evidence(replace(sweep, cells={})))


def test_a_dotted_line_stands_at_the_base():
    found = drawing({"base": "relu"})
    (line,) = [line for line in found.figure.axes[0].lines if line.get_linestyle() == ":"]
    assert list(line.get_xdata()) == [10.5, 10.5]
    assert "Dotted line: ReLU, with which the others are compared" in found.caption
    assert "Dotted" not in drawing().caption
    failed = collected([TANH, replace(RELU, failed=1)], {"base": "relu"})
    assert "Dotted" not in cells(Evidence(failed)).caption


def test_each_data_set_has_a_panel():
    both = [TANH, replace(TANH, dataset="mnist")]
    figure = cells(Evidence(collected(both))).figure
    assert [axes.get_title() for axes in figure.axes] == ["Shapeset", "MNIST"]


def test_a_papers_values_are_diamonds_on_its_rows_alone():
    found = drawing(rows=("tanh",), reference=lambda variant, _: {"tanh": 35.0}.get(variant))
    (axes,) = found.figure.axes
    (diamonds,) = [line for line in axes.lines if line.get_marker() == "D"]
    assert (list(diamonds.get_xdata()), list(diamonds.get_ydata())) == ([35.0], [0])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Tanh"]
    assert "Diamonds: the paper's values" in found.caption
    beside = drawing({"base": "relu"}, rows=("tanh",), reference=lambda *_: None)
    assert "Diamonds" not in beside.caption
    assert "Dotted" not in beside.caption


def test_a_papers_values_that_are_far_have_a_panel_of_their_own_beside_the_rows():
    found = drawing(rows=("tanh", "relu"), reference=lambda *_: 200.0).figure
    theirs, ours = found.axes
    assert [axes.get_title() for axes in found.axes] == ["The paper's", "Shapeset"]
    assert [text.get_text() for text in theirs.get_yticklabels()] == ["Tanh", "ReLU"]
    assert list(theirs.lines[0].get_xdata()) == [200.0, 200.0]
    assert [point[0] for point in points(ours)] == [41.0, 10.5]


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
