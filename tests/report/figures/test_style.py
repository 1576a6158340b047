"""Legends above panels, with names of any length."""

import warnings

import matplotlib
import pytest
from matplotlib.figure import Figure

from glorot_sweep.report.figures.style import RC_PARAMS, WIDTH, legend_above

PANEL = 2.6


def drawn(names):
    figure = Figure(figsize=(WIDTH, PANEL + 0.4), layout="constrained")
    axes = figure.subplots()
    for place, name in enumerate(names):
        axes.plot([0, 1], [place, place], label=name)
    legend_above(axes, "mine: final error, %")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "axes sizes collapsed to zero"
        figure.draw_without_rendering()
    return figure, axes


@pytest.mark.slow
def test_a_name_with_an_underscore_first_has_its_place():
    names = ["_mine", "Tanh", "_child2"]
    _, axes = drawn(names)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == names


@pytest.mark.slow
@pytest.mark.parametrize("length", [5, 23, 24, 60])
def test_names_of_any_length_leave_the_panel_its_size_and_are_not_cut(length):
    names = [f"{letter} " + "e" * (length // 2 - 2) + " " + "n" * (length - length // 2 - 1)
             for letter in "abcde"]  # fmt: skip
    with matplotlib.rc_context(RC_PARAMS):
        figure, axes = drawn(names)
    assert [len(name) for name in names] == [length] * 5
    width, height = axes.get_window_extent().size / figure.dpi
    assert width > 0.7 * WIDTH
    assert height > 0.6 * PANEL
    texts = axes.get_legend().get_texts()
    assert [text.get_text().replace("\n", " ") for text in texts] == names
    assert max(text.get_window_extent().x1 for text in texts) <= WIDTH * figure.dpi
