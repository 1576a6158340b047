"""Every page leads where it says, and shows commands that exist."""

import functools
import itertools
import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from glorot_sweep.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:glorot-sweep|mlflow run) [^`]+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@functools.cache
def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links():
    for page in PAGES:
        for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
            if not re.match(r"https?://|mailto:", target):
                yield pytest.param(page, target, id=f"{name(page)}: {target}")


def commands():
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
        for line in [*lines, *INLINE.findall(FENCED.sub("", text))]:
            words = shlex.split(line, comments=True)
            if words[:1] == ["glorot-sweep"] or words[:2] == ["mlflow", "run"]:
                yield pytest.param(words, id=f"{name(page)}: {' '.join(words)}")


@pytest.mark.parametrize(("page", "target"), [*links()])
def test_a_link_leads_to_a_file_and_a_heading(page, target):
    path, _, anchor = target.partition("#")
    found = (page.parent / path).resolve() if path else page
    assert found.exists(), f"{name(page)} links {target}"
    if anchor:
        assert anchor in anchors(found), f"{name(page)} links {target}"


@pytest.mark.parametrize("words", [*commands()])
def test_a_command_is_one_that_is_accepted(words):
    words = [word for word in words if word != "..."]
    if words[0] == "mlflow":
        accept_entry_point(words[3:] if words[2] == "." else words[2:])
        return
    group = typer.main.get_command(app)
    if words[1].startswith("-"):  # an option of the program itself
        assert words[1] in {option for one in group.params for option in one.opts}
        return
    command = group.commands[words[1]]
    if words[2:]:
        command.make_context(command.name, words[2:])


def accept_entry_point(words: list[str]) -> None:
    entry_points = yaml.safe_load((ROOT / "MLproject").read_text())["entry_points"]
    named = words[words.index("-e") + 1]
    command = typer.main.get_command(app).commands[named.replace("_", "-")]
    parameters = entry_points[named]["parameters"].keys() | {one.name for one in command.params}
    given = [word for option, word in itertools.pairwise(words) if option == "-P"]
    assert {word.partition("=")[0] for word in given} <= parameters


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_every_command_has_its_place_in_the_guide():
    guide = (ROOT / "docs" / "guide" / "commands.md").read_text()
    missing = [
        one for one in typer.main.get_command(app).commands if f"glorot-sweep {one}" not in guide
    ]
    assert missing == []


def test_every_page_of_the_guide_is_in_its_list():
    guide = ROOT / "docs" / "guide"
    listed = set(LINK.findall((guide / "README.md").read_text()))
    assert {page.name for page in guide.glob("*.md")} - {"README.md"} <= listed
