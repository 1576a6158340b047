"""Tables in a terminal of 80 columns."""

import io

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from glorot_sweep.report.terminal_width import within_width

ROWS = ("Tanh N, growing", "Sigmoid")
REMARK = "nothing learned in 2 of 2 groups"


def table(datasets, beside=("paper",), remark=REMARK):
    """As the report makes them."""
    made = Table(title="Table 1 of sweep mine", title_justify="left")
    made.add_column("Type")
    for name in datasets:
        made.add_column(name, justify="right")
        for head in beside:
            made.add_column(head, justify="right")
    for row in ROWS:
        cells = []
        for number, _ in enumerate(datasets):
            said = f" ({remark})" if remark and number == 0 else ""
            text = f"* 8{number}.76 [79.94, 85.57]{said}"
            cells += [Text(text, "bold"), *(f"{number}7.15" for _ in beside)]
        made.add_row(row, *cells)
    return made


def shown(made, beside=("paper",), width=80):
    console = Console(width=width, record=True, file=io.StringIO())
    for part in within_width(made, console, len(beside)):
        console.print(part)
    return console.export_text()


def test_a_table_that_fits_is_as_it_was():
    made = table(["Shapeset"], remark="")
    assert within_width(made, Console(width=80), 1) == [made]


@pytest.mark.parametrize("count", [1, 2])
def test_intervals_stand_beneath_their_means_and_remarks_beneath_the_table(count):
    text = shown(table(["Shapeset", "my photographs"][:count]))
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert text.count("[79.94, 85.57]") == 2 * count
    row = next(line for line in lines if line.startswith(f" {ROWS[0]}"))
    assert row.removeprefix(f" {ROWS[0]}").split()[:3] == ["*", "80.76", "07.15"]
    assert f"{ROWS[0]}, Shapeset: {REMARK}" in lines
    assert REMARK not in "".join(line for line in lines if line.startswith(" "))


@pytest.mark.parametrize("width", [60, 80])
def test_long_names_are_broken_and_numbers_never(width):
    made = table(["Shapeset"])
    made.add_row(
        "<b> [a](http://b) (c), a label of sixty letters, the longest one that is allowed",
        Text("* 85.76 [84.94, 86.57]", "bold"), "1.15",
    )  # fmt: skip
    lines = shown(made, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert "\N{HORIZONTAL ELLIPSIS}" not in "".join(lines)
    (first,) = [line for line in lines if line.startswith(" <b> [a](http://b) (c), a label")]
    assert first.split()[-3:] == ["*", "85.76", "1.15"]


@pytest.mark.parametrize("count", [3, 4, 8])
def test_many_data_sets_come_one_after_another_each_with_what_belongs_to_it(count):
    names = [f"photographs_{number}" for number in range(count)]
    text = shown(table(names))
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    heads = [line.split() for line in lines if line.startswith(" Type")]
    assert heads == [["Type", name, "paper"] for name in names]
    assert text.count("[79.94, 85.57]") == 2 * count


@pytest.mark.parametrize("names", [["depth", "rgb", "photo"], ["rgb", "rate", "depth"], ["depth"]])
def test_a_data_set_called_as_a_column_beside_is_shown_as_any_other(names):
    beside = ("depth", "rate")
    text = shown(table(names, beside), beside, width=30)
    heads = [line.split() for line in text.splitlines() if line.startswith(" Type")]
    assert heads == [["Type", name, *beside] for name in names]


def test_a_table_that_is_never_divided_is_whole_whatever_it_takes():
    text = shown(table(["a", "b", "c", "d", "e"]), beside=())
    assert max(map(len, text.splitlines())) <= 80
    letters = "".join(text.split())
    for whole in ("79.94,", "85.57]", "80.76", "47.15", "growing"):
        assert letters.count(whole) >= 1
    assert "…" not in text
