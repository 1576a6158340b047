"""The page of the architecture names rooms, files and functions that there are."""

import ast
import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "glorot_sweep"
PAGES = [ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"]
PLACE = re.compile(r"`([a-z][\w/]*\.py)(?:: ([\w.]+))?`")
ROOM = re.compile(r"`([\w/]+(?:\.py)?/?)`")


def places():
    for page in PAGES:
        for file, name in PLACE.findall(page.read_text(encoding="utf-8")):
            yield pytest.param(file, name, id=f"{page.name}: {file}: {name}")


def names(body: list[ast.stmt], prefix: str = "") -> set[str]:
    """Return what a module or a class defines, methods as `Class.method`."""
    found = set()
    for one in body:
        if isinstance(one, ast.FunctionDef | ast.ClassDef):
            found.add(prefix + one.name)
        if isinstance(one, ast.ClassDef):
            found |= names(one.body, f"{one.name}.")
        targets = getattr(one, "targets", [getattr(one, "target", None)])
        found |= {prefix + target.id for target in targets if isinstance(target, ast.Name)}
    return found


def layers(contract: str) -> list[str]:
    """Return the rooms of a contract of import-linter, from the top down."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    found = next(one for one in settings["contracts"] if one["name"] == contract)
    return [
        room.strip().removeprefix("glorot_sweep.")
        for row in found["layers"]
        for room in re.split(r"[|:]", row)
    ]


def listed(heading: str) -> list[str]:
    """Return the rooms in the second column of the first table below a text."""
    text = PAGES[0].read_text(encoding="utf-8").partition(heading)[2]
    rows = text[text.index("| ") :].partition("\n\n")[0].splitlines()[2:]
    rooms = [room for row in rows for room in ROOM.findall(row.split("|")[2])]
    return [room.removesuffix("/").removesuffix(".py") for room in rooms]


@pytest.mark.parametrize(("file", "name"), [*places()])
def test_a_place_exists(file, name):
    found = [folder / file for folder in (PACKAGE, ROOT, PACKAGE / "sweep")]
    path = next((one for one in found if one.is_file()), None)
    assert path, f"there is no {file}"
    assert not name or name in names(ast.parse(path.read_text(encoding="utf-8")).body)


@pytest.mark.parametrize(
    ("contract", "heading"),
    [
        ("A room imports only from rows below its own", "## Rooms"),
        ("Rooms of the sweep", "Within `sweep/` likewise"),
    ],
)
def test_the_rooms_are_those_that_import_linter_knows_from_the_top_down(contract, heading):
    assert listed(heading) == layers(contract)


def test_the_rate_that_is_walked_is_that_of_a_published_winner():
    text = PAGES[0].read_text(encoding="utf-8")
    (name,), (rate,) = re.findall(r"the trial `(.+?)`", text), re.findall(r"draws (\S+) f", text)
    runs = pd.read_csv(ROOT / "docs" / "results" / "quick" / "runs.csv", dtype=str)
    (trial,) = runs[runs["name"] == name].itertuples()
    replicates = runs[(runs["kind"] == "replicate") & (runs["variant"] == trial.variant)]
    assert rate == trial.learning_rate
    assert rate in set(replicates["learning_rate"])
    assert f"error of {rate}, {trial.objective} percent" in text
