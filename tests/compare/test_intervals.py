"""The picture of a comparison: a mark for each cell with a mean, its interval around it."""

import re
from dataclasses import replace

import pytest

from glorot_sweep.compare.intervals import LEFT, WIDTH, intervals_svg

POINT = re.compile(
    r'<title>([^<]*)</title><line x1="([\d.]+)" x2="([\d.]+)"[^>]*/><circle cx="([\d.]+)"'
)


@pytest.fixture(scope="module")
def found(compared):
    return compared("one", "lower", "partial")


def points(found):
    """Title, ends and middle of every mark that is a cell's; the legend's come first."""
    marks = POINT.findall(intervals_svg(found, found.table))
    return [(title, *map(float, xs)) for title, *xs in marks[len(found.labels) :]]


def test_every_cell_with_a_mean_has_a_mark_that_says_its_numbers(found):
    shown = [cell for cells in found.table.rows.values() for cell in cells if cell and cell.mean]
    titles = [title for title, *_ in points(found)]
    assert len(titles) == len(shown) > 3
    for cell, title in zip(shown, titles, strict=True):
        assert f": {cell.mean:.2f} [" in title


def test_marks_lie_where_their_numbers_are(found):
    read = []
    for title, low, high, middle in points(found):
        assert LEFT <= low <= middle <= high <= WIDTH
        error = float(title.rpartition(": ")[2].partition(" [")[0])
        read.append((error, middle))
    (a, at_a), (b, at_b) = min(read), max(read)
    for error, at in read:  # one scale for all; numbers are printed to 0.005, places to 0.05
        expected = at_a + (error - a) / (b - a) * (at_b - at_a)
        assert at == pytest.approx(expected, abs=0.05 + 0.01 / (b - a) * (at_b - at_a))


def test_without_a_mean_there_is_no_picture(found):
    assert intervals_svg(found, replace(found.table, rows={})) == ""


def test_names_that_one_line_has_no_room_for_stand_in_several(found):
    names = [f"quick_2111{number}" for number in range(4)] + ["n" * 40, "short"]
    sides = tuple(replace(found.sides[0], label=name) for name in names)
    picture = intervals_svg(replace(found, sides=sides), found.table)
    written = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="start">([^<]*)</text>')
    legend = [(float(x), float(y), name) for x, y, name in written.findall(picture)]
    assert [name for *_, name in legend] == names
    assert all(x + 7 * len(name) <= WIDTH for x, _, name in legend)
    assert len({(x, y) for x, y, _ in legend}) == len(names)
    rules = re.findall(r'<line x1="[\d.]+" x2="[\d.]+" y1="([\d.]+)"[^>]*stroke-opacity', picture)
    assert min(map(float, rules)) > max(y for _, y, _ in legend)
