"""The table of differences on the results' page is what the folders' tests say."""

import re
from pathlib import Path

import pandas as pd
import pytest

RESULTS = Path(__file__).parents[2] / "docs" / "results"
PAGE = (RESULTS / "README.md").read_text(encoding="utf-8")
DIFFERENCES = "| Tanh N below Tanh | Softsign N below Softsign |\n"
PAIRS = ("tanh - tanh_n", "softsign - softsign_n")
LEVEL = 0.005


def rows_below(head: str, page: str = PAGE) -> list[list[str]]:
    """The cells of the table whose head ends like this."""
    table = page.partition(head)[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[1:]]


ROWS = rows_below(DIFFERENCES)
QUICK = rows_below(
    "| | Softsign | Softsign N | Tanh | Tanh N | Sigmoid |\n",
    (RESULTS / "quick" / "README.md").read_text(encoding="utf-8"),
)


def folder_of(sweep: str, seed: str) -> Path:
    link = re.search(r"\]\((\w+)/report\.html\)", sweep)
    return RESULTS / (link[1] if link else f"quick_seeds/{seed}")


def dataset_of(sweep: str) -> str | None:
    """The data set that a row names behind its sweep."""
    named = re.search(r"\): (\S+)$", sweep)
    return named[1] if named else None


def said_of(folder: Path, pair: str, dataset: str | None) -> str:
    """The Welch test of a pair that was named beforehand; at depth five, on Shapeset first."""
    tests = pd.read_csv(folder / "significance.csv")
    tests = tests[(tests.comparison == pair) & (tests.kind == "named beforehand")]
    tests = tests[tests.test == "welch"].sort_values("dataset")
    if dataset:
        tests = tests[tests.dataset == dataset]
    if "depth" in tests:
        tests = tests[tests.depth == 5]
    if tests.empty:
        return ""
    one = tests.iloc[0]
    p = one["adjusted p"]
    said = f"{one['difference (points)']:.2f} [{one['95 % low']:.2f}, {one['95 % high']:.2f}]"
    said += f", p = {p:.2g}"
    return f"**{said}**" if p < LEVEL else said


def test_the_table_is_there():
    assert len(ROWS) >= 14
    assert len(QUICK) == 5


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].split(']')[0]}-{row[1]}")
def test_a_row_has_what_the_folder_says(row):
    sweep, seed, _, *cells = row
    folder, dataset = folder_of(sweep, seed), dataset_of(sweep)
    assert cells == [said_of(folder, pair, dataset) for pair in PAIRS]


def test_the_counts_below_it_are_those_of_its_rows():
    tanh, softsign = ([row[column] for row in ROWS if row[column]] for column in (3, 4))
    found, opposite = (
        [sum(cell.startswith(begin) for cell in cells) for cells in (tanh, softsign)]
        for begin in ("**", "**-")
    )
    signs = [sum(float(cell.strip("*").split()[0]) > 0 for cell in c) for c in (tanh, softsign)]
    assert (
        f"**Tanh: found in {found[0]} of {len(tanh)} lines**, with the paper's sign in all" in PAGE
    )
    assert signs[0] == len(tanh)
    own = f"Softsign: found in {found[1] - opposite[1]} of {len(softsign)}"
    assert f"{own}, with its sign in {signs[1]}; **in one the opposite is found**" in PAGE
    assert opposite == [0, 1]


README = rows_below(
    "| units, updates | images | of tanh | of softsign |\n",
    (RESULTS.parents[1] / "README.md").read_text(encoding="utf-8"),
)


def short(said: str) -> str:
    """A cell of the page as the README has it: without the interval."""
    return re.sub(r"^(\**)(\S+) \[.*\], (p = [^*]+)\**$", r"\1\2\1 (\3)", said)


def test_the_readme_has_the_rows_of_single_sweeps_and_the_extremes_of_quick():
    here = [(short(tanh), short(softsign)) for *_, tanh, softsign in ROWS]
    rows = [(tanh, softsign.replace("**: worse (", "** (")) for _, _, tanh, softsign in README]
    assert len(rows) == 8
    single = [row for row in rows if "to" not in row[0]][:-1]  # the last is of no sweep
    assert [row for row in single if row not in here] == []
    quick = [row[3:] for row in ROWS if row[0].startswith(("[quick]", "quick"))]
    ends = [
        " to ".join(
            f"{end([float(cell.strip('*').split()[0]) for cell in column]):.1f}"
            for end in (min, max)
        )
        for column in zip(*quick, strict=True)
    ]
    found = [sum(cell.startswith("**") for cell in column) for column in zip(*quick, strict=True)]
    assert found == [5, 4]
    assert (f"**{ends[0]}**, five of five", f"{ends[1]}, significant in four") in rows


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row[0].split()[1].rstrip(","))
def test_a_seed_of_quick_has_what_its_table_says(row):
    name, *cells = row
    seed = name.split()[1].rstrip(",")
    folder = RESULTS / ("quick" if "in this folder" in name else f"quick_seeds/{seed}")
    table = pd.read_csv(folder / "table1.csv").set_index("variant")
    variants = ("softsign", "softsign_n", "tanh", "tanh_n", "sigmoid")
    errors = [f"{table.test_error_percent[variant]:.2f}" for variant in variants]
    bold = [table.bold[variant] for variant in variants]
    assert cells == [f"**{e}**" if b else e for e, b in zip(errors, bold, strict=True)]
