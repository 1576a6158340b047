"""The axis of updates: scale, labels, and how many bars fit."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from glorot_sweep.report.figures.update_axis import BARS, set_update_axis, well_apart
from glorot_sweep.sweep.contents.schedule import log_spaced


def axis_for(updates):
    axes = Figure().subplots()
    axes.plot(updates, np.zeros(len(updates)))
    set_update_axis(axes, updates)
    return axes


@pytest.mark.parametrize(
    ("updates", "scale"),
    [
        ((0, *log_spaced(5_000_000, 10)), "symlog"),
        (log_spaced(20_000, 5), "log"),
        ((0, 100, 200, 300), "linear"),
        ((0,), "linear"),
        ((40,), "linear"),
    ],
)
def test_scale_follows_the_looks(updates, scale):
    assert axis_for(updates).get_xscale() == scale


def test_labels_of_a_long_run():
    axes = axis_for((0, *log_spaced(5_000_000, 10)))
    axes.figure.canvas.draw()
    texts = [text.get_text() for text in axes.get_xticklabels()]
    assert texts == ["0", "100", "1k", "10k", "100k", "1M"]


def test_labels_do_not_overlap():
    """Also 0 and 100, between which the axis is linear."""
    for last in (3_000, 20_000, 40_000, 1_000_000, 5_000_000):
        axes = axis_for((0, *log_spaced(last, 10)))
        axes.figure.set_size_inches(5, 3)
        axes.figure.canvas.draw()
        boxes = [text.get_window_extent() for text in axes.get_xticklabels()]
        assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes)), last


@pytest.mark.slow
@given(st.sets(st.integers(0, 5_000_000), min_size=2, max_size=60))
def test_bars_have_room(found):
    updates = np.array(sorted(found))
    axes = axis_for(updates.tolist())
    kept = well_apart(axes, updates)
    assert kept[0] == 0
    assert kept[-1] == len(updates) - 1
    places = axes.xaxis.get_transform().transform(updates[kept].astype(float))
    # The places are sums of logarithms below 10: a few roundings.
    assert (np.diff(places) >= (places[-1] - places[0]) / BARS - 1e-12).all()


def test_all_looks_of_a_short_run_are_kept():
    updates = np.array([0, 100, 130, 160, 200])
    assert well_apart(axis_for(updates.tolist()), updates).tolist() == [0, 1, 2, 3, 4]
