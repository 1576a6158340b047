"""The cells of several sweeps as a picture: a point with its interval for each, row by row."""

from collections.abc import Iterator, Sequence
from typing import Final

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from glorot_sweep.compare.cells import ComparedCells, SideCell
from glorot_sweep.compare.compared import Compared
from glorot_sweep.report.figures.on_dark import on_dark
from glorot_sweep.report.figures.variant_styles import COLOURS
from glorot_sweep.report.labels import label

WIDTH: Final = 700  # units of the picture, all of them
LEFT, RIGHT = 230, 20  # room for the names of cells, and beyond the last value
LINE: Final = 14  # from one sweep to the next within a cell
BETWEEN: Final = 10  # from one cell to the next
LETTER: Final = 7  # a wide one's width
TICKS: Final = 6  # steps between them, at most
TEXT = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
RULE = Markup(
    '<line x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}" stroke="currentColor" '
    'stroke-opacity=".15"/>'
)
POINT = Markup(
    '<g style="{0}" fill="currentColor" stroke="currentColor" stroke-width="2"><title>{1}</title>'
    '<line x1="{2:.1f}" x2="{3:.1f}" y1="{5:.1f}" y2="{5:.1f}"/>'
    '<circle cx="{4:.1f}" cy="{5:.1f}" r="3.5"/></g>'
)


def intervals_svg(compared: Compared, table: ComparedCells) -> Markup:
    """Return the picture as an SVG element; nothing where no cell has a mean."""
    ends = [end for cells in table.rows.values() for cell in cells for end in _ends(cell)]
    if not ends:
        return Markup()
    ticks = MaxNLocator(TICKS).tick_values(min(ends), max(ends))
    low, high = float(ticks[0]), float(ticks[-1])
    places = _legend_places(compared.labels)
    top = places[-1][1] + LINE
    height = top + len(table.rows) * (LINE * len(compared.labels) + BETWEEN) + 2 * LINE

    def across(error: float) -> float:
        return LEFT + (error - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    marks: list[Markup] = [*_legend(compared.labels, places)]
    for error in map(float, ticks):
        marks.append(RULE.format(across(error), top, height - 2 * LINE))
        marks.append(TEXT.format(across(error), height - LINE + 2, "middle", f"{error:g}"))
    for number, ((dataset, variant), cells) in enumerate(table.rows.items()):
        y = top + number * (LINE * len(cells) + BETWEEN) + LINE
        name = f"{label(dataset)}, {compared.label_of(variant)}"
        marks.append(TEXT.format(LEFT - 12, y + LINE * (len(cells) - 1) / 2 + 4, "end", name))
        for place, cell in enumerate(cells):
            if found := _ends(cell):
                x = [across(error) for error in found]
                told = f"{compared.labels[place]}: {found[1]:.2f} [{found[0]:.2f}, {found[2]:.2f}]"
                marks.append(
                    POINT.format(_colour(place), told, x[0], x[2], x[1], y + LINE * place)
                )  # fmt: skip
    inside = Markup().join(marks)
    return Markup(
        '<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="Mean test errors with intervals" '
        'font-family="system-ui, sans-serif" font-size="12" fill="currentColor">{}</svg>'
    ).format(WIDTH, height, inside)


def _ends(shown: SideCell | None) -> tuple[float, float, float] | tuple[()]:
    """Return low end, mean and high end of a cell; without an interval all are the mean."""
    if shown is None or shown.mean is None:
        return ()
    if shown.interval is None:
        return (shown.mean,) * 3
    return shown.interval.low, shown.mean, shown.interval.high


def _legend_places(labels: Sequence[str]) -> list[tuple[float, float]]:
    """Return x and y of each name's mark, in as many lines as they need."""
    found, x, y = [], float(LEFT), float(LINE)
    for name in labels:
        if x > LEFT and x + 20 + LETTER * len(name) > WIDTH:
            x, y = float(LEFT), y + LINE
        found.append((x, y))
        x += 44 + LETTER * len(name)
    return found


def _legend(labels: Sequence[str], places: Sequence[tuple[float, float]]) -> Iterator[Markup]:
    for number, (name, (x, y)) in enumerate(zip(labels, places, strict=True)):
        yield POINT.format(_colour(number), name, x, x + 14, x + 7, y - 4)
        yield TEXT.format(x + 20, y, "start", name)


def _colour(place: int) -> str:
    colour = COLOURS[place % len(COLOURS)]
    return f"color:{colour};color:light-dark({colour},{on_dark(colour)})"
