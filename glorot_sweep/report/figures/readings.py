"""What can be read off a figure: its lines with their points, for pages and in words.

A line is something to read, by its label, unless it is marked as one without a name. What belongs
to it, as a band, is marked too, and has the label with an underscore before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from glorot_sweep.report.figures.style import COMPANION, UNNAMED

POINT = 72.0  # to the inch: the unit of an SVG's coordinates
MOST_POINTS = 100  # of a line that has no markers; more are no help to a pointer
NO_MARKERS = ("None", "none", " ", "")
MOST_PANELS_IN_WORDS = 4  # a description is listened to
MOST_IN_WORDS = 6  # lines of a panel that the description names


@dataclass(frozen=True)
class Reading:
    """A line.

    Attributes:
        name: its label.
        values: of its points [points, 2]: x and y as the axes count.
        places: the same on the picture [points, 2], in points from its upper left corner.
        is_joined: whether a line is drawn through the points.
    """

    name: str
    values: NDArray[np.float64]
    places: NDArray[np.float64]
    is_joined: bool = True


@dataclass
class Panel:
    """One of a figure's axes that has something to read.

    Attributes:
        title: of it; empty without one.
        x, y: what its axes count; empty for an axis of names.
        range: of y, if it may be logarithmic: lowest and highest value, where they are on the
            picture, and the scale; else empty.
        key, ticks_key: the ids that its axes and its vertical axis have in the picture.
        readings: by the id that the line has in the picture.
        companions: what belongs to a line, by the same: the line's label.
    """

    title: str
    x: str
    y: str
    range: str = ""
    key: str = ""
    ticks_key: str = ""
    readings: dict[str, Reading] = field(default_factory=dict)
    companions: dict[str, str] = field(default_factory=dict)


def readings(figure: Figure) -> list[Panel]:
    """Return a figure's panels, and give their lines ids under which the picture has them.

    The figure must have its final layout: places are those of now.
    """
    panels = [_panel(figure, axes, number) for number, axes in enumerate(figure.axes)]
    return [panel for panel in panels if panel.readings]


def described(panels: list[Panel]) -> str:
    """Return in words what the lines show, panel by panel: where they begin and end.

    Example:
        >>> line = Reading("Tanh", np.array([[1.0, 80.0], [20.0, 71.5]]), np.zeros((2, 2)))
        >>> described([Panel("MNIST", "updates", "test error (%)", readings={"a": line})])
        'MNIST, test error (%) over updates. Tanh: from 80 to 71.5.'
    """
    more = len(panels) - MOST_PANELS_IN_WORDS
    told = [_in_words(panel) for panel in panels[:MOST_PANELS_IN_WORDS]]
    return " ".join([*told, f"{more} more panels."] if more > 0 else told)


def _panel(figure: Figure, axes: Axes, number: int) -> Panel:
    x = axes.get_xlabel() or _shared(axes, "x") or figure.get_supxlabel()
    y = axes.get_ylabel() or _shared(axes, "y") or figure.get_supylabel()
    scale, height = POINT / figure.dpi, figure.get_figheight() * POINT
    panel = Panel(_title(axes), x, y, key=f"panel-{number}", ticks_key=f"ticks-{number}")
    for place, artist in enumerate(_artists(axes)):
        name, key = str(artist.get_label()), f"reading-{number}-{place}"
        if artist.get_gid() == COMPANION:
            panel.companions[key] = name[1:]
        elif isinstance(artist, Line2D) and artist.get_gid() != UNNAMED:
            panel.readings[key] = _reading(artist, name, scale, height)
        else:
            artist.set_gid(None)  # only what is read has an id in the picture
            continue
        artist.set_gid(key)
    axes.set_gid(panel.key)
    axes.yaxis.set_gid(panel.ticks_key)
    panel.range = _range(axes, panel, scale, height)
    return panel


def _range(axes: Axes, panel: Panel, scale: float, height: float) -> str:
    values = [line.values[:, 1].min() for line in panel.readings.values() if len(line.values)]
    is_movable = not axes.collections and not axes.images and axes.name == "rectilinear"
    if not (panel.y and is_movable and values and min(values) > 0):
        return ""
    box, (low, high) = axes.get_window_extent(), axes.get_ylim()
    places = (height - edge * scale for edge in (box.y0, box.y1))
    ends = " ".join(f"{place:.1f}" for place in places)
    return f"{low:.6g} {high:.6g} {ends} {axes.get_yscale()}"


def _artists(axes: Axes) -> Iterator[Artist]:
    yield from axes.patches
    yield from axes.lines


def _reading(line: Line2D, name: str, scale: float, height: float) -> Reading:
    values = np.column_stack(
        [np.asarray(line.get_xdata(orig=False)), np.asarray(line.get_ydata(orig=False))]
    )
    if line.get_marker() in NO_MARKERS:
        values = _thinned(values)
    places = line.get_transform().transform(values) * scale
    places[:, 1] = height - places[:, 1]
    seen = np.isfinite(places).all(axis=1)
    return Reading(name, values[seen], places[seen], line.get_linestyle() != "None")


def _thinned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return every so many points of a line, with its last, its lowest and its highest."""
    if len(values) <= MOST_POINTS:
        return values
    finite = np.flatnonzero(np.isfinite(values[:, 1]))
    y = values[finite, 1]
    ends = [finite[y.argmin()], finite[y.argmax()]] if len(finite) else []
    kept = {*range(0, len(values), -(-len(values) // MOST_POINTS)), len(values) - 1, *ends}
    return values[sorted(kept)]


def _title(axes: Axes) -> str:
    legend = axes.get_legend()
    above = "" if legend is None else legend.get_title().get_text()
    title = axes.get_title(loc="left").replace("\n", " ")  # one that was too long for a line
    return title or above.partition(":")[0]


def _shared(axes: Axes, which: str) -> str:
    """Return the label that another panel has for an axis that both share."""
    group = axes.get_shared_x_axes() if which == "x" else axes.get_shared_y_axes()
    labels = [getattr(one, f"get_{which}label")() for one in group.get_siblings(axes)]
    return next((text for text in labels if text), "")


def _in_words(panel: Panel) -> str:
    lines = [line for line in panel.readings.values() if len(line.values)]
    told = [_line_in_words(line, bool(panel.y)) for line in lines[:MOST_IN_WORDS]]
    if len(lines) > len(told):
        told.append(f"and {len(lines) - len(told)} more")
    axes = f"{panel.y} over {panel.x}" if panel.x and panel.y else panel.y or panel.x
    return ", ".join(part for part in (panel.title, axes) if part) + f". {'; '.join(told)}."


def _line_in_words(line: Reading, is_over: bool) -> str:
    if not is_over:
        return f"{line.name}: {', '.join(f'{x:.4g}' for x in line.values[:, 0])}"
    values = line.values[:, 1]
    first, last, low, high = (
        f"{value:.4g}" for value in (values[0], values[-1], values.min(), values.max())
    )
    if len(values) == 1:
        return f"{line.name}: {first}"
    if not line.is_joined:
        return f"{line.name}: {len(values)} points from {low} to {high}"
    if 2 * max(values[0], values[-1]) < values.max():
        return f"{line.name}: highest {high} at {line.values[values.argmax(), 0]:.3g}"
    return f"{line.name}: from {first} to {last}"
