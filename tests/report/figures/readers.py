"""What a drawn figure shows, read back from matplotlib's objects."""

import numpy as np


def titles(drawing):
    """Panels' titles; those with a legend of their own have it above that."""
    above = [axes.get_legend() for axes in drawing.figure.axes]
    return [
        axes.get_title(loc="left") or axes.get_title() or one.get_title().get_text().split(":")[0]
        for axes, one in zip(drawing.figure.axes, above, strict=True)
    ]


def band_of(axes, label):
    """The edges of a line's band: values of x, lowest, highest [points] each, x rising."""
    (patch,) = [patch for patch in axes.patches if patch.get_label() == f"_{label}"]
    x, y = patch.get_xy()[:-1].T  # closed
    half = len(x) // 2
    assert list(x[:half]) == list(x[half:][::-1])
    return x[:half], y[:half], y[half:][::-1]


def curve(axes, label):
    """The points [n, 2] of the one line with this label."""
    (line,) = [line for line in axes.lines if line.get_label() == label]
    return np.asarray(line.get_xydata())


def legend(drawing):
    """The texts of the figure's legend, or of its panels' in turn."""
    found = drawing.figure.legends or [axes.get_legend() for axes in drawing.figure.axes]
    return [text.get_text() for one in found for text in one.get_texts()]


def bars(axes):
    """The vertical bars as (x, low, high), one list for each layer."""
    return [
        [(segment[0, 0], segment[0, 1], segment[1, 1]) for segment in collection.get_segments()]
        for container in axes.containers
        for collection in container.lines[2]
    ]


def share_both_axes(drawing):
    first, *others = drawing.figure.axes
    return all(
        first.get_shared_x_axes().joined(first, other)
        and first.get_shared_y_axes().joined(first, other)
        for other in others
    )
