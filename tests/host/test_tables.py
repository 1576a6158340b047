"""Tables fit into any terminal, and nothing of them is cut off."""

import io
import re

import pytest
from rich.console import Console

from glorot_sweep.host.tables import narrow_table

NAMES = [f"{'photographs' * 5}_{number:04}" for number in range(2)]  # 60 characters
ROWS = [
    (NAMES[0], "v" * 40, "replicates", "1", "1,234,567", "2 to 4"),
    (NAMES[1], "[red]'tanh'", "trials", "12", "0", "31"),
]
NUMBERS = ("complete", "interrupted", "in work or left")


def shown(table, width):
    console = Console(file=io.StringIO(), width=width, markup=False)
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 200])
def test_it_fits_with_every_sign_and_whole_numbers(width):
    text = shown(narrow_table(("data set", "variant", "runs"), NUMBERS, ROWS, "[b]T"), width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for number in ("1,234,567", "2 to 4", "12"):
        assert re.search(rf"(?<![\d,]){number}(?!\d)", text)
    letters = re.sub(r"\s", "", text)
    for kept in ("[b]T", "[red]'tanh'"):
        assert kept in letters
    assert text.count("v") >= 40
    assert text.count("h") == "".join(word for row in ROWS for word in row).count("h")


def test_a_table_without_rows_has_its_headings():
    assert shown(narrow_table(("data set",), ("runs",), []), 80).split()[:3] == [
        "data", "set", "runs",
    ]  # fmt: skip
