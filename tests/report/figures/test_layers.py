"""What monitored runs saw in each layer, of any variant on any data set."""

from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from sweep_builders import config

from glorot_sweep.report.figures import draw_one
from glorot_sweep.report.figures.figure import NotAsked, NotInEvidence
from glorot_sweep.report.figures.layers import layers
from glorot_sweep.report.figures.question import QUESTION_FIGURES

from .builders import evidence, monitored

(LAYERS,) = [planned for planned in QUESTION_FIGURES if planned.name == "layers"]
ASKED = {"monitored": config({"monitored": {"updates": 20}}).monitored}


def with_monitored(runs, table_depth=5):
    """Evidence of a sweep whose file asks for monitored runs."""
    found = evidence(runs, table_depth=table_depth)
    sweep = replace(found.sweep, config=found.sweep.config.model_copy(update=ASKED))
    return replace(found, sweep=sweep)


def test_each_monitored_variant_has_a_row_of_two_panels_with_a_line_for_each_layer():
    found = layers(with_monitored([monitored("tanh"), monitored("tanh_n")]))
    panels = found.figure.axes
    assert [axes.get_title() for axes in panels[::2]] == ["Tanh", "Tanh N"]
    assert [len(axes.lines) for axes in panels] == [5] * 4
    rows = monitored("tanh").statistics
    top = rows[(rows["quantity"] == "activation") & (rows["layer"] == 5)].sort_values("update")
    assert list(panels[0].lines[4].get_ydata()) == list(top["std"])
    deep = rows[(rows["quantity"] == "backpropagated_gradient") & (rows["layer"] == 1)]
    assert list(panels[1].lines[0].get_ydata()) == list(deep.sort_values("update")["std"])
    assert [axes.get_ylabel() for axes in panels[:2]] == ["std of activations", "std of gradients"]
    assert "Tanh on Shapeset, 5 hidden layers of 100 units" in found.caption


@pytest.mark.slow
def test_a_logarithmic_axis_has_powers_of_ten_in_plain_letters():
    """Names may hold dollars, so matplotlib's own mathematics is off."""
    run = monitored("tanh")
    layer = run.statistics["layer"]
    changed = run.statistics.assign(std=10.0 ** -layer.astype(float))
    figure = draw_one(LAYERS, with_monitored([replace(run, statistics=changed)])).figure
    FigureCanvasAgg(figure).draw()
    texts = {text.get_text() for text in figure.findobj(Text)}
    assert {"10⁻¹", "10⁻⁵"} <= texts
    assert not any("$" in text for text in texts)


def test_of_several_depths_the_one_nearest_to_the_tables_is_shown():
    runs = [monitored("tanh", depth) for depth in (1, 2, 5)]
    found = layers(with_monitored(runs, 3))
    assert len(found.figure.axes[0].lines) == 2


def test_without_a_section_in_the_file_nobody_has_asked_for_it():
    with pytest.raises(NotAsked):
        layers(evidence([monitored("tanh")]))


def test_asked_for_and_not_there_it_is_missing():
    with pytest.raises(NotInEvidence, match="no monitored runs with statistics") as caught:
        layers(with_monitored([]))
    assert not isinstance(caught.value, NotAsked)
